"""Names for blocks."""

import re

from fovea.importer.names import KEYWORDS, identifier

# Names that layers and functions have.
TAKEN = set(
    """abs add adaptive_avg_pool adaptive_max_pool amax attention avg_pool batch_norm celu ceil_div clamp concat
    contract conv conv_transpose div elu erf exp expand floor_div gather gelu gelu_tanh group_norm hard_sigmoid
    hard_swish int iota l2_normalize layer_norm leaky_relu len linear linear_attention log max max_pool maximum
    mean merge min minimum mish mul pad param pixel_shuffle pixel_unshuffle prelu quick_gelu relu relu6 rename
    resize rms_norm roll rsqrt selu sigmoid silu slice softmax softplus split sqrt sub sum tanh unfold unmerge
    unwindow window""".split()
)


def name_of(block, rows, prefixes, others):
    """A name after the model's own, if all instances have the same one, else after what the block does."""
    taken = TAKEN | KEYWORDS | others
    name = model_name(prefixes) or described(rows[0])
    if name in TAKEN | KEYWORDS:
        name = f"{name}_block"
    number, chosen = 1, name
    while chosen in taken:
        number += 1
        chosen = f"{name}{number}"
    return chosen


def model_name(prefixes):
    """`mlp` of `stages.0.blocks.1.mlp` and `stages.1.blocks.0.mlp`, `block` of `stages.0.blocks.1`."""
    ends = set()
    for prefix in prefixes:
        parts = prefix.split(".") if prefix else []
        counted = bool(parts) and parts[-1].isdigit()
        words = [part for part in parts if not part.isdigit()]
        if not words:
            return None
        ends.add((words[-1], counted))
    if len(ends) != 1:
        return None
    word, counted = ends.pop()
    word = re.sub(r"\W+", "_", word)
    if counted:
        word = word[:-1] if word.endswith("s") and len(word) > 3 else f"{word}_block"
    return identifier(word.lower())


def described(ops):
    layers = [op.block.name if op.block else op.layer for op in ops]
    products = [layer for layer in layers if layer in ("conv", "linear")]
    if set(layers) <= {"param", "mul", "add", "sub"}:
        return "affine"
    if "attention" in layers:
        return "transformer" if layers.count("linear") > 2 else "self_attention"
    if "mean" in layers and any(layer in ("sigmoid", "hard_sigmoid", "clamp") for layer in layers):
        return "gated" if len(layers) > 8 else "gate"
    if layers[-1] == "add" and len(products) > 1:
        return "residual"
    if products and all(layer == "linear" for layer in products) and len(products) > 1:
        return "mlp"
    if "conv" in layers:
        return "conv_block" if len(products) > 1 else "conv_unit"
    return f"{products[0]}_unit" if products else "unit"
