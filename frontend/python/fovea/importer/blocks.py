"""What is repeated is written once: runs of ops of the same structure, whatever their sizes, become calls of a block.

The largest saving goes first, then what is repeated within blocks and between what is left. A body, the network's or a
block's, is written once and stands for `rows`: the ops of each of its instances, with their own sizes and weights.
"""

import dataclasses
import re

from fovea.importer.block_names import name_of
from fovea.importer.ir import Of, Op, Size, Value, Word, references
from fovea.importer.parameters import Abstraction, group_keys

LONGEST, MOST_INPUTS = 150, 3
LEAST_SAVING = 4  # ops that need not be written


@dataclasses.dataclass(eq=False)
class Block:
    """`inputs` are (name, Value), `ops` and `results` the body as written, `parameters` {name: default or None}."""

    name: str
    inputs: list
    ops: list
    results: list
    parameters: dict
    rows: list  # ops of each call, in the same order as `ops`


def find_blocks(network):
    """(blocks, {key: array}); the network's ops become calls, in place."""
    blocks = []
    outputs = {id(value) for _, value, _ in network.outputs}
    root = Block("", [], network.ops, [value for _, value, _ in network.outputs], {}, [network.ops])
    while True:
        found = best_segment([root, *blocks], outputs)
        if not found:
            break
        blocks.append(make_block(found, root, blocks))
    drop_unused_parameters(network.ops, blocks)
    weights = {}
    collect(network.ops, network.ops, "", weights)
    return blocks, weights


def collect(ops, written, prefix, weights):
    """The weights of ops under the keys that they have as written."""
    for op, text in zip(ops, written):
        key = ".".join(filter(None, [prefix, text.key]))
        if op.block:
            collect(op.instance, op.block.ops, key, weights)
        for suffix, array in op.weights:
            weights[".".join(filter(None, [key, suffix]))] = array


def drop_unused_parameters(ops, blocks):
    """Blocks that were found within others may be all that a parameter was for."""
    changed = True
    while changed:
        changed = False
        for block in blocks:
            text = repr([op.arguments for op in block.ops])
            unused = {name for name in block.parameters if not re.search(rf"\b{name}\b", text)}
            if not unused:
                continue
            changed = True
            block.parameters = {name: value for name, value in block.parameters.items() if name not in unused}
            for op in [*ops, *(op for each in blocks for op in each.ops)]:
                if op.block is block:
                    op.arguments = [(name, value) for name, value in op.arguments if name not in unused]


@dataclasses.dataclass(eq=False)
class Segment:
    body: Block
    start: int
    length: int

    def rows(self):
        return [row[self.start : self.start + self.length] for row in self.body.rows]


def best_segment(bodies, outputs):
    """The segments whose writing once saves most; None if that is too little."""
    groups = {}
    for body in bodies:
        known = {}
        for start in range(len(body.ops)):
            for length, signature in segments(body.rows[0], start, outputs):
                known[start, length] = signature
        for (start, length), signature in known.items():
            # What is a repetition itself is left to be a loop.
            if length > 1 and not is_repetition(known, start, length):
                groups.setdefault(signature, []).append(Segment(body, start, length))
    best, most = None, LEAST_SAVING - 1
    for signature, found in groups.items():
        if len(found) < 2:
            continue
        chosen, last = [], None
        for segment in found:  # in order of bodies and places
            if last is None or last.body is not segment.body or segment.start >= last.start + last.length:
                chosen.append(segment)
                last = segment
        length = chosen[0].length
        saving = (length - 1) * (len(chosen) - 1) - inputs_of(signature)
        if len(chosen) > 1 and saving > most:
            best, most = chosen, saving
    return best


def is_repetition(known, start, length):
    for part in range(1, length // 2 + 1):
        if length % part == 0 and (start, part) in known:
            if all(known.get((at, part)) == known[start, part] for at in range(start, start + length, part)):
                return True
    return False


def inputs_of(signature):
    return signature[0]


def segments(ops, start, outputs):
    """(length, signature) of the runs from `start` on that have one result and few inputs. Equal signatures are equal
    structures: layers, what reads what, and arguments but for sizes."""
    position = {id(op): index for index, op in enumerate(ops)}
    users = users_of(ops)
    internal, external, parts, open_values = {}, {}, [], {}
    for index in range(start, min(len(ops), start + LONGEST)):
        op = ops[index]

        def number(value):
            if id(value) in internal:
                return internal[id(value)]
            return f"in{external.setdefault(id(value), len(external))}"

        parts.append(op_signature(op, number))
        for k, value in enumerate(op.results):
            internal[id(value)] = (index - start, k)
            open_values[id(value)] = value
        if len(external) > MOST_INPUTS:
            return
        length = index - start + 1
        for key in list(open_values):
            readers = users.get(key, ())
            if key not in outputs and readers and all(position[id(user)] <= index for user in readers):
                del open_values[key]
        if len(open_values) == 1 and len(op.results) == 1 and id(op.result) in open_values and external:
            yield length, (len(external), tuple(parts))


def users_of(ops):
    users = {}
    for op in ops:
        for value in references(op):
            users.setdefault(id(value), []).append(op)
    return users


PAIRS = {"kernel", "stride", "pad", "output_pad", "dilation"}


def op_signature(op, number):
    def argument(name, value):
        if name == "groups":
            channels = op.operands[0].axes["c"].constant()
            return "each" if value == channels and value > 1 else "one" if value == 1 else "some"
        if isinstance(value, Of):
            return (number(value.value), value.axis, value.times, value.over)
        if name in PAIRS or isinstance(value, int) and not isinstance(value, bool):
            return "size"
        if isinstance(value, list):
            return tuple(argument(None, each) for each in value)
        return value

    operands = tuple(number(value) if isinstance(value, Value) else value for value in op.operands)
    arguments = tuple((name, argument(name, value)) for name, value in op.arguments)
    kind = id(op.block) if op.block else op.layer
    return kind, operands, arguments, tuple(suffix for suffix, _ in op.weights), bool(op.key), len(op.results)


def make_block(found, root, blocks):
    """A block of the segments, which become calls of it."""
    rows = [row for segment in found for row in segment.rows()]
    templates = [segment.body.ops[segment.start : segment.start + segment.length] for segment in found]
    sources = [externals(row) for row in rows]
    inputs = [(name, Value(dict(value.axes), name=name)) for name, value in zip("xyz", sources[0])]
    abstraction = Abstraction(rows, sources, inputs)
    prefixes, suffixes, natural = group_keys(
        [[op.key for op in template] for template in templates], [id(segment.body) for segment in found], rows[0]
    )
    block = Block("", inputs, [], [], abstraction.parameters, rows)
    block.name = name_of(block, rows, prefixes if natural else [], {each.name for each in blocks})
    if not natural:
        prefixes = fresh_prefixes(block.name, [segment.body for segment in found], root)
    block.ops, block.results = body_of(rows[0], sources[0], inputs, abstraction, suffixes)
    # From the last to the first, so that places stay what they are.
    for segment, prefix, template in sorted(
        zip(found, prefixes, templates), key=lambda entry: entry[0].start, reverse=True
    ):
        replace(segment, block, prefix, template, abstraction)
    block.rows = block.rows_of_calls
    return block


def externals(ops):
    """Values that ops read and none of them makes, in order."""
    return [value_at(ops, place) for place in external_places(ops)]


def external_places(ops):
    """Where such values are read first: (op, operand, None), or (op, None, argument that names a size)."""
    known, places = {id(value) for op in ops for value in op.results}, []
    for index, op in enumerate(ops):
        reads = [(value, (index, k, None)) for k, value in enumerate(op.operands) if isinstance(value, Value)]
        for k, (_, argument) in enumerate(op.arguments):
            for i, each in enumerate(argument if isinstance(argument, list) else [argument]):
                reads += [(each.value, (index, None, (k, i)))] if isinstance(each, Of) else []
        for value, place in reads:
            if id(value) not in known:
                known.add(id(value))
                places.append(place)
    return places


def value_at(ops, place):
    index, operand, argument = place
    if argument is None:
        return ops[index].operands[operand]
    given = ops[index].arguments[argument[0]][1]
    return (given[argument[1]] if isinstance(given, list) else given).value


def body_of(row, sources, inputs, abstraction, suffixes):
    """(ops, results) of the block: those of a row, on values of its own."""
    mapped = {id(source): value for source, (_, value) in zip(sources, inputs)}
    ops = []
    for index, (op, suffix) in enumerate(zip(row, suffixes)):
        arguments = [(name, mapped_argument(abstraction.argument(index, name, position), mapped))
                     for position, (name, _) in enumerate(op.arguments)]  # fmt: skip
        operands = [mapped.get(id(value), value) for value in op.operands]
        new = Op(op.layer, operands, arguments, suffix, op.weights, [], op.scope, op.block, op.instance)
        new.results = [Value(dict(value.axes), new) for value in op.results]
        mapped.update({id(old): value for old, value in zip(op.results, new.results)})
        ops.append(new)
    return ops, [ops[-1].result]


def mapped_argument(argument, mapped):
    if isinstance(argument, list):
        return [mapped_argument(each, mapped) for each in argument]
    if isinstance(argument, Of):
        return Of(mapped.get(id(argument.value), argument.value), argument.axis, argument.times, argument.over)
    return argument


def replace(segment, block, prefix, template, abstraction):
    """A call instead of the segment, in its body as written and in each of its rows."""
    place = slice(segment.start, segment.start + segment.length)
    body = segment.body
    lists = [body.ops, *(row for row in body.rows if row is not body.ops)]
    rows, places = [], external_places(body.rows[0][place])
    for ops in lists:
        old = ops[place]
        arguments = [(name, old[index].arguments[position][1])
                     for name, (index, position) in abstraction.representative.items()]  # fmt: skip
        sources = [value_at(old, each) for each in places]
        call = Op(block.name, sources, arguments, prefix, [], [old[-1].result], old[0].scope, block, old)
        old[-1].result.op = call
        ops[place] = [call]
        if ops is not body.ops or len(lists) == 1:
            rows.append(old)
    block.rows_of_calls = [*getattr(block, "rows_of_calls", []), *rows]


def fresh_prefixes(name, bodies, root):
    """Scopes for calls of a block that the model has no names for, counted. No two bodies have the same one: a body may
    stand within another without a scope of its own."""
    count, prefixes = 0, []
    for body in bodies:
        prefixes.append(f"{name}.{count}" if body is root or len(bodies) > 1 else name)
        count += 1
    return prefixes


__all__ = ["Block", "Size", "Word", "find_blocks"]
