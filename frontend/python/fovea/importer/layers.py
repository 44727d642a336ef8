"""Nodes with weights, windows and statistics: convolutions, pools, normalizations, resizing."""

import numpy as np

from fovea.importer.ir import Size, Word, as_f32, number
from fovea.importer.registry import handles
from fovea.importer.views import (
    Atom,
    Tensor,
    Unsupported,
    arranged,
    same_layout,
    size_argument,
    tensor_of,
    whole_axes,
    with_axis,
    with_dims,
)

NCHW = ["n", "c", "h", "w"]


def map_of(context, tensor):
    """The value of a tensor as a map on n, c, h, w. One of three dimensions is a map of one column."""
    if not isinstance(tensor, Tensor):
        raise Unsupported("its input is a constant")
    if tensor.rank not in (3, 4):
        raise Unsupported(f"expected a map of 3 or 4 dimensions, found {tensor.rank}")
    return arranged(context.builder, with_dims(tensor, tensor.dims + [[]] * (4 - tensor.rank)), NCHW)


def like_input(tensor, value):
    """The result on a map, of as many dimensions as the input."""
    result = tensor_of(value, NCHW)
    return with_dims(result, result.dims[: tensor.rank])


def pair(values, default, alone=1):
    """Of height and width; `alone` stands for the width where there is none."""
    values = list(map(int, default if values is None else values))
    values += [alone] if len(values) == 1 else []
    if len(values) != 2:
        raise Unsupported(f"expected two spatial dimensions, found {len(values)}")
    return values


def compact(values):
    """[3, 3] as 3."""
    return values[0] if values[0] == values[1] else values


def padding(context, value, kernel, stride, dilation):
    """[top, left, bottom, right] of a node, whichever way it says it; the same at all settings."""
    mode = context.attribute("auto_pad", "NOTSET")
    if mode in ("NOTSET", ""):
        pads = list(map(int, context.attribute("pads") or [0, 0, 0, 0]))
        return [pads[0], 0, pads[1], 0] if len(pads) == 2 else pads
    if mode == "VALID":
        return [0, 0, 0, 0]
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise Unsupported(f"attribute auto_pad = '{mode}' is unknown")
    low, high = [], []
    for i, axis in enumerate("hw"):
        totals = {max(0, (-(-size // stride[i]) - 1) * stride[i] + (kernel[i] - 1) * dilation[i] + 1 - size)
                  for size in value.axes[axis]}  # fmt: skip
        if len(totals) > 1:
            raise Unsupported(f"attribute auto_pad = '{mode}': the padding depends on the size of the input")
        total = totals.pop()
        low.append(total - total // 2 if mode == "SAME_LOWER" else total // 2)
        high.append(total - low[-1])
    return low + high


def padded(context, value, pads, mode="zero"):
    """(value, [pad of h, of w]): what a layer cannot add on both sides alike stands in a pad of its own."""
    if pads[:2] == pads[2:]:
        return value, pads[:2]
    axes, arguments = dict(value.axes), []
    for axis, low, high in zip("hw", pads[:2], pads[2:]):
        if low or high:
            arguments.append((axis, [low, high]))
            axes[axis] = Size(size + low + high for size in axes[axis])
    if mode != "zero":
        arguments.append(("mode", mode))
    return context.builder.add("pad", [value], arguments, axes).result, [0, 0]


def windows(sizes, kernel, stride, pad, dilation=1, ceil_mode=False):
    """Number of windows along an axis."""
    result = []
    for size in sizes:
        room = size + 2 * pad - dilation * (kernel - 1) - 1
        number = (-(-room // stride) if ceil_mode else room // stride) + 1
        if ceil_mode and (number - 1) * stride >= size + pad:
            number -= 1
        if number < 1:
            raise Unsupported(f"its window of {kernel} does not fit into a map of {size}")
        result.append(number)
    return Size(result)


@handles("Conv", "ConvTranspose")
def convolution(context, node, inputs):
    transposed = node.op == "ConvTranspose"
    weight, bias = context.constant(1, "weight"), context.constant(2, "bias")
    weight = weight[..., None] if weight.ndim == 3 else weight
    if weight.ndim != 4:
        raise Unsupported(f"a weight of {weight.ndim} dimensions; expected one or two spatial ones")
    value = map_of(context, inputs[0])
    kernel = list(weight.shape[2:])
    stride, dilation = pair(context.attribute("strides"), [1, 1]), pair(context.attribute("dilations"), [1, 1])
    groups = int(context.attribute("group", 1))
    if min(*stride, *dilation, groups) < 1 or weight.shape[0] % groups:
        raise Unsupported(f"attributes strides = {stride}, dilations = {dilation}, group = {groups} make no sense")
    channels = value.axes["c"]
    expected = weight.shape[0] if transposed else weight.shape[1] * groups
    if channels != context.builder.size(expected):
        raise Unsupported(f"its weight {list(weight.shape)} is for {expected} channels, the input has {channels}")
    out = weight.shape[1] * groups if transposed else weight.shape[0]
    if bias is not None and bias.shape != (out,):
        raise Unsupported(f"a bias of {list(bias.shape)} for {out} channels")
    arguments = [("out", out), ("kernel", compact(kernel)), ("stride", compact(stride))]
    if transposed:
        if context.attribute("auto_pad", "NOTSET") != "NOTSET" or context.attribute("output_shape"):
            raise Unsupported("attributes auto_pad and output_shape are not supported: pads and output_padding are")
        pads = padding(context, value, kernel, stride, dilation)
        extra = pair(context.attribute("output_padding"), [0, 0], alone=0)
        # What is cut off behind may be less than before: output_pad adds it.
        extra = [extra[i] + pads[i] - pads[i + 2] for i in range(2)]
        if min(extra) < 0:
            raise Unsupported(f"attribute pads = {pads}: more behind than before")
        pad = list(pads[:2])
        sizes = {axis: Size((size - 1) * stride[i] - 2 * pad[i] + dilation[i] * (kernel[i] - 1) + 1 + extra[i]
                            for size in value.axes[axis]) for i, axis in enumerate("hw")}  # fmt: skip
        arguments += [("pad", compact(pad)), ("output_pad", compact(extra))]
    else:
        value, pad = padded(context, value, padding(context, value, kernel, stride, dilation))
        sizes = {
            axis: windows(value.axes[axis], kernel[i], stride[i], pad[i], dilation[i]) for i, axis in enumerate("hw")
        }
        arguments += [("pad", compact(pad))]
    arguments += [("dilation", compact(dilation)), ("groups", groups), ("bias", bias is not None)]
    weights = [("weight", as_f32(weight))] + ([("bias", as_f32(bias))] if bias is not None else [])
    axes = {"n": value.axes["n"], "c": context.builder.size(out), **sizes}
    layer = "conv_transpose" if transposed else "conv"
    key = context.key(*node.inputs[1:])
    return like_input(inputs[0], context.builder.add(layer, [value], arguments, axes, key, weights).result)


@handles("MaxPool", "AveragePool")
def pool(context, node, inputs):
    if len(node.outputs) > 1 and node.outputs[1]:
        raise Unsupported("its second output, the indices, is not supported")
    value = map_of(context, inputs[0])
    kernel = pair(context.attribute("kernel_shape"), [])
    stride, dilation = pair(context.attribute("strides"), [1, 1]), pair(context.attribute("dilations"), [1, 1])
    ceil_mode = bool(context.attribute("ceil_mode", 0))
    pads = padding(context, value, kernel, stride, dilation)
    largest = node.op == "MaxPool"
    counts = bool(context.attribute("count_include_pad", 0))
    if pads[:2] != pads[2:] and not largest and not counts:  # more behind than before is room for a last window
        for i, axis in enumerate("hw"):
            found = Size(size + pads[i + 2] - pads[i] for size in value.axes[axis])
            found = windows(found, kernel[i], stride[i], pads[i], dilation[i], ceil_mode)
            if found != windows(value.axes[axis], kernel[i], stride[i], pads[i], dilation[i], True):
                raise Unsupported(f"pads = {pads}: a mean that leaves out what is padded on one side only")
        pads, ceil_mode = pads[:2] * 2, True
    # Behind the border the largest element of a window is not changed by elements that it has already.
    value, pad = padded(context, value, pads, "replicate" if largest else "zero")
    sizes = {axis: windows(value.axes[axis], kernel[i], stride[i], pad[i], dilation[i], ceil_mode)
             for i, axis in enumerate("hw")}  # fmt: skip
    arguments = [("kernel", compact(kernel)), ("stride", compact(stride)), ("pad", compact(pad))]
    if largest:
        arguments.append(("dilation", compact(dilation)))
    elif dilation != [1, 1]:
        raise Unsupported(f"attribute dilations = {dilation} of a mean")
    arguments.append(("ceil_mode", ceil_mode))
    if not largest:
        arguments.append(("count_include_pad", counts or pad == [0, 0]))
    axes = {**value.axes, **sizes}
    name = "max_pool" if largest else "avg_pool"
    return like_input(inputs[0], context.builder.add(name, [value], arguments, axes).result)


@handles("BatchNormalization")
def batch_norm(context, node, inputs):
    if context.attribute("training_mode", 0):
        raise Unsupported("attribute training_mode = 1: statistics of a batch")
    names = ["weight", "bias", "running_mean", "running_var"]
    weights = [(name, as_f32(context.constant(i + 1, name))) for i, name in enumerate(names)]
    tensor = with_axis(context.builder, inputs[0], 1, "c")
    arguments = [("eps", number(context.attribute("epsilon", 1e-5)))]
    key = context.key(*node.inputs[1:])
    op = context.builder.add("batch_norm", [tensor.value], arguments, tensor.value.axes, key, weights)
    return same_layout(tensor, op.result)


@handles("LayerNormalization", "layer_norm", "rms_norm", "RMSNormalization")
def layer_norm(context, node, inputs):
    tensor = inputs[0]
    if len(node.outputs) > 1 and any(node.outputs[1:]):
        raise Unsupported("its statistics as outputs are not supported")
    if "axes" in node.attributes:
        dims = context.attribute("axes")
        dims = range(tensor.rank) if dims is None else sorted(dim % tensor.rank for dim in dims)
    else:
        dims = range(context.attribute("axis", -1) % tensor.rank, tensor.rank)
    dims = [dim for dim in dims if not tensor.size(dim, context.builder).is_one()]
    tensor, axes = whole_axes(context.builder, tensor, dims)
    rms = node.op in ("rms_norm", "RMSNormalization")
    weights = [(name, context.constant(i + 1, name)) for i, name in enumerate(["weight", "bias"])]
    weights = [(name, array) for name, array in weights if array is not None]
    shape = [tensor.value.axes[axis].constant() for axis in axes]
    for name, array in weights:
        if None in shape or array.size != np.prod(shape):
            raise Unsupported(f"a {name} of {list(array.shape)} for axes of {shape}")
    weights = [(name, as_f32(array).reshape(shape)) for name, array in weights]
    if len(weights) == 2 and not weights[1][1].any() and rms:
        weights = weights[:1]
    arguments = [] if axes == ["c"] else [("over", [Word(axis) for axis in axes])]
    arguments.append(("eps", number(context.attribute("eps", context.attribute("epsilon", 1e-5)))))
    arguments.append(("affine", bool(weights)))
    if not rms:
        arguments.append(("bias", len(weights) == 2 or not weights))
    key = context.key(*node.inputs[1:]) if weights else ""
    op = context.builder.add(
        "rms_norm" if rms else "layer_norm", [tensor.value], arguments, tensor.value.axes, key, weights
    )
    return same_layout(tensor, op.result)


@handles("l2_normalize")
def l2_normalize(context, node, inputs):
    tensor = inputs[0]
    axes = context.attribute("axes")
    dims = range(tensor.rank) if axes is None else sorted(axis % tensor.rank for axis in axes)
    tensor, axes = whole_axes(context.builder, tensor, dims)
    arguments = [] if axes == ["c"] else [("over", [Word(axis) for axis in axes])]
    arguments.append(("eps", number(context.attribute("eps"))))
    return same_layout(tensor, context.builder.add("l2_normalize", [tensor.value], arguments, tensor.value.axes).result)


@handles("group_norm", "GroupNormalization", "InstanceNormalization")
def group_norm(context, node, inputs):
    tensor = with_axis(context.builder, inputs[0], 1, "c")
    channels = tensor.value.axes["c"].constant()
    groups = (
        channels
        if node.op == "InstanceNormalization"
        else context.attribute("groups") or context.attribute("num_groups")
    )
    eps = number(context.attribute("eps", context.attribute("epsilon", 1e-5)))
    weights = []
    for i, name in enumerate(["weight", "bias"]):
        array = context.constant(i + 1, name)
        array = np.full(channels, 1.0 - i) if array is None else array.reshape(-1)
        if array.size not in (channels, groups):
            raise Unsupported(f"a {name} of {array.size} for {channels} channels")
        weights.append((name, as_f32(np.repeat(array, channels // array.size))))
    names = [name for name in node.inputs[1:] if name]
    op = context.builder.add("group_norm", [tensor.value], [("groups", groups), ("eps", eps)], tensor.value.axes,
                             context.key(*names), weights)  # fmt: skip
    return same_layout(tensor, op.result)


@handles("Resize", "Upsample")
def resize(context, node, inputs):
    tensor, builder = inputs[0], context.builder
    scales_at, sizes_at = (1, 3) if node.op == "Upsample" or context.graph.opset < 11 else (2, 3)
    sizes = context.integers(sizes_at, "sizes")
    axes = context.attribute("axes") or range(tensor.rank)
    old = tensor.shape(builder)
    if sizes:
        new = list(old)
        for axis, size in zip(axes, sizes):
            new[axis] = size
        scales = None
    else:
        given = context.values[node.inputs[scales_at]]
        if not isinstance(given, np.ndarray):
            raise Unsupported("its scales depend on the sizes of the inputs; expected constants, or sizes")
        scales = [1.0] * tensor.rank
        for axis, scale in zip(axes, given.reshape(-1).tolist()):
            scales[axis] = scale
        new = [Size(int(np.floor(size * scale)) for size in sizes) for sizes, scale in zip(old, scales)]
    dims = [dim for dim in range(tensor.rank) if new[dim] != old[dim]]
    arguments = resize_mode(context, old, new, scales, dims)
    if not dims:
        return tensor
    tensor, names = whole_axes(builder, tensor, dims)
    if len(names) != len(dims):
        raise Unsupported("a dimension of several axes")
    sizes = {name: new[dim] for dim, name in zip(dims, names)}
    arguments += [(name, size_argument(builder, size, [tensor.value])) for name, size in sizes.items()]
    op = builder.add("resize", [tensor.value], arguments, {**tensor.value.axes, **sizes})
    layout = {**tensor.layout, **{name: [Atom(size)] for name, size in sizes.items()}}
    moved = dict(zip(dims, names))
    kept = [layout[moved[dim]] if dim in moved else atoms for dim, atoms in enumerate(tensor.dims)]
    return Tensor(op.result, layout, kept)


def resize_mode(context, old, new, scales, dims):
    """The arguments that say how elements are made up, or why there are none that do."""
    mode = context.attribute("mode", "nearest")
    legacy = context.node.op == "Upsample" or context.graph.opset < 11
    how = "asymmetric" if legacy else context.attribute("coordinate_transformation_mode", "half_pixel")
    arguments = [("mode", {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}.get(mode, mode))]
    if mode == "nearest":
        rounding = "floor" if legacy else context.attribute("nearest_mode", "round_prefer_floor")
        whole = scales and all(float(scales[dim]).is_integer() for dim in dims)
        # To whole multiples, half_pixel with rounding to the nearest gives the same elements.
        fits = (how == "asymmetric" and rounding == "floor") or (
            whole and how in ("half_pixel", "pytorch_half_pixel") and rounding.startswith("round_prefer")
        )
        if not fits:
            raise Unsupported(f"coordinate_transformation_mode = '{how}' with nearest_mode = '{rounding}'")
        return arguments[:0]
    if mode not in ("linear", "cubic"):
        raise Unsupported(f"attribute mode = '{mode}'")
    if mode == "cubic" and abs(context.attribute("cubic_coeff_a", -0.75) + 0.75) > 1e-6:
        raise Unsupported(f"attribute cubic_coeff_a = {context.attribute('cubic_coeff_a')}; expected -0.75")
    if how == "align_corners":
        arguments.append(("align_corners", True))
    elif how not in ("half_pixel", "pytorch_half_pixel"):
        raise Unsupported(f"attribute coordinate_transformation_mode = '{how}'")
    if context.attribute("antialias", 0):
        arguments.append(("antialias", True))
    if scales and how != "align_corners":
        for dim in dims:
            if any(abs(b / a - scales[dim]) > 1e-6 * scales[dim] for a, b in zip(old[dim], new[dim])):
                raise Unsupported(
                    f"its scale {scales[dim]} does not lead from {old[dim]} to a whole number of elements"
                )
    return arguments


@handles("GlobalAveragePool", "GlobalMaxPool")
def global_pool(context, node, inputs):
    return reduced(context, inputs[0], list(range(2, inputs[0].rank)), True, "mean" if "Average" in node.op else "amax")


@handles("ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2")
def reduction(context, node, inputs):
    axes = context.attribute("axes")
    if axes is None:
        given = context.integers(1, "axes")
        axes = None if given is None else [size[0] for size in given]
    if axes is None and context.attribute("noop_with_empty_axes", 0):
        return inputs[0]
    rank = inputs[0].rank
    dims = sorted({int(axis) % rank for axis in axes}) if axes else list(range(rank))
    keep = bool(context.attribute("keepdims", 1))
    if node.op == "ReduceL2":
        add, tensor = context.builder.add, inputs[0]
        square = same_layout(tensor, add("mul", [tensor.value] * 2, [], tensor.value.axes).result)
        total = reduced(context, square, dims, keep, "sum")
        return same_layout(total, add("sqrt", [total.value], [], total.value.axes).result)
    layer = {"ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "amax"}[node.op]
    return reduced(context, inputs[0], dims, keep, layer)


def reduced(context, tensor, dims, keep, layer):
    """The tensor after a reduction over some dimensions."""
    builder = context.builder
    tensor, names = whole_axes(builder, tensor, dims)
    # Maps of one pixel keep their axes if what reads them wants a map.
    users = context.graph.uses.get(context.node.outputs[0], [])
    keepdim = keep and not (users and all(user.op in ("Flatten", "Squeeze", "Reshape", "Shape") for user in users))
    arguments = [(None, [Word(name) for name in names])] + ([("keepdim", True)] if keepdim else [])
    if keepdim:
        axes = {name: builder.size(1) if name in names else size for name, size in tensor.value.axes.items()}
    else:
        axes = {name: size for name, size in tensor.value.axes.items() if name not in names}
    value = builder.add(layer, [tensor.value], arguments, axes).result if names else tensor.value
    layout = {name: [Atom(builder.size(1))] if name in names else tensor.layout[name] for name in axes}
    kept = [[] if dim in dims else atoms for dim, atoms in enumerate(tensor.dims) if keep or dim not in dims]
    return Tensor(value, layout, kept)


@handles("Softmax")
def softmax(context, node, inputs):
    tensor = inputs[0]
    old = context.graph.opset < 13
    axis = context.attribute("axis", 1 if old else -1) % tensor.rank
    dims = range(axis, tensor.rank) if old else [axis]  # an older softmax is over all behind the axis, too
    dims = [dim for dim in dims if not tensor.size(dim, context.builder).is_one()]
    tensor, names = whole_axes(context.builder, tensor, dims)
    op = context.builder.add("softmax", [tensor.value], [(None, [Word(name) for name in names])], tensor.value.axes)
    return same_layout(tensor, op.result)
