"""Several layers that one says better."""

from fovea.importer.ir import Op, Value, Word


def simplify(ops, outputs):
    """The ops, with slices that cut an axis into equal parts as one split."""
    slices = {}
    for op in ops:
        if op.layer == "slice" and len(op.arguments) == 1:
            axis, bounds = op.arguments[0]
            if len(bounds) == 2 and all(isinstance(bound, int) for bound in bounds):
                slices.setdefault((id(op.operands[0]), axis), []).append((bounds, op))
    replaced, renamed = {}, {}
    for (_, axis), parts in slices.items():
        parts.sort(key=lambda part: part[0])
        value = parts[0][1].operands[0]
        width = parts[0][0][1]
        if len(parts) < 2 or [bounds for bounds, _ in parts] != [
            [k * width, (k + 1) * width] for k in range(len(parts))
        ]:
            continue
        if value.axes[axis].constant() != width * len(parts):
            continue
        first = min((op for _, op in parts), key=ops.index)
        split = Op("split", [value], [(None, len(parts)), ("axis", Word(axis))], scope=first.scope)
        split.results = [Value(dict(op.result.axes), split) for _, op in parts]
        renamed.update({id(op.result): new for (_, op), new in zip(parts, split.results)})
        replaced.update({id(op): None for _, op in parts})
        replaced[id(first)] = split
    kept = [replaced.get(id(op), op) for op in ops]
    kept = [op for op in kept if op is not None]
    for op in kept:
        op.operands = [renamed.get(id(value), value) for value in op.operands]
        op.arguments = [(name, renamed_in(value, renamed)) for name, value in op.arguments]
    return kept, [(name, renamed.get(id(value), value), order) for name, value, order in outputs]


def renamed_in(argument, renamed):
    """An argument that names the size of a value, of the value's successor."""
    if isinstance(argument, list):
        return [renamed_in(each, renamed) for each in argument]
    value = getattr(argument, "value", None)
    return (
        type(argument)(renamed[id(value)], argument.axis, argument.times, argument.over)
        if id(value) in renamed
        else argument
    )
