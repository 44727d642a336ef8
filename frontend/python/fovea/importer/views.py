"""Tensors as ONNX has them, by the position of their dimensions, over values whose axes have names.

A dimension is a product of atoms, an axis of the value too. Transposing, reshaping and squeezing only arrange atoms
anew, so most of it never becomes a layer: `arranged` brings axes and dimensions together where a layer asks for it.
"""

import dataclasses

from fovea.importer.ir import Of, Size, Value, Word, product


class Unsupported(Exception):
    """Why a node cannot be imported."""


@dataclasses.dataclass(eq=False)
class Atom:
    size: Size


@dataclasses.dataclass(eq=False)
class Tensor:
    value: Value
    layout: dict  # axis of the value -> its atoms, outermost first
    dims: list  # atoms of each dimension, outermost first; those of size 1 may be left out

    @property
    def rank(self):
        return len(self.dims)

    def size(self, dim, builder):
        return product((atom.size for atom in self.dims[dim]), builder.count)

    def shape(self, builder):
        return [self.size(dim, builder) for dim in range(self.rank)]


def tensor_of(value, names):
    """A tensor with an axis per dimension."""
    layout = {name: [Atom(size)] for name, size in value.axes.items()}
    return Tensor(value, layout, [list(layout[name]) for name in names])


def with_dims(tensor, dims):
    return Tensor(tensor.value, tensor.layout, dims)


def same_layout(tensor, value):
    """The tensor's arrangement on another value with the same axes."""
    return Tensor(value, tensor.layout, tensor.dims)


def with_own_atoms(tensor):
    """The tensor with atoms that no other has: those of one value may meet in a product of it with itself."""
    own = {id(atom): Atom(atom.size) for atoms in tensor.layout.values() for atom in atoms}
    layout = {name: [own[id(atom)] for atom in atoms] for name, atoms in tensor.layout.items()}
    return Tensor(tensor.value, layout, [[own.get(id(atom), atom) for atom in atoms] for atoms in tensor.dims])


def real(atoms):
    return [atom for atom in atoms if not atom.size.is_one()]


def split_atom(tensor, atom, sizes):
    """The tensor with new atoms of these sizes in the place of one, and these."""
    parts = [Atom(size) for size in sizes]

    def replaced(atoms):
        return [new for old in atoms for new in (parts if old is atom else [old])]

    layout = {name: replaced(atoms) for name, atoms in tensor.layout.items()}
    return Tensor(tensor.value, layout, [replaced(atoms) for atoms in tensor.dims]), parts


def reshape(builder, tensor, sizes):
    """The tensor with dimensions of these sizes."""
    whole = product(tensor.shape(builder), builder.count)
    if product(sizes, builder.count) != whole:
        raise Unsupported(f"a tensor of {show(tensor.shape(builder))} cannot become {show(sizes)}")
    atoms, dims, at = real(sum(tensor.dims, [])), [], 0
    for size in sizes:
        dim, rest = [], size
        while not rest.is_one():
            atom = atoms[at]
            if atom.size.divides(rest):
                dim.append(atom)
                rest = atom.size.into(rest)
                at += 1
            elif rest.divides(atom.size):
                tensor, (first, second) = split_atom(tensor, atom, [rest, rest.into(atom.size)])
                atoms[at : at + 1] = [first, second]
            else:
                return reshape(builder, merged_run(builder, tensor, atoms, at), sizes)
        dims.append(dim)
    return with_dims(tensor, dims)


def merged_run(builder, tensor, atoms, at):
    """The tensor after the atom `at` and its neighbour have become one, so that it can be cut elsewhere."""
    if at + 1 >= len(atoms):
        raise Unsupported("the sizes of the new shape do not follow from the old ones")
    flat = with_dims(tensor, [[atom] for atom in atoms[:at]] + [atoms[at : at + 2]] + [[a] for a in atoms[at + 2 :]])
    names = axis_names(flat)
    return tensor_of(arranged(builder, flat, names), names)


def show(sizes):
    return "[" + ", ".join(map(str, sizes)) + "]"


FRESH = ["t", "a", "b", "d", "e", "g", "p", "q", "r", "s", "u", "v"]


def fresh_name(taken, wanted=()):
    for name in (*wanted, *FRESH):
        if name not in taken:
            return name
    raise Unsupported("the tensor has more axes than there are names for")


def axis_of(tensor, atom):
    return next(name for name, atoms in tensor.layout.items() if atom in atoms)


def axis_names(tensor, keep=()):
    """A name for each dimension: that of its axis if it is one, `t` for what is made of several. `keep` says names that
    are wanted: {dim: name}."""
    keep = dict(keep)
    names, taken = [None] * tensor.rank, set(keep.values())
    for dim, atoms in enumerate(tensor.dims):
        axes = list(dict.fromkeys(axis_of(tensor, atom) for atom in real(atoms)))
        if dim in keep:
            names[dim] = keep[dim]
        elif len(axes) == 1 and axes[0] not in taken:
            names[dim] = axes[0]
            taken.add(axes[0])
    conventional = {4: ["n", "c", "h", "w"], 3: ["n", "t", "c"], 2: ["n", "c"]}.get(tensor.rank, [])
    used = {axis_of(tensor, atom) for atoms in tensor.dims for atom in real(atoms)}
    for dim, atoms in enumerate(tensor.dims):
        if names[dim] is None:
            wanted = [] if real(atoms) else [name for name in conventional[dim : dim + 1] if name not in used]
            names[dim] = fresh_name(taken, wanted)
            taken.add(names[dim])
    return names


def arranged(builder, tensor, names):
    """The value with exactly one axis per dimension, called as said."""
    value, groups = separate(builder, tensor)
    # Axes of size 1 that no dimension has: one may serve a dimension of size 1, the others go.
    shown = {name for group in groups for name in group}
    hidden = [name for name in value.axes if name not in shown]
    for dim, group in enumerate(groups):
        if not group and hidden:
            group.append(hidden.pop(hidden.index(names[dim]) if names[dim] in hidden else 0))
    missing = [dim for dim, group in enumerate(groups) if not group]
    for name in hidden:
        group = next((g for g in reversed(groups) if g), None)
        if group is None:
            raise Unsupported("a tensor without axes")
        group.insert(0, name)
    taken = set(value.axes)
    for dim, group in enumerate(groups):
        if len(group) > 1:
            name = names[dim] if names[dim] not in taken - set(group) else fresh_name(taken)
            value = merge(builder, value, group, name)
            groups[dim] = [name]
            taken = set(value.axes)
    value = rename(builder, value, {group[0]: names[dim] for dim, group in enumerate(groups) if group})
    if missing:
        axes = {names[dim]: builder.size(1) for dim in missing}
        arguments = [(name, 1) for name in axes]
        value = builder.add("expand", [value], arguments, {**axes, **value.axes}).result
    return value


def separate(builder, tensor):
    """(value, axes of each dimension): every axis belongs to one dimension, whole and in order."""
    value, place = tensor.value, {}
    for dim, atoms in enumerate(tensor.dims):
        for index, atom in enumerate(real(atoms)):
            place[id(atom)] = (dim, index)
    groups = [dict() for _ in tensor.dims]  # index of the first atom in the dimension -> axis
    for name, atoms in tensor.layout.items():
        atoms = real(atoms)
        runs = []
        for atom in atoms:
            dim, index = place[id(atom)]
            if runs and runs[-1][0] == dim and runs[-1][1] + len(runs[-1][2]) == index:
                runs[-1][2].append(atom)
            else:
                runs.append((dim, index, [atom]))
        if len(runs) > 1:
            parts = part_names(value, name, len(runs))
            sizes = [product((a.size for a in run[2]), builder.count) for run in runs]
            value = unmerge(builder, value, name, parts, sizes)
        else:
            parts = [name] * len(runs)
        for (dim, index, _), part in zip(runs, parts):
            groups[dim][index] = part
    return value, [[axis for _, axis in sorted(group.items())] for group in groups]


def part_names(value, name, count):
    """Names for the parts of an axis: the last keeps its name, except that tokens become a map."""
    taken = set(value.axes) - {name}
    if name == "t" and count == 2 and not {"h", "w"} & taken:
        return ["h", "w"]
    wanted = {"h": ["a"], "w": ["b"], "c": ["g"]}.get(name, [])
    names = [name]
    for _ in range(count - 1):
        names.insert(0, fresh_name(taken | set(names), wanted))
    return names


def merge(builder, value, axes, into):
    size = product((value.axes[name] for name in axes), builder.count)
    result = {}
    for name, each in value.axes.items():
        if name == axes[0]:
            result[into] = size
        elif name not in axes:
            result[name] = each
    arguments = [(None, [Word(name) for name in axes]), ("into", Word(into))]
    return builder.add("merge", [value], arguments, result).result


def unmerge(builder, value, axis, parts, sizes):
    result = {}
    for name, size in value.axes.items():
        result.update(zip(parts, sizes) if name == axis else [(name, size)])
    given = [(part, size_argument(builder, size, [value])) for part, size in zip(parts, sizes)]
    return builder.add("unmerge", [value], [(None, Word(axis)), *given], result).result


def rename(builder, value, names):
    """Axes get other names; those that are in the way and not named here get fresh ones."""
    names = {old: new for old, new in names.items() if old != new}
    if not names:
        return value
    for name in value.axes:
        if name in names.values() and name not in names:
            names[name] = fresh_name(set(value.axes) | set(names.values()))
    result = {names.get(name, name): size for name, size in value.axes.items()}
    arguments = [(None, [Word(name) for name in names]), (None, [Word(name) for name in names.values()])]
    return builder.add("rename", [value], arguments, result).result


def size_argument(builder, size, values):
    """A size as an argument: a number, or an expression of the sizes of the values, or of the network's inputs."""
    if size.constant() is not None:
        return size.constant()
    for value in [*values, *builder.inputs]:
        for axis, whole in value.axes.items():
            if whole.constant() is not None:
                continue
            if whole.divides(size) and len(set(whole.into(size))) == 1:
                return Of(value, axis, times=whole.into(size)[0])
            if size.divides(whole) and len(set(size.into(whole))) == 1:
                return Of(value, axis, over=size.into(whole)[0])
    raise Unsupported(f"a size ({size}) that follows from the inputs' in no simple way")


def with_axis(builder, tensor, dim, name):
    """The tensor with the dimension on one axis of that name; the others stay as they are arranged."""
    atoms = real(tensor.dims[dim])
    axes = list(dict.fromkeys(axis_of(tensor, atom) for atom in atoms))
    if len(axes) == 1 and real(tensor.layout[axes[0]]) == atoms:
        if axes[0] == name:
            return tensor
        value = rename(builder, tensor.value, {axes[0]: name})
        # Axes keep their order through a rename.
        layout = dict(zip(value.axes, (tensor.layout[axis] for axis in tensor.value.axes)))
        return Tensor(value, layout, tensor.dims)
    names = axis_names(tensor, keep={dim: name})
    return tensor_of(arranged(builder, tensor, names), names)


def whole_axes(builder, tensor, dims):
    """(tensor, names of the axes that these dimensions are made of): no axis is shared with other dimensions."""
    wanted = {id(atom) for dim in dims for atom in tensor.dims[dim]}
    shared = [atoms for atoms in tensor.layout.values()
              if len({id(atom) in wanted for atom in real(atoms)}) > 1]  # fmt: skip
    if shared:
        names = axis_names(tensor)
        tensor = tensor_of(arranged(builder, tensor, names), names)
    axes = []
    for dim in dims:
        for atom in tensor.dims[dim]:
            name = axis_of(tensor, atom)
            if name not in axes:
                axes.append(name)
    return tensor, axes
