"""Linear layers, products of activations, attention."""

import math

import numpy as np

from fovea.importer.align import aligned, apart
from fovea.importer.ir import Word, as_f32, product
from fovea.importer.ir import number as number_of
from fovea.importer.movement import constant_tensor
from fovea.importer.pointwise import arithmetic
from fovea.importer.registry import handles
from fovea.importer.views import (
    Atom,
    Tensor,
    Unsupported,
    arranged,
    axis_names,
    axis_of,
    real,
    same_layout,
    tensor_of,
    whole_axes,
    with_axis,
    with_dims,
)


def along_c(context, tensor, dim, weight, bias, names):
    """A linear layer on one dimension; `weight` is (out, in)."""
    builder = context.builder
    if tensor.size(dim, builder) != builder.size(weight.shape[1]):
        raise Unsupported(f"a weight for {weight.shape[1]} channels, the input has {tensor.size(dim, builder)}")
    tensor = with_axis(builder, tensor, dim, "c")
    out = weight.shape[0]
    weights = [("weight", as_f32(weight))] + ([] if bias is None else [("bias", as_f32(bias))])
    axes = {**tensor.value.axes, "c": builder.size(out)}
    arguments = [("out", out), ("bias", bias is not None)]
    op = builder.add("linear", [tensor.value], arguments, axes, context.key(*names), weights)
    fresh = tensor_of(op.result, ["c"]).dims[0]
    layout = {**tensor.layout, "c": fresh}
    return Tensor(op.result, layout, tensor.dims[:dim] + [fresh] + tensor.dims[dim + 1 :])


@handles("linear")
def linear(context, node, inputs):
    weight, bias = context.constant(1, "weight"), context.constant(2, "bias")
    return along_c(context, inputs[0], inputs[0].rank - 1, weight, bias, node.inputs[1:])


@handles("Gemm")
def gemm(context, node, inputs):
    given = {key: node.attributes[key] for key in ("alpha", "beta", "transA", "transB") if key in node.attributes}
    raise Unsupported(f"attributes {given}: expected x * W + b with constant W and b, alpha = beta = 1, transA = 0")


@handles("MatMul")
def matmul(context, node, inputs):
    builder = context.builder
    if isinstance(inputs[0], np.ndarray) and inputs[0].ndim == 2:
        return along_c(context, inputs[1], inputs[1].rank - 2, inputs[0], None, node.inputs[:1])
    names = ["n", "b", "t", "c"]
    a, b = [value if isinstance(value, Tensor) else constant_tensor(context, value, names[-value.ndim :], name)
            for value, name in zip(inputs, node.inputs)]  # fmt: skip
    if min(a.rank, b.rank) < 2:
        raise Unsupported("a product with a vector")
    rank = max(a.rank, b.rank)
    a, b = [with_dims(t, [[]] * (rank - t.rank) + t.dims) for t in (a, b)]
    if a.size(rank - 1, builder) != b.size(rank - 2, builder):
        raise Unsupported(f"{a.size(rank - 1, builder)} columns by {b.size(rank - 2, builder)} rows")
    # Batch axes and the one that is summed over get common names, what only one has a name of its own.
    left = with_dims(a, a.dims[:-2] + [[], a.dims[-1], a.dims[-2]])
    right = with_dims(b, b.dims[:-2] + [b.dims[-1], b.dims[-2], []])
    left, _ = whole_axes(builder, left, [rank - 1])
    left, right = aligned(builder, left, right)
    left, right = apart(builder, left, right)
    left, over = whole_axes(builder, left, [rank - 1])
    if not over:
        raise Unsupported("a product over an axis of size 1")
    axes = {name: size for name, size in left.value.axes.items() if name not in over}
    axes.update(
        {
            name: size
            for name, size in right.value.axes.items()
            if name not in over and not (name in axes and size.is_one())
        }
    )
    op = builder.add("contract", [left.value, right.value], [(None, [Word(name) for name in over])], axes)
    layout = {name: each for name, each in {**right.layout, **left.layout}.items() if name in axes}
    layout.update({name: each for name, each in right.layout.items() if name in axes and not real(layout[name])})
    batch = [x if real(x) else y for x, y in zip(left.dims[:-3], right.dims[:-3])]
    return Tensor(op.result, layout, batch + [left.dims[-1], right.dims[-3]])


@handles("attention")
def attention(context, node, inputs):
    """softmax(scale * a b + ...) v, of a on [.., q, d], b on [.., d, k] and v on [.., k, d]: a layer if each has its
    heads beside its channels, else the products."""
    try:
        return attention_layer(context, node, inputs)
    except Unsupported:
        return attention_products(context, node, inputs)


def attention_products(context, node, inputs):
    scores = matmul(context, node, inputs[:2])
    if abs(node.attributes["scale"] - 1) > 1e-6:
        scores = arithmetic(context, "mul", scores, number_of(node.attributes["scale"]))
    for index, extra in enumerate(inputs[3:], 3):
        scores = arithmetic(context, "add", scores, extra, ["", node.inputs[index]])
    scores, names = whole_axes(context.builder, scores, [scores.rank - 1])
    arguments = [(None, [Word(name) for name in names])]
    op = context.builder.add("softmax", [scores.value], arguments, scores.value.axes)
    return matmul(context, node, [same_layout(scores, op.result), inputs[2]])


def attention_layer(context, node, inputs):
    builder = context.builder
    query, key, value = inputs[:3]
    if not all(isinstance(each, Tensor) for each in inputs[:3]):
        raise Unsupported("attention with a constant factor")
    rank = query.rank
    if key.rank != rank or value.rank != rank or rank < 3:
        raise Unsupported("attention of factors of different ranks")
    key = with_dims(key, key.dims[:-2] + [key.dims[-1], key.dims[-2]])
    width = query.size(rank - 1, builder).constant()
    inner = value.size(rank - 1, builder)
    counts = heads_of(query)
    sizes = [[atom.size for atom in tail(atoms, count)] for atoms, count in zip(query.dims, counts)]
    number = product(sum(sizes, []), builder.count).constant()
    if width is None or number is None:
        raise Unsupported("the number of channels or heads depends on the sizes of the inputs")
    factors = [heads_inside(builder, each, counts) for each in (query, key, value)]
    batch = common_axes(builder, factors)
    if batch is None or inputs[3:]:
        batch, factors = brought_together(builder, factors)
    query, key, value = factors
    arguments = [("heads", number)]
    if abs(node.attributes["scale"] * math.sqrt(width) - 1) > 1e-6:
        arguments.append(("scale", number_of(node.attributes["scale"])))
    if batch != ["n"]:
        arguments.append(("batch", [Word(name) for name in batch]))
    operands = [query.value, key.value, value.value]
    if inputs[3:]:
        operands.append(bias_of(context, query, counts, inputs[3:], node.inputs[3:]))
    axes = {**query.value.axes, "c": value.value.axes["c"]}
    op = builder.add("attention", operands, arguments, axes)
    # The result is on the queries' places; its channels are those of the heads in a row.
    parts = [Atom(size) for size in [*sum(sizes, []), inner]]
    layout = {**query.layout, "c": parts}
    dims, at = [], 0
    for atoms, each in zip(query.dims[:-1], [*sizes, []]):
        dims.append(real(atoms) + parts[at : at + len(each)])
        at += len(each)
    return Tensor(op.result, layout, dims + [parts[-1:]])


def tail(atoms, count):
    return real(atoms)[len(real(atoms)) - count :]


def heads_of(query):
    """How many atoms at the end of each dimension before tokens and channels are heads: those that lie directly outside
    of the channels."""
    channels = real(query.dims[-1])
    axis = real(query.layout[axis_of(query, channels[0])])
    outer = set(map(id, axis[: axis.index(channels[0])]))
    counts = []
    for atoms in query.dims[:-2]:
        count = 0
        while count < len(real(atoms)) and id(real(atoms)[-1 - count]) in outer:
            count += 1
        counts.append(count)
    return counts


def heads_inside(builder, tensor, counts):
    """The tensor on [batch .., tokens, heads and channels], the last on an axis c."""
    heads, rest = [], []
    for atoms, count in zip(tensor.dims, counts):
        atoms = real(atoms)
        if len(atoms) < count:
            raise Unsupported("attention of factors whose heads are arranged differently")
        heads += tail(atoms, count)
        rest.append(atoms[: len(atoms) - count])
    flat = with_dims(tensor, [*rest, tensor.dims[-2], heads + real(tensor.dims[-1])])
    return with_axis(builder, flat, flat.rank - 1, "c")


def common_axes(builder, factors):
    """The batch axes of the three, if they are the same, keys and values have the same tokens, and no axis is left;
    else None."""
    found = []
    for tensor in factors:
        kept, batch = whole_axes(builder, tensor, range(tensor.rank - 2))
        kept, tokens = whole_axes(builder, kept, [tensor.rank - 2])
        batch += ["n"] if "n" not in batch and tensor.value.axes.get("n", builder.size(2)).is_one() else []
        if kept is not tensor or set(batch) | set(tokens) | {"c"} != set(tensor.value.axes):
            return None
        found.append((sorted(batch), [(axis, tensor.value.axes[axis]) for axis in tokens]))
    if found[0][0] != found[1][0] or found[1] != found[2]:
        return None
    return [axis for axis in factors[0].value.axes if axis in found[0][0]]


def brought_together(builder, factors):
    """(batch axes, factors): an axis for each dimension, of the same names."""
    names = axis_names(factors[0], keep={factors[0].rank - 1: "c"})
    names = [f"{name}_" if name in ("q", "k", "head") else name for name in names]
    return names[:-2], [tensor_of(arranged(builder, tensor, names), names) for tensor in factors]


def bias_of(context, query, counts, extras, names):
    """What is added to the scores, on axes of the batch, head, q and k."""
    rank = query.rank
    if any(count and real(atoms) for atoms, count in zip(query.dims, counts)) or sum(map(bool, counts)) > 1:
        raise Unsupported("attention with a bias, of heads that share a dimension with the batch")
    axes = ["head" if count else axis_of(query, real(atoms)[0]) if real(atoms) else None
            for atoms, count in zip(query.dims, counts)] + ["q", "k"]  # fmt: skip
    arrays = [each for each in extras if isinstance(each, np.ndarray)]
    if len(arrays) < len(extras):
        if len(extras) > 1:
            raise Unsupported("attention with several biases, of which the network computes one")
        free = [name or f"b{i}" for i, name in enumerate(axes)]
        return arranged(context.builder, with_dims(extras[0], [[]] * (rank - extras[0].rank) + extras[0].dims), free)
    whole = arrays[0].reshape((1,) * (rank - arrays[0].ndim) + arrays[0].shape)
    for array in arrays[1:]:
        whole = whole + array
    kept = [dim for dim in range(rank) if whole.shape[dim] > 1]
    if any(axes[dim] is None for dim in kept):
        raise Unsupported(f"a bias of {list(whole.shape)}")
    shape = [whole.shape[dim] for dim in kept]
    expected = [*query.shape(context.builder)[:-2], None, None]
    if any(expected[dim] not in (None, context.builder.size(whole.shape[dim])) and axes[dim] != "head" for dim in kept):
        raise Unsupported(f"a bias of {list(whole.shape)}")
    return constant_tensor(context, whole.reshape(shape), [axes[dim] for dim in kept], names[0]).value
