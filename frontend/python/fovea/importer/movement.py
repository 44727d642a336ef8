"""Nodes that move elements, or only arrange them anew."""

import numpy as np

from fovea.importer.align import broadcast_axes, joined, parameter
from fovea.importer.ir import Size, Word, as_f32, product
from fovea.importer.registry import handles
from fovea.importer.views import (
    Atom,
    Tensor,
    Unsupported,
    arranged,
    axis_names,
    axis_of,
    fresh_name,
    merge,
    real,
    reshape,
    show,
    size_argument,
    tensor_of,
    whole_axes,
    with_dims,
)


@handles("Transpose")
def transpose(context, node, inputs):
    order = context.attribute("perm") or list(range(inputs[0].rank))[::-1]
    return with_dims(inputs[0], [inputs[0].dims[int(dim)] for dim in order])


@handles("Reshape")
def reshape_node(context, node, inputs):
    tensor, builder = inputs[0], context.builder
    old, sizes = tensor.shape(builder), context.integers(1, "shape")
    if not context.attribute("allowzero", 0):
        sizes = [old[i] if size.constant() == 0 and i < len(old) else size for i, size in enumerate(sizes)]
    unknown = [i for i, size in enumerate(sizes) if size.constant() == -1]
    if len(unknown) > 1:
        raise Unsupported("its shape has -1 twice")
    if unknown:
        rest = product([size for size in sizes if size.constant() != -1], context.count)
        whole = product(old, context.count)
        if not rest.divides(whole):
            raise Unsupported(f"a tensor of {show(old)} cannot become {show(sizes)}")
        sizes[unknown[0]] = rest.into(whole)
    return reshape(builder, tensor, sizes)


@handles("Flatten")
def flatten(context, node, inputs):
    tensor = inputs[0]
    axis = context.attribute("axis", 1)
    axis = axis + tensor.rank if axis < 0 else axis
    return with_dims(tensor, [sum(tensor.dims[:axis], []), sum(tensor.dims[axis:], [])])


@handles("Squeeze")
def squeeze(context, node, inputs):
    tensor = inputs[0]
    axes = axes_of(context)
    ones = [dim for dim in range(tensor.rank) if tensor.size(dim, context.builder).is_one()]
    gone = {axis % tensor.rank for axis in axes} if axes is not None else set(ones)
    if not gone <= set(ones):
        raise Unsupported(f"axes {sorted(gone)} of a tensor of {show(tensor.shape(context.builder))} are not all 1")
    return with_dims(tensor, [atoms for dim, atoms in enumerate(tensor.dims) if dim not in gone])


@handles("Unsqueeze")
def unsqueeze(context, node, inputs):
    axes = axes_of(context)
    rank = inputs[0].rank + len(axes)
    new = {axis % rank for axis in axes}
    old = iter(inputs[0].dims)
    return with_dims(inputs[0], [[] if dim in new else next(old) for dim in range(rank)])


def axes_of(context):
    axes = context.attribute("axes")
    if axes is None:
        given = context.integers(1, "axes")
        axes = None if given is None else [size[0] for size in given]
    return axes


def constant_tensor(context, array, like_names, name):
    """A constant as a tensor of the checkpoint with an axis per dimension."""
    sizes = [context.builder.size(size) for size in array.shape]
    axes = dict(zip(like_names, sizes))
    arguments = list(zip(like_names, array.shape))
    op = context.builder.add(
        "param", [], arguments, axes, context.parameter_key(name, like_names), [("", as_f32(array))]
    )
    return tensor_of(op.result, like_names)


@handles("Concat")
def concat(context, node, inputs):
    builder = context.builder
    tensors = [value for value in inputs if isinstance(value, Tensor)]
    rank = tensors[0].rank
    if any(value.rank if isinstance(value, Tensor) else value.ndim != rank for value in tensors if value.rank != rank):
        raise Unsupported("its inputs have not the same number of dimensions")
    axis = context.attribute("axis", 0) % rank
    names = axis_names(max(tensors, key=lambda tensor: len(real(sum(tensor.dims, [])))))
    values = []
    for name, value in zip(node.inputs, inputs):
        if isinstance(value, np.ndarray):
            value = constant_tensor(context, value, names, name)
        elif not isinstance(value, Tensor):
            raise Unsupported("a tensor joined with sizes that the inputs determine")
        values.append(arranged(builder, value, names))
    first = values[0].axes
    for value in values:
        if any(value.axes[name] != first[name] for name in names if name != names[axis]):
            raise Unsupported("its inputs differ along other axes than the one they are joined on")
    total = Size(map(sum, zip(*(value.axes[names[axis]] for value in values))))
    axes = {**first, names[axis]: total}
    op = builder.add("concat", values, [("axis", Word(names[axis]))], axes)
    return tensor_of(op.result, names)


def sliced(context, tensor, dim, start, end, step=1):
    """Elements of a dimension, from `start` to `end`, given as Sizes."""
    builder = context.builder
    size = tensor.size(dim, builder)
    if start.constant() == 0 and end == size and step == 1:
        return tensor
    atoms = real(tensor.dims[dim])
    if len(atoms) > 1:
        inner = product([atom.size for atom in atoms[1:]], builder.count)
        if step == 1 and inner.divides(start) and inner.divides(end):
            first = with_dims(tensor, tensor.dims[:dim] + [atoms[:1], atoms[1:]] + tensor.dims[dim + 1 :])
            cut = sliced(context, first, dim, inner.into(start), inner.into(end))
            return with_dims(cut, cut.dims[:dim] + [cut.dims[dim] + cut.dims[dim + 1]] + cut.dims[dim + 2 :])
        tensor = tensor_of(arranged(builder, tensor, names := axis_names(tensor)), names)
        atoms = tensor.dims[dim]
    if not atoms:
        raise Unsupported("a slice of an axis of size 1")
    axis = axis_of(tensor, atoms[0])
    inner = builder.size(1)
    if real(tensor.layout[axis])[0] is atoms[0]:  # the outermost part of its axis
        inner = product([atom.size for atom in real(tensor.layout[axis])[1:]], builder.count)
    elif len(real(tensor.layout[axis])) > 1:
        tensor, (axis,) = whole_axes(builder, tensor, [dim])
        atoms = real(tensor.dims[dim])
    if step != 1 and not inner.is_one():
        tensor, (axis,) = whole_axes(builder, tensor, [dim])
        atoms, inner = real(tensor.dims[dim]), builder.size(1)
    if any(b <= a for a, b in zip(start, end)):
        raise Unsupported("a slice without elements")
    count = Size(-(-(b - a) // step) for a, b in zip(start, end))
    bounds = [size_argument(builder, each * inner, [tensor.value]) for each in (start, end)]
    axes = {**tensor.value.axes, axis: count * inner}
    op = builder.add("slice", [tensor.value], [(axis, bounds + ([step] if step != 1 else []))], axes)
    new = Atom(count)

    def replaced(atoms_):
        return [new if atom is atoms[0] else atom for atom in atoms_]

    layout = {name: replaced(each) for name, each in tensor.layout.items()}
    return Tensor(op.result, layout, [replaced(each) for each in tensor.dims])


@handles("Slice")
def slice_node(context, node, inputs):
    tensor = inputs[0]
    if "starts" in node.attributes:
        starts, ends = ([context.builder.size(v) for v in node.attributes[key]] for key in ("starts", "ends"))
        axes, steps = context.attribute("axes"), None
    else:
        starts, ends = context.integers(1, "starts"), context.integers(2, "ends")
        axes, steps = context.integers(3, "axes"), context.integers(4, "steps")
        axes = axes and [size[0] for size in axes]
    axes = axes or range(len(starts))
    steps = [size[0] for size in steps] if steps else [1] * len(starts)
    for axis, start, end, step in zip(axes, starts, ends, steps):
        if step < 1:
            raise Unsupported(f"a step of {step}")
        dim = axis % tensor.rank
        sizes = tensor.size(dim, context.builder)
        clipped = [Size(max(0, min(size, bound + size if bound < 0 else bound)) for size, bound in zip(sizes, bounds))
                   for bounds in (start, end)]  # fmt: skip
        tensor = sliced(context, tensor, dim, *clipped, step)
    return tensor


@handles("Gather")
def gather(context, node, inputs):
    if not isinstance(inputs[0], Tensor):
        raise Unsupported("places that the network computes are not supported")
    tensor, indices = inputs[0], context.constant(1, "indices")
    dim = context.attribute("axis", 0) % tensor.rank
    size = tensor.size(dim, context.builder)
    if indices.size == 1:
        place = Size(
            index + n if index < 0 else index for index, n in zip([int(indices.reshape(-1)[0])] * context.count, size)
        )
        end = Size(index + 1 for index in place)
        cut = sliced(context, tensor, dim, place, end)
        return with_dims(cut, cut.dims[:dim] + [[]] * indices.ndim + cut.dims[dim + 1 :])
    if indices.ndim == 2 and size.constant() == indices.size:
        rows, columns = indices.shape
        if np.array_equal(indices.T.reshape(-1), np.arange(indices.size)):  # neighbours, put below each other
            sizes = tensor.shape(context.builder)
            parts = [context.builder.size(columns), context.builder.size(rows)]
            cut = reshape(context.builder, tensor, sizes[:dim] + parts + sizes[dim + 1 :])
            return with_dims(cut, cut.dims[:dim] + [cut.dims[dim + 1], cut.dims[dim]] + cut.dims[dim + 2 :])
    if indices.ndim > 1:
        node.attributes["axis"] = dim
        context.values[node.inputs[1]] = indices.reshape(-1)
        flat = gather(context, node, inputs)
        context.values[node.inputs[1]] = indices
        sizes = flat.shape(context.builder)
        return reshape(
            context.builder, flat, sizes[:dim] + list(map(context.builder.size, indices.shape)) + sizes[dim + 1 :]
        )
    flat = indices.reshape(-1).astype(np.int64)
    if flat.min() >= 0 and np.all(np.diff(flat) == flat[1] - flat[0]) and flat[1] > flat[0]:
        bounds = context.builder.size(flat[0]), context.builder.size(flat[-1] + 1)
        return sliced(context, tensor, dim, *bounds, int(flat[1] - flat[0]))
    # Anything else is a table of places, on an axis of its own.
    if size.constant() is None:
        raise Unsupported("indices into an axis whose size depends on the inputs")
    tensor, (axis,) = whole_axes(context.builder, tensor, [dim])
    flat = np.where(flat < 0, flat + size[0], flat)
    place = fresh_name(set(tensor.value.axes))
    table = constant_tensor(context, flat, [place], node.inputs[1])
    axes = {(place if name == axis else name): each for name, each in tensor.value.axes.items()}
    axes[place] = context.builder.size(flat.size)
    op = context.builder.add("gather", [tensor.value, table.value], [("axis", Word(axis))], axes)
    layout = {(place if name == axis else name): atoms for name, atoms in tensor.layout.items()}
    layout[place] = [Atom(axes[place])]
    return Tensor(op.result, layout, tensor.dims[:dim] + [layout[place]] + tensor.dims[dim + 1 :])


@handles("Split")
def split(context, node, inputs):
    tensor, count = inputs[0], len(node.outputs)
    dim = context.attribute("axis", 0) % tensor.rank
    size = tensor.size(dim, context.builder)
    sizes = context.attribute("split")
    sizes = [context.builder.size(each) for each in sizes] if sizes else context.integers(1, "split")
    if not sizes:
        each = Size(-(-n // count) for n in size)
        sizes = [each] * (count - 1) + [Size(n - (count - 1) * e for n, e in zip(size, each))]
    results, start = [], context.builder.size(0)
    for each in sizes:
        end = Size(a + b for a, b in zip(start, each))
        results.append(sliced(context, tensor, dim, start, end))
        start = end
    return results


@handles("Pad")
def pad(context, node, inputs):
    tensor, builder = inputs[0], context.builder
    mode = context.attribute("mode", "constant")
    value = context.attribute("value", 0.0)
    if len(node.inputs) > 2 and node.inputs[2]:
        value = context.constant(2, "value").reshape(-1)[0].item()
    names = {"constant": "zero", "edge": "replicate", "reflect": "reflect", "wrap": "circular"}
    if mode not in names:
        raise Unsupported(f"attribute mode = '{mode}'")
    if not np.isfinite(value):
        raise Unsupported(f"padding with the value {value}; expected a finite one, except before a MaxPool")
    pads = context.attribute("pads") or context.integers(1, "pads")
    pads = [builder.size(each) if isinstance(each, int) else each for each in pads]
    dims = context.integers(3, "axes")
    dims = [size[0] % tensor.rank for size in dims] if dims else list(range(tensor.rank))
    both = {dim: (low, high) for dim, low, high in zip(dims, pads[: len(dims)], pads[len(dims) :])
            if any(low) or any(high)}  # fmt: skip
    for dim, (low, high) in both.items():
        if low.constant() is None or high.constant() is None:
            raise Unsupported("padding that depends on the sizes of the inputs")
        if min(low[0], high[0]) < 0:
            size = tensor.size(dim, builder)
            ends = Size(max(0, -a) for a in low), Size(n + min(0, b) for n, b in zip(size, high))
            tensor = sliced(context, tensor, dim, *ends)
    both = {dim: (max(0, low[0]), max(0, high[0])) for dim, (low, high) in both.items()}
    both = {dim: pair for dim, pair in both.items() if any(pair)}
    if not both:
        return tensor
    result = padded(context, tensor, both, names[mode])
    return result if value == 0 or mode != "constant" else with_border(context, node, result, both, value)


def with_border(context, node, tensor, both, value):
    """The tensor plus a constant that is `value` on the border and 0 inside."""
    shape, inside = [1] * tensor.rank, [slice(None)] * tensor.rank
    for dim, (low, high) in both.items():
        size = tensor.size(dim, context.builder).constant()
        if size is None:
            raise Unsupported(f"padding with the value {value} along an axis whose size depends on the inputs")
        shape[dim], inside[dim] = size, slice(low, size - high)
    border = np.full(shape, value, np.float32)
    border[tuple(inside)] = 0
    tensor, other = parameter(context, border, tensor, f"{node.name}.border")
    axes = broadcast_axes(tensor.value, other.value)
    return joined(tensor, other, context.builder.add("add", [tensor.value, other.value], [], axes).result)


@handles("Tile")
def tile(context, node, inputs):
    tensor, counts, builder = inputs[0], context.integers(1, "repeats"), context.builder
    if not isinstance(tensor, Tensor):
        raise Unsupported("a constant repeated as the inputs say")
    names = axis_names(tensor)
    value = arranged(builder, tensor, names)
    for name, count in zip(names, counts):
        if count.is_one():
            continue
        whole = value.axes[name].is_one()
        outer = name if whole else fresh_name(set(value.axes))
        arguments = [(outer, size_argument(builder, count, [value]))]
        value = builder.add("expand", [value], arguments, {**value.axes, outer: count}).result
        value = value if whole else merge(builder, value, [outer, name], name)
    return tensor_of(value, names)


def padded(context, tensor, both, mode):
    """The tensor with elements around it: {dimension: (before, behind)}."""
    names = axis_names(tensor)
    value = arranged(context.builder, tensor, names)
    axes, arguments = dict(value.axes), []
    for dim, (low, high) in both.items():
        arguments.append((names[dim], low if low == high else [low, high]))
        axes[names[dim]] = Size(size + low + high for size in axes[names[dim]])
    if mode != "zero":
        arguments.append(("mode", mode))
    return tensor_of(context.builder.add("pad", [value], arguments, axes).result, names)


@handles("Expand")
def expand(context, node, inputs):
    tensor, builder = inputs[0], context.builder
    if not isinstance(tensor, Tensor):
        return expanded_constant(context, node, inputs[0])
    sizes = context.integers(1, "shape")
    rank = max(tensor.rank, len(sizes))
    tensor = with_dims(tensor, [[]] * (rank - tensor.rank) + tensor.dims)
    sizes = [builder.size(1)] * (rank - len(sizes)) + sizes
    dims = [dim for dim in range(rank) if tensor.size(dim, builder).is_one() and not sizes[dim].is_one()]
    if not dims:
        return tensor
    names = axis_names(tensor)
    value = arranged(builder, tensor, names)
    new = {names[dim]: sizes[dim] for dim in dims}
    arguments = [(name, size_argument(builder, size, [])) for name, size in new.items()]
    return tensor_of(builder.add("expand", [value], arguments, {**value.axes, **new}).result, names)


def expanded_constant(context, node, array):
    """A constant repeated as the inputs say: a class token for each image of a batch."""
    sizes = context.integers(1, "shape")
    array = array.reshape((1,) * (len(sizes) - array.ndim) + array.shape)
    names = {3: ["n", "t", "c"], 2: ["n", "c"], 4: ["n", "c", "h", "w"]}.get(array.ndim)
    if names is None:
        raise Unsupported(f"a constant of {array.ndim} dimensions repeated as the inputs say")
    tensor = constant_tensor(context, array, names, node.inputs[0])
    new = {name: size for name, size, old in zip(names, sizes, array.shape) if old == 1 and not size.is_one()}
    arguments = [(name, size_argument(context.builder, size, [])) for name, size in new.items()]
    op = context.builder.add("expand", [tensor.value], arguments, {**tensor.value.axes, **new})
    return tensor_of(op.result, names)


@handles("DepthToSpace")
def depth_to_space(context, node, inputs):
    if context.attribute("mode", "DCR") != "CRD":
        raise Unsupported("attribute mode = 'DCR'; expected 'CRD'")
    block = int(context.attribute("blocksize"))
    value = arranged(context.builder, inputs[0], ["n", "c", "h", "w"])
    scale = context.builder.size(block)
    axes = {**value.axes, "h": value.axes["h"] * scale, "w": value.axes["w"] * scale}
    axes["c"] = (scale * scale).into(value.axes["c"])
    return tensor_of(context.builder.add("pixel_shuffle", [value], [(None, block)], axes).result, list("nchw"))
