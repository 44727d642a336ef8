"""Operands of elementwise layers: the same axes under the same names, as broadcasting goes by name."""

import numpy as np

from fovea.importer.ir import as_f32, product
from fovea.importer.views import (
    Atom,
    Tensor,
    Unsupported,
    axis_of,
    fresh_name,
    merge,
    part_names,
    real,
    rename,
    show,
    split_atom,
    unmerge,
    with_dims,
    with_own_atoms,
)


def ranked(tensor, rank):
    return with_dims(tensor, [[]] * (rank - tensor.rank) + tensor.dims)


def explode(builder, tensor, axis):
    """The tensor with an axis cut into its atoms."""
    atoms = real(tensor.layout[axis])
    parts = part_names(tensor.value, axis, len(atoms))
    value = unmerge(builder, tensor.value, axis, parts, [atom.size for atom in atoms])
    layout = {}
    for name, each in tensor.layout.items():
        layout.update({part: [atom] for part, atom in zip(parts, atoms)} if name == axis else {name: each})
    return Tensor(value, layout, tensor.dims)


def refine(builder, a, b):
    """Both with dimensions of the same atoms, where neither has size 1."""
    for dim in range(a.rank):
        if not real(a.dims[dim]) or not real(b.dims[dim]):
            continue
        if a.size(dim, builder) != b.size(dim, builder):
            raise Unsupported(f"shapes {show(a.shape(builder))} and {show(b.shape(builder))} do not go together")
        at = 0
        while at < len(real(a.dims[dim])):
            first, second = real(a.dims[dim])[at], real(b.dims[dim])[at]
            if first.size != second.size and first.size.divides(second.size):
                b, _ = split_atom(b, second, [first.size, first.size.into(second.size)])
            elif first.size != second.size and second.size.divides(first.size):
                a, _ = split_atom(a, first, [second.size, second.size.into(first.size)])
            elif first.size != second.size:
                raise Unsupported(f"dimension {dim} is cut in two ways: {first.size} and {second.size}")
            at += 1
    return a, b


def places(tensor, others):
    """Of each axis the places (dimension, index) of its atoms, None for one where the other tensor has size 1."""
    where = {id(atom): (dim, index) if real(others[dim]) else None
             for dim, atoms in enumerate(tensor.dims) for index, atom in enumerate(real(atoms))}  # fmt: skip
    return {axis: tuple(where.get(id(atom)) for atom in real(atoms)) for axis, atoms in tensor.layout.items()}


def aligned(builder, a, b):
    """Both tensors of one rank, with `b` called as `a` is."""
    rank = max(a.rank, b.rank)
    a, b = refine(builder, ranked(a, rank), ranked(with_own_atoms(b), rank))
    while True:
        left, right = places(a, b.dims), places(b, a.dims)
        wrong = next((axis for axis, keys in left.items() if len(keys) > 1 and not matches(keys, right)), None)
        if wrong:
            a = explode(builder, a, wrong)
            continue
        wrong = next((axis for axis, keys in right.items() if len(keys) > 1 and not matches(keys, left)), None)
        if not wrong:
            break
        b = explode(builder, b, wrong)
    shared = {keys: axis for axis, keys in left.items() if keys and keys[0] is not None}
    names, taken = {}, {axis for axis, size in a.value.axes.items() if not size.is_one()}
    for axis, keys in right.items():
        if keys in shared:
            names[axis] = shared[keys]
    for axis, keys in right.items():
        if axis not in names and keys and axis in taken | set(names.values()):
            names[axis] = fresh_name(taken | set(names.values()) | set(b.value.axes))
        elif axis not in names and axis in names.values():  # an axis of size 1 that is in the way
            names[axis] = fresh_name(taken | set(names.values()) | set(b.value.axes))
    value = rename(builder, b.value, names)
    layout = dict(zip(value.axes, (b.layout[axis] for axis in b.value.axes)))
    return a, Tensor(value, layout, b.dims)


def matches(keys, others):
    """Whether an axis of several atoms may stay whole: the other side has them as one axis, or none of them at all."""
    return (None not in keys and keys in others.values()) or all(key is None for key in keys)


def nested(builder, a, b):
    """Both, one with all axes of the other: axes of size 1 go, or are added."""
    if set(a.value.axes) <= set(b.value.axes) or set(b.value.axes) <= set(a.value.axes):
        return a, b
    a, b = without_hidden(builder, a, b), without_hidden(builder, b, a)
    missing = {axis: 1 for axis in b.value.axes if axis not in a.value.axes}
    if missing and not set(a.value.axes) <= set(b.value.axes):
        axes = {**{axis: builder.size(1) for axis in missing}, **a.value.axes}
        value = builder.add("expand", [a.value], missing.items(), axes).result
        layout = {**{axis: [Atom(builder.size(1))] for axis in missing}, **a.layout}
        a = Tensor(value, layout, a.dims)
    return a, b


def apart(builder, a, b):
    """Both, without axes of size 1 that have a name of the other's that has not."""
    return without_hidden(builder, a, b, clash=True), without_hidden(builder, b, a, clash=True)


def without_hidden(builder, tensor, other, clash=False):
    """The tensor without axes of size 1 that the other lacks; with `clash`, that are larger there."""
    for axis, size in list(tensor.value.axes.items()):
        rest = [name for name in tensor.value.axes if name != axis]
        in_the_way = axis in other.value.axes and not other.value.axes[axis].is_one()
        if size.is_one() and rest and (in_the_way if clash else axis not in other.value.axes):
            value = merge(builder, tensor.value, [axis, rest[-1]], rest[-1])
            layout = {name: tensor.layout[name] for name in value.axes}
            tensor = Tensor(value, layout, [real(atoms) for atoms in tensor.dims])
    return tensor


def joined(a, b, value):
    """The result of an elementwise layer on aligned tensors."""
    layout = {}
    for axis in value.axes:
        mine = a.layout.get(axis)
        layout[axis] = mine if mine and real(mine) else b.layout.get(axis, mine)
    dims = [x if real(x) else y for x, y in zip(a.dims, b.dims)]
    known = {id(atom) for atoms in layout.values() for atom in atoms}
    return Tensor(value, layout, [[atom for atom in atoms if id(atom) in known] for atoms in dims])


def broadcast_axes(a, b):
    axes = dict(a.axes)
    for name, size in b.axes.items():
        if name not in axes or axes[name].is_one():
            axes[name] = size
    return axes


def parameter(context, array, like, name):
    """(`like`, a tensor of the checkpoint aligned with it): an axis for each of the constant's that is not 1."""
    builder = context.builder
    rank = max(like.rank, array.ndim)
    like = ranked(like, rank)
    array = array.reshape((1,) * (rank - array.ndim) + array.shape)
    sizes = [builder.size(size) for size in array.shape]
    axes = {f"#{dim}": size for dim, size in enumerate(sizes) if not size.is_one()}
    # A stand-in with an axis per dimension, cut as `like` is; nothing is emitted for it.
    layout = {name: [Atom(size)] for name, size in axes.items()}
    dims = [layout.get(f"#{dim}", []) for dim in range(rank)]
    like, stand_in = refine(builder, like, Tensor(None, layout, dims))
    while True:
        mixed = next((axis for axis, keys in places(like, stand_in.dims).items()
                      if len(keys) > 1 and None in keys and any(keys)), None)  # fmt: skip
        if not mixed:
            break
        like = explode(builder, like, mixed)
    groups = {}  # axis -> places
    for axis, keys in places(like, stand_in.dims).items():
        if keys and None not in keys:
            groups[axis] = keys
    taken = set(like.value.axes)
    for dim, atoms in enumerate(stand_in.dims):
        for index in range(len(real(atoms))):
            if not real(like.dims[dim]):
                conventional = {4: "nchw", 3: "ntc", 2: "nc"}.get(rank, "")
                fresh = fresh_name(taken & {n for n, s in like.value.axes.items() if not s.is_one()} | set(groups),
                                  conventional[dim : dim + 1])  # fmt: skip
                groups[fresh] = ((dim, index),)
    order = sorted(groups, key=lambda axis: groups[axis][0])
    cut = array.reshape([atom.size[0] for atoms in stand_in.dims for atom in real(atoms)])
    flat = [(dim, index) for dim, atoms in enumerate(stand_in.dims) for index in range(len(real(atoms)))]
    cut = cut.transpose([flat.index(place) for axis in order for place in groups[axis]])
    shape = [int(np.prod([stand_in_size(stand_in, place) for place in groups[axis]])) for axis in order]
    axes = {axis: builder.size(size) for axis, size in zip(order, shape)}
    arguments = [(axis, size) for axis, size in zip(order, shape)]
    key = context.parameter_key(name, axes)
    op = builder.add("param", [], arguments, axes, key, [("", as_f32(cut.reshape(shape)))])
    layout = {axis: [atom_at(stand_in, place) for place in groups[axis]] for axis in order}
    return like, Tensor(op.result, layout, stand_in.dims)


def atom_at(tensor, place):
    return real(tensor.dims[place[0]])[place[1]]


def stand_in_size(tensor, place):
    return atom_at(tensor, place).size[0]


def scalar_parameter(context, array, key):
    """A number of the checkpoint, as a tensor with the one axis c of size 1."""
    builder = context.builder
    axes = {"c": builder.size(1)}
    op = builder.add("param", [], [("c", 1)], axes, key, [("", as_f32(array).reshape(1))])
    return Tensor(op.result, {"c": [Atom(product([], builder.count))]}, [[]])


__all__ = ["aligned", "axis_of", "broadcast_axes", "joined", "parameter", "scalar_parameter"]
