"""Layers and blocks as text, in the style of what people write by hand."""

import re

from fovea.importer.ir import Of, Op, Size, Value, Word, references
from fovea.importer.loops import find_runs
from fovea.importer.parameters import Expression

# Arguments that need not be written. `None` stands for the kernel's size.
DEFAULTS = {
    "conv": {"kernel": 1, "stride": 1, "pad": 0, "dilation": 1, "groups": 1, "bias": True},
    "conv_transpose": {"stride": 1, "pad": 0, "output_pad": 0, "dilation": 1, "groups": 1, "bias": True},
    "linear": {"bias": True},
    "max_pool": {"stride": None, "pad": 0, "dilation": 1, "ceil_mode": False},
    "avg_pool": {"stride": None, "pad": 0, "ceil_mode": False, "count_include_pad": True},
    "batch_norm": {"eps": 1e-5},
    "layer_norm": {"eps": 1e-5, "affine": True, "bias": True},
    "rms_norm": {"eps": 1e-6, "affine": True},
    "group_norm": {"eps": 1e-5, "groups": 1},
    "l2_normalize": {"eps": 1e-12},
    "attention": {"heads": 1},
    "prelu": {"shared": False},
    "resize": {"mode": "nearest"},
}
INFIX = {"add": ("+", 1), "sub": ("-", 1), "mul": ("*", 2), "div": ("/", 2)}
NAMES = ["x", "y", "z", "u", "v", "w", "p", "q", "r", "s"]
LONGEST_CHAIN = 7  # calls in a statement


def number_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    # Digits beyond those that f32 has say nothing.
    text = repr(value)
    short = re.sub(r"e-0(\d)$", r"e-\1", f"{value:.9g}")
    return short if len(short) < len(text) else re.sub(r"e-0(\d)$", r"e-\1", text)


class BodyWriter:
    """The statements of a network or block."""

    def __init__(self, ops, inputs, results, reserved=()):
        self.ops, self.results = ops, results
        self.names = {id(value): name for name, value in inputs}
        self.fixed = {name for name, _ in inputs}  # parameters keep their names as long as they are read
        self.reserved = set(reserved)
        self.uses, self.referred = {}, set()
        for op in ops:
            for value in references(op):
                self.uses.setdefault(id(value), []).append(op)
            for value in set(map(id, references(op))) - {id(v) for v in op.operands if isinstance(v, Value)}:
                self.referred.add(value)
        self.outside = {id(value) for value in results}
        self.runs = find_runs(ops, self.uses, self.outside)
        self.pinned = {id(op) for run in self.runs.values() for op in run.calls}
        self.inlined, self.depth = {}, {}
        for op in ops:
            self.consider(op)

    def consider(self, op):
        """Decides which operands of an op are written within it."""
        self.depth[id(op)] = 1
        if op.layer == "concat":
            return
        for position, value in enumerate(op.operands):
            maker = value.op if isinstance(value, Value) else None
            if maker is None or not self.may_inline(value, maker) or id(op) in self.pinned and position > 0:
                continue
            depth = self.depth[id(maker)]
            if op.layer in INFIX:
                fits = depth <= (2 if maker.layer not in INFIX else 3)
            elif position == 0 and maker.layer not in INFIX:
                fits = depth < LONGEST_CHAIN
            else:
                fits = depth <= (2 if position == 0 else 1)
            if fits:
                self.inlined[id(value)] = op
                self.depth[id(op)] = max(self.depth[id(op)], depth + 1)

    def may_inline(self, value, maker):
        return (
            len(maker.results) == 1 and id(maker) not in self.pinned and id(value) not in self.referred
            and len(self.uses.get(id(value), [])) == 1 and id(value) not in self.outside and id(maker) in self.depth
        )  # fmt: skip

    def is_root(self, op):
        return not any(id(value) in self.inlined for value in op.results)

    def statements(self):
        roots, lines = [op for op in self.ops if self.is_root(op)], []
        last = {}
        for index, op in enumerate(roots):
            for value in self.read_by(op):
                last[id(value)] = index
        for value in self.results:
            last[id(value)] = len(roots)
        index = 0
        while index < len(roots):
            op = roots[index]
            if id(op) in self.runs:
                run = self.runs[id(op)]
                lines += self.loop(run, index, last)
                index += len(run.calls)
                continue
            text = self.render(op, pipe=True)
            names = self.assign(op, index, last)
            lines.append(f"{', '.join(names)} = {text}")
            index += 1
        return lines

    def read_by(self, op):
        """Values that the statement of `op` reads by name."""
        for value in references(op):
            if self.inlined.get(id(value)) is op:
                yield from self.read_by(value.op)
            else:
                yield value

    def assign(self, op, index, last):
        live = {name for value, name in self.names.items() if last.get(value, -1) > index}
        wanted = ["q", "k", "v"] if len(op.results) == 3 else []
        names = []
        for value in op.results:
            name = next(n for n in self.candidates(wanted[len(names) : len(names) + 1])
                        if n not in live and n not in names and n not in self.reserved)  # fmt: skip
            names.append(name)
        for value, name in zip(op.results, names):
            for old in [key for key, known in self.names.items() if known == name]:
                del self.names[old]
            self.names[id(value)] = name
        return names

    def candidates(self, wanted):
        yield from wanted
        yield from NAMES
        for number in range(2, 10000):
            yield f"x{number}"

    def loop(self, run, index, last):
        """A run of calls of one block as a loop; returns its lines."""
        first, final = run.calls[0], run.calls[-1]
        source, result = first.operands[0], final.result
        lines = []
        if id(source) in self.inlined:  # what the first call is given stands before the loop
            name = self.free(index, last)
            lines.append(f"{name} = {self.render(source.op, pipe=True)}")
        else:
            name = self.names[id(source)]
            if last.get(id(source), -1) > index + len(run.calls) - 1 or (last.get(id(source), -1) > index and any(
                source in references(call)[1:] for call in run.calls)):  # fmt: skip
                copy = self.free(index, last)
                lines.append(f"{copy} = {name}")
                name = copy
        rest = "".join(f", {self.operand(value, False)}" for value in first.operands[1:])
        table, given = run.table(self.argument, self.reserved)
        if table:
            lines += table
        arguments = "".join(f", {text}" for text in given)
        for old in [key for key, known in self.names.items() if known == name]:
            del self.names[old]
        self.names[id(result)] = name
        body = f"{name} = {first.layer}({name}{rest}{arguments}) @ {run.key_text()}"
        return [
            *lines,
            f"for {run.index} in {run.range_text()} {{",
            *[f"  {line}" for line in run.unpack()],
            f"  {body}",
            "}",
        ]

    def free(self, index, last):
        live = {name for value, name in self.names.items() if last.get(value, -1) > index}
        return next(n for n in self.candidates([]) if n not in live and n not in self.reserved)

    def operand(self, value, pipe):
        if isinstance(value, Value):
            return self.render(value.op, pipe) if id(value) in self.inlined else self.names[id(value)]
        return number_text(value)

    def render(self, op, pipe):
        if op.layer in INFIX:
            return self.infix(op)
        arguments = self.arguments(op)
        scope = f' @ "{op.key}"' if op.key else ""
        if op.layer == "concat":
            return f"concat([{', '.join(self.operand(v, False) for v in op.operands)}], {arguments[0]})"
        if not op.operands:
            return f"{op.layer}({', '.join(arguments)}){scope}"
        first = op.operands[0]
        rest = [self.operand(value, False) for value in op.operands[1:]]
        if op.layer == "attention":
            rest[2:] = [f"bias={text}" for text in rest[2:]]
        rest += arguments
        chained = pipe and isinstance(first, Value) and id(first) in self.inlined and first.op.layer not in INFIX
        if chained and first.op.layer != "param":
            tail = f"({', '.join(rest)})" if rest else ""
            return f"{self.render(first.op, True)} |> {op.layer}{tail}{scope}"
        return f"{op.layer}({', '.join([self.operand(first, False), *rest])}){scope}"

    def infix(self, op):
        sign, precedence = INFIX[op.layer]
        texts = []
        for position, value in enumerate(op.operands):
            text = self.operand(value, False)
            inner = value.op if isinstance(value, Value) and id(value) in self.inlined else None
            if inner is not None and inner.layer in INFIX:
                level = INFIX[inner.layer][1]
                if level < precedence or (position == 1 and level == precedence):
                    text = f"({text})"
            texts.append(text)
        if sign == "+" and texts[1].startswith("-"):
            sign, texts[1] = "-", texts[1][1:]
        if sign == "*" and texts[0] == "-1":
            return f"-{texts[1]}"
        return f"{texts[0]} {sign} {texts[1]}"

    def arguments(self, op):
        defaults, texts = op.block.parameters if op.block else DEFAULTS.get(op.layer, {}), []
        given = dict((name, value) for name, value in op.arguments if name)
        for name, value in op.arguments:
            default = defaults.get(name, ())
            if default is None and not op.block:
                default = given.get("kernel")
            if name in defaults and same(value, default):
                continue
            text = self.argument(value)
            texts.append(text if name is None else f"{name}={text}")
        return texts

    def argument(self, value):
        if isinstance(value, Expression):
            return value.text
        if isinstance(value, Word):
            return value.name
        if isinstance(value, Of):
            text = f"{self.names[id(value.value)]}.{value.axis}"
            text = f"{value.times} * {text}" if value.times != 1 else text
            return f"{text} / {value.over}" if value.over != 1 else text
        if isinstance(value, (list, tuple)):
            return f"[{', '.join(self.argument(each) for each in value)}]"
        return f'"{value}"' if isinstance(value, str) else number_text(value)


def same(value, default):
    if isinstance(value, (Expression, Of, Word)) or isinstance(value, bool) != isinstance(default, bool):
        return False
    if isinstance(value, float) and isinstance(default, float):
        return abs(value - default) < 1e-6 * default
    return value == default


def network_text(name, network, blocks, comment):
    """The text of a network."""
    parameters = ", ".join(f"{parameter}: int = {default}" for parameter, default in network.parameters)
    lines = [f"// {comment}", "", f"network {name}({parameters}) {{"]
    for public, value, sizes in network.inputs:
        axes = ", ".join(f"{axis}={size}" for axis, size in zip(value.axes, sizes))
        lines.append(f"  input {public}: f32[{axes}]")
    lines.append("")
    reserved = {public for public, _, _ in network.outputs} | {parameter for parameter, _ in network.parameters}
    outputs = [value for _, value, _ in network.outputs]
    writer = BodyWriter(network.ops, [(public, value) for public, value, _ in network.inputs], outputs, reserved)
    lines += [f"  {line}" for line in writer.statements()]
    for public, value, axes in network.outputs:
        lines.append(output_line(public, value, axes, writer.names[id(value)], network, lines))
    lines.append("}")
    for block in blocks:
        lines += ["", *block_lines(block)]
    return "\n".join(lines) + "\n"


def output_line(public, value, order, name, network, lines):
    """The statement of an output; takes the last one of `lines` into it, if that makes what is put out."""
    sizes = {axis: value.axes[axis].constant() or network.named.get(value.axes[axis]) for axis in order}
    texts = ", ".join(f"{axis}={f'{name}.{axis}' if size is None else size}" for axis, size in sizes.items())
    made = re.fullmatch(rf"  {re.escape(name)} = (.*)", lines[-1])
    if made and len(network.outputs) == 1 and None not in sizes.values():
        lines.pop()
        name = made[1]
    return f"  output {public}: f32[{texts}] = {name}"


def block_lines(block):
    texts = [name for name, _ in block.inputs]
    texts += [name if default is None else f"{name}={default}" for name, default in block.parameters.items()]
    writer = BodyWriter(block.ops, block.inputs, block.results, block.parameters)
    lines = [f"block {block.name}({', '.join(texts)}) {{", *[f"  {line}" for line in writer.statements()]]
    returned = ", ".join(writer.names[id(value)] for value in block.results)
    match = re.fullmatch(rf"  {re.escape(returned)} = (.*)", lines[-1])
    if len(block.results) == 1 and match:  # what is assigned last is returned at once
        lines[-1] = f"  return {match[1]}"
    else:
        lines.append(f"  return {returned}")
    return [*lines, "}"]


__all__ = ["Op", "Size"]
