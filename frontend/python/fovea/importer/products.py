"""Linear layers, products of activations, attention."""

import math

import numpy as np

from fovea.importer.align import aligned, parameter
from fovea.importer.ir import Word, as_f32, product
from fovea.importer.movement import constant_tensor
from fovea.importer.registry import handles
from fovea.importer.views import (
    Tensor,
    Unsupported,
    arranged,
    axis_names,
    axis_of,
    fresh_name,
    real,
    rename,
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
    left, right = aligned(builder, left, right)
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
    """softmax(scale * a b + ...) v, of a on [.., q, d], b on [.., d, k] and v on [.., k, d]."""
    builder = context.builder
    query, key, value = inputs[:3]
    if not all(isinstance(each, Tensor) for each in inputs[:3]):
        raise Unsupported("attention with a constant factor")
    rank = query.rank
    if key.rank != rank or value.rank != rank or rank < 3:
        raise Unsupported("attention of factors of different ranks")
    key = with_dims(key, key.dims[:-2] + [key.dims[-1], key.dims[-2]])
    width = query.size(rank - 1, builder)
    query, heads = with_heads(builder, query)
    key, _ = with_heads(builder, key, len(heads))
    value, _ = with_heads(builder, value, len(heads))
    number = product([atom.size for atom in heads], builder.count).constant()
    query, batch = batched(builder, query, heads)
    key, _ = batched(builder, key, lead(key, len(heads)), batch)
    value, _ = batched(builder, value, lead(value, len(heads)), batch)
    key, value = same_tokens(builder, key, value, batch)
    if width.constant() is None or number is None:
        raise Unsupported("the number of channels or heads depends on the sizes of the inputs")
    arguments = [("heads", number)]
    scale = node.attributes["scale"]
    if abs(scale * math.sqrt(width[0]) - 1) > 1e-6:
        arguments.append(("scale", scale))
    names = [axis for axis in batch if axis in query.value.axes]
    if names != ["n"]:
        arguments.append(("batch", [Word(name) for name in names]))
    operands = [query.value, key.value, value.value]
    for extra, name in zip(inputs[3:], node.inputs[3:]):
        raise Unsupported("attention with a bias is not supported yet")
    axes = {**query.value.axes, "c": value.value.axes["c"]}
    op = builder.add("attention", operands, arguments, axes)
    whole = value.layout["c"]
    layout = {**query.layout, "c": whole}
    # The result is on the queries' places; its channels are the heads' in a row.
    inner = real(whole)[len(heads) :]
    outer = dict(zip(map(id, heads), real(whole)[: len(heads)]))
    dims = [[outer.get(id(atom), atom) for atom in real(atoms)] for atoms in query.dims[:-1]] + [inner]
    return Tensor(op.result, layout, dims)


def lead(tensor, count):
    """The last atoms before tokens and channels."""
    return [atom for atoms in tensor.dims[:-2] for atom in real(atoms)][-count:] if count else []


def with_heads(builder, tensor, count=None):
    """(tensor, atoms of the heads), with the heads directly outside of the channels, on an axis c. How many atoms are
    heads is what the axis of the channels says, or `count`."""
    channels = real(tensor.dims[-1])
    leading = [atom for atoms in tensor.dims[:-2] for atom in real(atoms)]
    heads = []
    if count is None:
        atoms = real(tensor.layout[axis_of(tensor, channels[0])])
        at = atoms.index(channels[0])
        heads = [atom for atom in atoms[:at] if atom in leading]
    elif count:
        heads = leading[-count:]
    gone = set(map(id, heads))
    rest = [[atom for atom in atoms if id(atom) not in gone] for atoms in tensor.dims[:-1]]
    flat = with_dims(tensor, rest + [heads + channels])
    flat = with_axis(builder, flat, flat.rank - 1, "c")
    axis = flat.layout["c"]
    if len(real(axis)) == len(heads) + len(channels):
        # The dimensions again, with the heads where they were.
        heads = real(axis)[: len(heads)]
    else:  # the axis was put together
        flat, parts = split_into(flat, axis[0], [atom.size for atom in heads + channels])
        heads = parts[: len(heads)]
    kept = with_dims(flat, flat.dims[:-1] + [[atom for atom in flat.dims[-1] if atom not in heads]])
    position = max(0, kept.rank - 3)
    dims = list(kept.dims)
    dims[position] = dims[position] + heads
    return with_dims(kept, dims), heads


def split_into(tensor, atom, sizes):
    from fovea.importer.views import split_atom

    return split_atom(tensor, atom, sizes)


def batched(builder, tensor, heads, wanted=None):
    """(tensor, its batch axes): those of the dimensions before the last two, without the heads; called as wanted."""
    gone = set(map(id, heads))
    atoms = [atom for each in tensor.dims[:-2] for atom in real(each) if id(atom) not in gone]
    plain = with_dims(tensor, [atoms, *[real(each) for each in tensor.dims[-2:]], heads])
    plain, axes = whole_axes(builder, plain, [0]) if atoms else (plain, [])
    if plain.value is not tensor.value:
        raise Unsupported("attention whose batch shares an axis with tokens or channels")
    hidden = [name for name, each in tensor.value.axes.items() if each.is_one() and name == "n"]
    axes = axes or hidden
    if wanted is None or axes == wanted:
        return tensor, axes
    if len(axes) != len(wanted):
        raise Unsupported("attention of factors with different batches")
    value = rename(builder, tensor.value, dict(zip(axes, wanted)))
    layout = dict(zip(value.axes, (tensor.layout[axis] for axis in tensor.value.axes)))
    return Tensor(value, layout, tensor.dims), wanted


def same_tokens(builder, key, value, batch):
    """Keys and values with the same axes of tokens."""

    def tokens(tensor):
        return [name for name in tensor.value.axes if name not in batch and name != "c"]

    if {n: key.value.axes[n] for n in tokens(key)} == {n: value.value.axes[n] for n in tokens(value)}:
        return key, value
    raise Unsupported("attention whose keys and values lie on different axes")


__all__ = ["aligned", "arranged", "axis_names", "fresh_name", "parameter"]
