"""Fovea from Python: models of other frameworks become `.net` text and safetensors."""


def from_torch(module, example_input, output, **options):
    """Imports a `torch.nn.Module`: writes `output`.net and `output`.safetensors. See fovea.importer.torch_module."""
    from fovea.importer.torch_module import from_torch as convert

    return convert(module, example_input, output, **options)
