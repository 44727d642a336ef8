"""Fovea from Python: compiled networks run on arrays, networks are compiled, and models of other frameworks become
`.net` text and safetensors."""

__all__ = ["FoveaError", "Model", "compile", "from_torch"]


def __getattr__(name):
    """What needs numpy, once it is asked for: the importer says itself what it lacks."""
    if name in ("FoveaError", "Model", "compile"):
        from fovea import model

        return getattr(model, name)
    raise AttributeError(f"module 'fovea' has no attribute {name!r}")


def from_torch(module, example_input, output, **options):
    """Imports a `torch.nn.Module`: writes `output`.net and `output`.safetensors. See fovea.importer.torch_module."""
    from fovea.importer.torch_module import from_torch as convert

    return convert(module, example_input, output, **options)
