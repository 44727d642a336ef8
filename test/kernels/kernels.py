"""Prints kernels of one family over shapes that break careless code: tails, single pixels, strides beyond the kernel.

    kernels.py gemm|conv|pair|depthwise|dot|pool|pointwise|attention|moments|movement [bf16]
    kernels.py unary|binary|quotient|over|over-special [bf16]
    kernels.py gemm|conv|pair|depthwise|dot|grouped|transposed|widen f16

With bf16, activations and weights are stored in bf16, and widened as they are read: arithmetic is on f32. With
rounded, too, but only weights are stored so: activations are rounded where they are factors of products, those of more
than a pixel. With f16, weights of more than one axis are stored in f16, and widened as they are read.
"""
import math
import sys

AXES = """#c = #hvn.axes<c>
#i = #hvn.axes<i>
#mc = #hvn.axes<m, c>
#nmc = #hvn.axes<n, m, c>
#nhwc = #hvn.axes<n, h, w, c>
#nchw = #hvn.axes<n, c, h, w>
#oi = #hvn.axes<o, i>
#pl = #hvn.axes<p, l>
#pil = #hvn.axes<p, i, l>
#pilb = #hvn.axes<p, i, l, b>
#oiyx = #hvn.axes<o, i, y, x>
#ioyx = #hvn.axes<i, o, y, x>
#oyxi = #hvn.axes<o, y, x, i>
#iyxo = #hvn.axes<i, y, x, o>
#yxio = #hvn.axes<y, x, i, o>
#pyxil = #hvn.axes<p, y, x, i, l>
#pyxilb = #hvn.axes<p, y, x, i, l, b>
#ntc = #hvn.axes<n, t, c>
#ngbs = #hvn.axes<n, g, b, s>
#nabhwc = #hvn.axes<n, a, b, h, w, c>
#nyxhwc = #hvn.axes<n, y, x, h, w, c>
#qkc = #hvn.axes<q, k, c>
#qk = #hvn.axes<q, k>
#tc = #hvn.axes<t, c>
"""
count = 0
element = "f32"  # of all values but those in memory
stored = sys.argv[2] if len(sys.argv) > 2 else "f32"


def narrow(type):
    return type.replace("xf32", "xbf16")


def half(type):
    return type.replace("xf32", "xf16")


def tensor(axes, *sizes):
    return f"tensor<{'x'.join(map(str, sizes))}x{element}, #{axes}>"


class Kernel:
    """Collects arguments and ops, then prints the kernel."""

    def __init__(self, name):
        global count
        count += 1
        self.name, self.arguments, self.lines, self.values = f"{name}_{count}", [], [], 0

    def raw_argument(self, type):
        self.arguments.append(type)
        return f"%a{len(self.arguments) - 1}", type

    def argument(self, type):
        """An argument as f32, however it is stored."""
        if stored == "bf16":
            return self.cast("hvn.cast", self.raw_argument(narrow(type)), type)
        return self.raw_argument(type)

    def factor(self, type):
        """An argument that is a factor of products."""
        x = self.argument(type)
        return self.cast("hvn.cast", self.cast("hvn.cast", x, narrow(type)), type) if stored == "rounded" else x

    def op(self, name, operands, result, middle=""):
        self.values += 1
        names = ", ".join(name for name, _ in operands)
        types = ", ".join(type for _, type in operands)
        self.lines.append(f"  %{self.values} = {name} {names}{middle} : ({types}) -> {result}")
        return f"%{self.values}", result

    def cast(self, name, operand, result, middle=""):
        self.values += 1
        self.lines.append(f"  %{self.values} = {name} {operand[0]}{middle} : {operand[1]} to {result}")
        return f"%{self.values}", result

    def unary(self, name, operand, middle=""):
        self.values += 1
        self.lines.append(f"  %{self.values} = {name} {operand[0]}{middle} : {operand[1]}")
        return f"%{self.values}", operand[1]

    def weight(self, packed, plain=None, op=None, middle=""):
        """A weight in the order of `packed`, which `op` undoes, if it is not that of `plain`."""
        stored_as = half if stored == "f16" else lambda type: type
        weight = self.raw_argument(half(packed)) if stored == "f16" else self.argument(packed)
        if op:
            weight = self.cast(op, weight, stored_as(plain), middle)
        return self.cast("hvn.cast", weight, plain or packed) if stored == "f16" else weight

    def packed(self, axes, *sizes):
        panels, rest = -(-sizes[0] // 16), sizes[1:]
        names = {"c": "pl", "oi": "pil", "oiyx": "pyxil"}[axes]
        inner = rest if len(rest) < 2 else (*rest[1:], rest[0])
        if not rest:
            argument = self.argument(tensor(names, panels, *inner, 16))
            return self.cast("kern.unpack", argument, tensor(axes, *sizes), " panel 16")
        if stored in ("f32", "f16"):
            packed = tensor(names, panels, *inner, 16)
            return self.weight(packed, tensor(axes, *sizes), "kern.unpack", " panel 16")
        pairs = tensor(names + "b", panels, *inner[:-1], -(-inner[-1] // 2), 16, 2)
        weight = tensor(axes, *sizes)
        unpacked = self.cast("kern.unpack", self.raw_argument(narrow(pairs)), narrow(weight), " panel 16")
        return self.cast("hvn.cast", unpacked, weight)

    def epilogue(self, kind, value):
        if kind in ("relu", "gelu", "sigmoid"):
            return self.unary(f"hvn.{kind}", value)
        if kind in ("add", "mul"):
            return self.op(f"hvn.{kind}", [value, self.argument(value[1])], value[1])
        return value

    def finish(self, *values):
        if stored == "bf16":
            values = [self.cast("hvn.cast", value, narrow(value[1])) for value in values]
        arguments = ", ".join(f"%a{number}: {type}" for number, type in enumerate(self.arguments))
        names, types = (", ".join(column) for column in zip(*values))
        print(f"kern.func @{self.name}({arguments}) -> ({types}) {{")
        print("\n".join(self.lines))
        print(f"  kern.return {names} : {types}\n}}")


def linear(shape, depth, out, epilogue, bias=True):
    axes = {1: "c", 2: "mc", 3: "nmc"}[len(shape) + 1]
    kernel = Kernel("linear")
    argument = kernel.factor if math.prod(shape) > 1 else kernel.argument
    operands = [argument(tensor(axes, *shape, depth)), kernel.packed("oi", out, depth)]
    if bias:
        operands.append(kernel.packed("c", out))
    value = kernel.op("hvn.linear", operands, tensor(axes, *shape, out))
    kernel.finish(kernel.epilogue(epilogue, value))


def conv_op(kernel, operands, out, size, taps, stride, pad, dilation=(1, 1), groups=1, batch=1):
    room = [size[i] + 2 * pad[i] - dilation[i] * (taps[i] - 1) - 1 for i in (0, 1)]
    result = tensor("nhwc", batch, room[0] // stride[0] + 1, room[1] // stride[1] + 1, out)
    text = f" stride [{stride[0]}, {stride[1]}] pad [{pad[0]}, {pad[1]}] dilation [{dilation[0]}, {dilation[1]}]"
    return kernel.op("hvn.conv", operands, result, text + f" groups {groups}")


def conv(size, channels, out, taps, stride, pad, dilation=(1, 1), epilogue="", batch=1):
    kernel = Kernel("conv")
    operands = [kernel.factor(tensor("nhwc", batch, *size, channels)),
                kernel.packed("oiyx", out, channels, *taps), kernel.packed("c", out)]
    value = conv_op(kernel, operands, out, size, taps, stride, pad, dilation, batch=batch)
    kernel.finish(kernel.epilogue(epilogue, value))


def depthwise_op(kernel, size, channels, taps, stride, pad, dilation=(1, 1), batch=1):
    packed, plain = tensor("yxio", *taps, 1, channels), tensor("oiyx", channels, 1, *taps)
    operands = [kernel.argument(tensor("nhwc", batch, *size, channels)), kernel.weight(packed, plain, "hvn.permute"),
                kernel.argument(tensor("c", channels))]
    return conv_op(kernel, operands, channels, size, taps, stride, pad, dilation, channels, batch)


def depthwise(*shape, epilogue="", **options):
    kernel = Kernel("depthwise")
    kernel.finish(kernel.epilogue(epilogue, depthwise_op(kernel, *shape, **options)))


def grouped(size, channels, out, groups, taps, stride=(1, 1), pad=(0, 0), dilation=(1, 1), epilogue="", batch=1):
    """Of outputs that are a multiple of 4 the weights are in panels, else the outputs stand innermost."""
    kernel = Kernel("grouped")
    filter, outputs = channels // groups, out // groups
    argument = kernel.factor if outputs % 16 == 0 and filter % 2 == 0 else kernel.argument
    x = argument(tensor("nhwc", batch, *size, channels))
    if outputs % 4 == 0:
        operands = [x, kernel.packed("oiyx", out, filter, *taps), kernel.packed("c", out)]
    else:
        packed, plain = tensor("iyxo", filter, *taps, out), tensor("oiyx", out, filter, *taps)
        operands = [x, kernel.weight(packed, plain, "hvn.permute"), kernel.argument(tensor("c", out))]
    value = conv_op(kernel, operands, out, size, taps, stride, pad, dilation, groups, batch)
    kernel.finish(kernel.epilogue(epilogue, value))


def transposed(size, channels, out, taps, stride=(1, 1), pad=(0, 0), more=(0, 0), dilation=(1, 1), groups=1,
               epilogue="", batch=1, bias=True):
    kernel = Kernel("transposed")
    filter = out // groups
    order, sizes = ("oyxi", (1, *taps, channels)) if filter == 1 else ("yxio", (*taps, channels, filter))
    operands = [kernel.argument(tensor("nhwc", batch, *size, channels)),
                kernel.weight(tensor(order, *sizes), tensor("ioyx", channels, filter, *taps), "hvn.permute")]
    if bias:
        operands.append(kernel.argument(tensor("c", out)))
    sides = [(size[i] - 1) * stride[i] - 2 * pad[i] + dilation[i] * (taps[i] - 1) + 1 + more[i] for i in (0, 1)]
    text = (f" stride [{stride[0]}, {stride[1]}] pad [{pad[0]}, {pad[1]}] output_pad [{more[0]}, {more[1]}]"
            f" dilation [{dilation[0]}, {dilation[1]}] groups {groups}")
    value = kernel.op("hvn.conv_transpose", operands, tensor("nhwc", batch, *sides, out), text)
    kernel.finish(kernel.epilogue(epilogue, value))


def dot(*shape, **options):
    kernel = Kernel("dot")
    value = kernel.unary("hvn.relu", depthwise_op(kernel, *shape, **options))
    weight = kernel.weight(tensor("oi", 1, shape[1]))
    pixels = value[1].rsplit("x", 2)[0] + f"x1x{element}, #nhwc>"
    kernel.finish(kernel.unary("hvn.sigmoid", kernel.op("hvn.linear", [value, weight], pixels)))


def pair(size, first, second, batch=1):
    kernel = Kernel("pair")
    image = kernel.argument(tensor("nchw", batch, 3, *size))
    x = kernel.cast("hvn.permute", image, tensor("nhwc", batch, *size, 3))
    for channels, out in ((3, first), (first, second)):
        operands = [x, kernel.packed("oiyx", out, channels, 3, 3), kernel.packed("c", out)]
        x = kernel.unary("hvn.relu", conv_op(kernel, operands, out, size, (3, 3), (2, 2), (1, 1), batch=batch))
        size = [(side - 1) // 2 + 1 for side in size]
    kernel.finish(x)


def pool(shape, channels, over, keepdim, op="hvn.mean"):
    axes = {1: "mc", 2: "nmc", 3: "nhwc"}[len(shape)]
    names = {"mc": "m", "nmc": "n m", "nhwc": "n h w"}[axes].split()
    kernel = Kernel("pool")
    x = kernel.argument(tensor(axes, *shape, channels))
    scale = kernel.argument(tensor(axes, *shape, 1))
    product = kernel.op("hvn.mul", [x, scale], x[1])
    sizes = [(1 if axis in over else size, axis) for size, axis in zip((*shape, channels), names + ["c"])]
    if not keepdim:
        sizes = [(size, axis) for size, axis in sizes if axis not in over]
    result = f"tensor<{''.join(f'{size}x' for size, _ in sizes)}{element}, #hvn.axes<{', '.join(a for _, a in sizes)}>>"
    keep = " keepdim true" if keepdim else ""
    kernel.finish(kernel.op(op, [product], result, f" over <{', '.join(over)}>{keep}"))


def pointwise(shape, channels):
    axes = {0: "c", 1: "mc", 2: "nmc", 3: "nhwc"}[len(shape)]
    full, kernel = tensor(axes, *shape, channels), Kernel("pointwise")
    x = kernel.op("hvn.mul", [kernel.argument(full), kernel.argument(tensor("c", channels))], full)
    x = kernel.op("hvn.sub", [kernel.unary("hvn.gelu", x), kernel.argument(full)], full)
    kernel.finish(kernel.unary("hvn.sigmoid", x))


def magnitudes(op):
    """An op that takes magnitudes on its way, beside a magnitude."""
    kernel = Kernel("magnitudes")
    x = kernel.argument(tensor("mc", 13, 45))
    kernel.finish(kernel.op("hvn.add", [kernel.unary(op, x), kernel.unary("hvn.abs", x)], x[1]))


def attention(queries, keys, heads, depth, width=None, batch=1, epilogue="", slices=False):
    kernel = Kernel("attention")
    width = width or depth
    axes, tokens = ("nmc", "m") if len(queries) == 1 else ("nhwc", "h, w")
    q = kernel.argument(tensor(axes, batch, *queries, heads * depth))
    if slices:  # keys and values side by side
        both = kernel.argument(tensor("ntc", batch, keys, heads * (depth + width)))
        part = lambda at, size: kernel.op(
            "hvn.slice", [both], tensor("ntc", batch, keys, size), f' on "c" from {at} size {size}'
        )
        k, v = part(0, heads * depth), part(heads * depth, heads * width)
    else:
        k, v = (kernel.argument(tensor("ntc", batch, keys, heads * size)) for size in (depth, width))
    result = tensor(axes, batch, *queries, heads * width)
    x = kernel.op("hvn.attention", [q, k, v], result, f" heads {heads} scale {depth ** -0.5:e} queries <{tokens}> keys <t>")
    kernel.finish(kernel.epilogue(epilogue, x))


def on(axes):
    """The type of a tensor on axes of their own: {"n": 1, "t": 7}."""
    return f"tensor<{'x'.join([*map(str, axes.values()), element])}, #hvn.axes<{', '.join(axes)}>>"


def attend(batch, queries, keys, heads, depth, width=None, bias="", regions="", scores="softmax", epilogue=""):
    """Attention with everything: tokens and batch on axes of their own, a bias and regions on some of them."""
    kernel = Kernel(f"attend_{scores}")
    width = width or depth
    operands = [kernel.argument(on({**batch, **queries, "c": heads * depth}))]
    operands += [kernel.argument(on({**batch, **keys, "c": heads * size})) for size in (depth, width)]
    result, extra = on({**batch, **queries, "c": heads * width}), ""
    names = [name for name, _ in operands]
    if bias:
        sizes = {**batch, "head": heads, "q": math.prod(queries.values()), "k": math.prod(keys.values())}
        operands.append(kernel.argument(on({axis: sizes[axis] for axis in bias.split()})))
        extra += f" bias {operands[-1][0]}"
    if regions:
        sizes = {**batch, **queries}
        # About half of the tokens come to be in region 0.
        operands.append(kernel.unary("hvn.relu", kernel.argument(on({axis: sizes[axis] for axis in regions.split()}))))
        extra += f" regions {operands[-1][0]}"
    kernel.values += 1
    kernel.lines.append(
        f"  %{kernel.values} = hvn.attention {', '.join(names)}{extra} heads {heads} scale {depth ** -0.5:e}"
        f' scores "{scores}" queries <{", ".join(queries)}> keys <{", ".join(keys)}>'
        f" : ({', '.join(type for _, type in operands)}) -> {result}"
    )
    kernel.finish(kernel.epilogue(epilogue, (f"%{kernel.values}", result)))


def windowed(size, window, shift, heads, depth):
    """Attention in shifted windows that are addresses of the packed queries, keys and values."""
    kernel = Kernel("windowed")
    whole = {"n": 2, "h": size, "w": size, "c": 3 * heads * depth}
    cut = {"n": 2, "a": size // window, "b": size // window, "h": window, "w": window, "c": 3 * heads * depth}
    middle = f" over <h, w> into <a, b> size [{window}, {window}] shift [{shift}, {shift}]"
    x, part = kernel.op("hvn.window", [kernel.argument(on(whole))], on(cut), middle), on({**cut, "c": heads * depth})
    slices = [kernel.op("hvn.slice", [x], part, f' on "c" from {i * heads * depth} size {heads * depth}') for i in range(3)]
    attention = f" heads {heads} scale {depth ** -0.5:e} queries <h, w> keys <h, w>"
    x = kernel.op("hvn.attention", slices, part, attention)
    kernel.finish(x)


def contract(lhs, rhs, over, order=None, epilogue=""):
    """A contraction; its result in the memory order `order`, if there is one."""
    kernel = Kernel("contract")
    both = {**rhs, **lhs}
    batch = [axis for axis in lhs if axis in rhs and axis not in over]
    axes = batch + [axis for axis in lhs if axis not in rhs] + [axis for axis in rhs if axis not in lhs]
    x = kernel.op(
        "hvn.contract",
        [kernel.argument(on(lhs)), kernel.argument(on(rhs))],
        on({axis: both[axis] for axis in axes}),
        f" over <{', '.join(over)}>",
    )
    x = kernel.epilogue(epilogue, x)
    if order:
        x = kernel.cast("hvn.permute", x, on({axis: both[axis] for axis in order.split()}))
    kernel.finish(x)


def special_attention():
    """Attention on NaN, infinities and huge values: every third element is one, so slices with a step of 3 have none."""
    for scores in ("softmax", "relu"):
        for keys in (6, 12, 20):
            for biased in (False, True):
                kernel = Kernel(f"special_{scores}")
                k, v = (
                    kernel.op(
                        "hvn.slice",
                        [kernel.argument(on({"n": 1, "t": 3 * keys, "c": 1}))],
                        on({"n": 1, "t": keys, "c": 1}),
                        f' on "t" from {1 + i} size {keys} step 3',
                    )
                    for i in range(2)
                )
                q = kernel.argument(on({"n": 1, "t": 36 if not biased else 108, "c": 1}))
                middle = ""
                operands = [q, k, v]
                if biased:  # its rows have the special values
                    q = kernel.op("hvn.slice", [q], on({"n": 1, "t": 36, "c": 1}), ' on "t" from 1 size 36 step 3')
                    operands = [q, k, v, kernel.argument(on({"q": 36, "k": keys}))]
                    middle = f" bias {operands[3][0]}"
                kernel.values += 1
                types = ", ".join(type for _, type in operands)
                kernel.lines.append(
                    f"  %{kernel.values} = hvn.attention {operands[0][0]}, {k[0]}, {v[0]}{middle} heads 1 scale 1.0"
                    f' scores "{scores}" queries <t> keys <t> : ({types}) -> {q[1]}'
                )
                kernel.finish((f"%{kernel.values}", q[1]))


def normalize(kernel, x, moments, eps=1e-5, sums=None):
    operands = f"{x[0]} by {moments[0]}" + (f" sums {sums[0]}" if sums else "")
    types = ", ".join(type for _, type in (x, moments, *([sums] if sums else [])))
    kernel.values += 1
    kernel.lines.append(f"  %{kernel.values} = hvn.normalize {operands} eps {eps:e} : ({types}) -> {x[1]}")
    return f"%{kernel.values}", x[1]


def moments(size, channels, groups=1, batch=1, layer=None, taps=3, stride=1):
    """Of an argument, or of what `layer` makes of it, which then is a result as well."""
    kernel = Kernel("moments")
    if layer == "depthwise":
        around = (taps // 2,) * 2
        x = depthwise_op(kernel, size, channels, (taps,) * 2, (stride,) * 2, around, batch=batch)
        size = [(side - 1) // stride + 1 for side in size]
    elif layer:
        x = kernel.argument(tensor("nhwc", batch, *size, 9))
        x = kernel.op("hvn.linear", [x, kernel.packed("oi", channels, 9)], tensor("nhwc", batch, *size, channels))
        x = kernel.epilogue(layer, x)
    else:
        x = kernel.argument(tensor("nhwc", batch, *size, channels))
    result = tensor("ngbs", batch, groups, size[0], 2)
    moments = kernel.op("hvn.moments", [x], result, f' groups {groups} rows "h"')
    kernel.finish(*([x] if layer else []), moments)


def normalized(size, channels, groups, batch=1):
    """A normalization by given moments, alone and behind a linear layer."""
    kernel = Kernel("normalize")
    x = kernel.argument(tensor("nhwc", batch, *size, channels))
    kernel.finish(normalize(kernel, x, kernel.argument(tensor("ngbs", batch, groups, size[0], 2)), eps=2))
    kernel = Kernel("normalize")
    x = kernel.argument(tensor("nmc", batch, size[0] * size[1], 9))
    x = kernel.op("hvn.linear", [x, kernel.packed("oi", channels, 9)], tensor("nmc", batch, size[0] * size[1], channels))
    moments = kernel.argument(tensor("ngbs", batch, 1, size[0], 2))
    kernel.finish(kernel.unary("hvn.gelu", normalize(kernel, x, moments, 2, kernel.argument(tensor("c", channels)))))



def movement(channels):
    """One kernel per op that moves data, and some of them in a row."""

    def move(name, middle, sizes, axes, result_sizes, result_axes, operands=1):
        kernel = Kernel(name.removeprefix("hvn."))
        arguments = [kernel.argument(tensor(axes, *size)) for size in (sizes if operands > 1 else [sizes])]
        kernel.finish(kernel.op(name, arguments, tensor(result_axes, *result_sizes), middle))

    c = channels
    for axis, joined in (("c", (2, 5, 3, 3 * c + 2)), ("w", (2, 5, 9, c))):
        parts = [(2, 5, 3, c), (2, 5, 3, c + 2), (2, 5, 3, c)] if axis == "c" else [(2, 5, 3, c), (2, 5, 1, c), (2, 5, 5, c)]
        move("hvn.concat", f' on "{axis}"', parts, "nhwc", joined, "nhwc", operands=3)
    multiples = [(2, 5, 3, 2 * c), (2, 5, 3, c)]  # of the same number: vectors end where an input does
    move("hvn.concat", ' on "c"', multiples, "nhwc", (2, 5, 3, 3 * c), "nhwc", operands=2)
    move("hvn.roll", " over <h, w> by [-2, 8]", (2, 5, 3, c), "nhwc", (2, 5, 3, c), "nhwc")
    move("hvn.expand", " over <n, w> sizes [3, 4]", (1, 5, 1, c), "nhwc", (3, 5, 4, c), "nhwc")
    move("hvn.slice", ' on "h" from 1 size 3 step 2', (2, 7, 3, c), "nhwc", (2, 3, 3, c), "nhwc")
    kernel = Kernel("permute")
    kernel.finish(kernel.cast("hvn.permute", kernel.argument(tensor("nchw", 2, c, 5, 16)), tensor("nhwc", 2, 5, 16, c)))
    move("hvn.concat", ' on "c"', [(2, 5, 24, c), (2, 5, 24, 2)], "nhwc", (2, 5, 24, c + 2), "nhwc", operands=2)
    move("hvn.roll", " over <w> by [3]", (2, 5, 16, c), "nhwc", (2, 5, 16, c), "nhwc")
    for shift in ([0, 0], [1, 2], [-2, 5]):
        windows = f" over <h, w> into <a, b> size [3, 2] shift {shift}"
        move("hvn.window", windows, (1, 6, 4, c), "nhwc", (1, 2, 2, 3, 2, c), "nabhwc")
        windows = f" over <h, w> from <a, b> shift {shift}"
        move("hvn.unwindow", windows, (1, 2, 2, 3, 2, c), "nabhwc", (1, 6, 4, c), "nhwc")
    for kernel, stride, pad, dilation, size in (([3, 3], [1, 1], [1, 1], [1, 1], (6, 4)), ([2, 3], [3, 2], [0, 2], [2, 1], (2, 3))):
        patches = f" kernel {kernel} stride {stride} pad {pad} dilation {dilation}"
        move("hvn.unfold", patches, (1, 6, 4, c), "nhwc", (1, *kernel, *size, c), "nyxhwc")
    for mode, low, high in (("zero", [2, 0], [1, 9]), ("replicate", [0, 3], [5, 1]), ("reflect", [3, 1], [2, 2]), ("circular", [4, 0], [1, 3])):
        move("hvn.pad", f' over <h, w> low {low} high {high} mode "{mode}"', (1, 4, 3, c), "nhwc",
             (1, 4 + low[0] + high[0], 3 + low[1] + high[1], c), "nhwc")  # fmt: skip
    kernel = Kernel("chain")
    x = kernel.argument(tensor("nhwc", 1, 6, 4, c))
    x = kernel.op("hvn.roll", [x], tensor("nhwc", 1, 6, 4, c), " over <h, w> by [1, 1]")
    x = kernel.op("hvn.window", [x], tensor("nabhwc", 1, 2, 2, 3, 2, c), " over <h, w> into <a, b> size [3, 2] shift [1, 1]")
    x = kernel.unary("hvn.relu", x)
    kernel.finish(kernel.op("hvn.unwindow", [x], tensor("nhwc", 1, 6, 4, c), " over <h, w> from <a, b> shift [0, 0]"))
    kernel = Kernel("gather")
    table, index = kernel.argument(tensor("tc", 9, c)), kernel.argument(tensor("qk", 4, 5))
    kernel.finish(gathered(kernel, table, index, c))


def gathered(kernel, table, index, channels):
    """hvn.gather has its own form: table at index."""
    result = tensor("qkc", 4, 5, channels)
    kernel.values += 1
    kernel.lines.append(f'  %{kernel.values} = hvn.gather {table[0]} at {index[0]} on "t" : ({table[1]}, {index[1]}) -> {result}')
    return f"%{kernel.values}", result


UNARY = ["hvn.relu", "hvn.gelu", "hvn.sigmoid", "hvn.gelu_tanh", "hvn.quick_gelu", "hvn.silu", "hvn.mish",
         "hvn.softplus", "hvn.hard_sigmoid", "hvn.hard_swish", "hvn.relu6", "hvn.selu", "hvn.tanh", "hvn.erf", "hvn.exp",
         "hvn.log", "hvn.sqrt", "hvn.rsqrt", "hvn.abs", "hvn.leaky_relu slope 1.0e-02", "hvn.leaky_relu slope 1.5",
         "hvn.elu alpha 1.0", "hvn.elu alpha 0.5", "hvn.celu alpha 0.25", "hvn.celu alpha 2.0",
         "hvn.clamp low -0.25 high 0.5", "hvn.clamp low -0.25 high 0x7FF0000000000000"]


def unary(op, channels, scaled=False):
    """Of an argument, or of 8 times that, with numbers behind the op's name."""
    name, _, numbers = op.partition(" ")
    kernel = Kernel(name[4:])
    x = kernel.argument(tensor("mc", 13, channels))
    for _ in range(3 if scaled else 0):
        x = kernel.op("hvn.add", [x, x], x[1])
    kernel.finish(kernel.unary(name, x, f" {numbers}" if numbers else ""))


def binary(op, channels, other):
    """Of two tensors of one shape, or by a value per channel."""
    kernel = Kernel(op[4:])
    operands = [kernel.argument(tensor("mc", 13, channels)), kernel.argument(tensor(other, *(13,) * len(other[1:]), channels))]
    if op == "hvn.prelu":
        x, w = operands
        kernel.finish(kernel.unary(op, (f"{x[0]}, {w[0]}", f"{x[1]}, {w[1]}"))[:1] + x[1:])
    else:
        kernel.finish(kernel.op(op, operands, operands[0][1]))


def quotient(op, channels):
    """f(y) / y for small y: shows errors relative to f(y)."""
    name, _, numbers = op.partition(" ")
    kernel = Kernel("quotient")
    x = kernel.argument(tensor("mc", 13, channels))
    y = kernel.op("hvn.mul", [x, kernel.op("hvn.mul", [x, x], x[1])], x[1])
    kernel.finish(kernel.op("hvn.div", [kernel.unary(name, y, f" {numbers}" if numbers else ""), y], x[1]))


def over_axes(op, axes, sizes, over, epilogue="", prologue=""):
    """standardize, l2_normalize or softmax on any axes, with elementwise ops before and behind."""
    name, _, numbers = op.partition(" ")
    kernel = Kernel(name[4:])
    named = f"tensor<{''.join(f'{size}x' for size in sizes)}{element}, #hvn.axes<{', '.join(axes.split())}>>"
    x = kernel.argument(named)
    if prologue:
        x = kernel.op(f"hvn.{prologue}", [x, kernel.argument(named)], named)
    x = kernel.unary(name, x, f" over <{', '.join(over.split())}>" + (f" {numbers}" if numbers else ""))
    if epilogue == "affine":
        last = f"tensor<{sizes[-1]}x{element}, #hvn.axes<{axes.split()[-1]}>>"
        x = kernel.op("hvn.mul", [x, kernel.argument(last)], named)
        x = kernel.op("hvn.add", [x, kernel.argument(last)], named)
        epilogue = ""
    kernel.finish(kernel.epilogue(epilogue, x))


OVER = ["hvn.standardize eps 1.0e-05", "hvn.standardize eps 1.0e-06 center false", "hvn.l2_normalize eps 1.0e-12",
        "hvn.softmax"]


def main(family):
    print(AXES)
    if family == "gemm":
        for pixels in (1, 2, 5, 7, 13, 49, 50, 200):
            for out in (1, 3, 8, 16, 17, 24, 56, 100, 220):
                linear([pixels], 7 if out % 2 else 20, out, ("", "gelu", "add")[count % 3], bias=count % 4 != 0)
        linear([], 33, 19, "relu")
        linear([3, 25], 12, 40, "mul")
        linear([16], 1, 7, "gelu")
        linear([], 1, 1, "")
        linear([], 20, 1000, "")
        linear([4], 20, 1000, "gelu")
        linear([3136], 48, 48, "add")
        linear([196], 112, 448, "gelu")
        linear([49], 256, 176, "add")  # odd numbers of panels on AVX-512, and on AVX2
        linear([49], 256, 216, "add")
    elif family == "conv":
        for out in (1, 5, 16, 24, 40, 100):
            conv((9, 11), 3, out, (3, 3), (1, 1), (1, 1), epilogue="relu")
            conv((12, 8), 7, out, (3, 3), (2, 2), (1, 1))
        conv((6, 6), 4, 20, (5, 3), (1, 2), (2, 0), epilogue="gelu")
        conv((5, 5), 4, 8, (1, 1), (3, 3), (0, 0))
        conv((4, 4), 4, 8, (2, 2), (2, 2), (3, 3))
        conv((9, 9), 4, 8, (3, 3), (1, 1), (2, 2), dilation=(2, 3), epilogue="add")
        conv((1, 1), 16, 16, (3, 3), (1, 1), (1, 1))
        conv((10, 10), 8, 24, (3, 3), (2, 2), (1, 1), batch=3)
        conv((14, 14), 192, 96, (3, 3), (1, 1), (1, 1))
        conv((9, 9), 104, 144, (3, 3), (2, 2), (1, 1))  # odd numbers of panels on AVX-512, and on AVX2
        conv((9, 9), 72, 216, (3, 3), (2, 2), (1, 1))
    elif family == "pair":
        for size in ((32, 32), (33, 30), (31, 47), (8, 8), (224, 64)):
            pair(size, 24, 48)
        pair((20, 20), 8, 10)
        pair((26, 26), 32, 64, batch=2)
    elif family == "depthwise":
        for channels in (1, 3, 8, 16, 20, 56, 220):
            depthwise((7, 7), channels, (3, 3), (1, 1), (1, 1), epilogue=("gelu", "add", "mul")[count % 3])
            depthwise((13, 9), channels, (5, 5), (2, 2), (2, 2))
        depthwise((14, 14), 48, (7, 7), (1, 1), (3, 3))
        depthwise((9, 9), 32, (9, 9), (1, 1), (4, 4))
        depthwise((6, 5), 16, (2, 3), (3, 4), (0, 1))
        depthwise((1, 1), 16, (3, 3), (1, 1), (1, 1))
        depthwise((12, 12), 24, (3, 3), (1, 1), (2, 2), dilation=(2, 2), batch=2)
        depthwise((56, 56), 48, (3, 3), (1, 1), (1, 1), epilogue="add")
        for side in (7, 9, 11, 31):
            around = (side // 2, side // 2)
            for channels in (1, 20, 64):
                depthwise((14, 9), channels, (side, side), (1, 1), around, epilogue=("gelu", "add")[count % 2])
            depthwise((9, 14), 70, (side, side), (2, 2), around, batch=2)
        depthwise((28, 28), 96, (7, 7), (1, 1), (3, 3))
        depthwise((8, 9), 24, (1, 1), (1, 1), (0, 0))
        depthwise((8, 9), 24, (1, 11), (1, 1), (0, 5))
        depthwise((8, 9), 80, (21, 1), (1, 1), (10, 0))
        depthwise((12, 12), 64, (7, 7), (1, 1), (9, 9), dilation=(3, 3))
        depthwise((12, 12), 72, (7, 7), (1, 1), (0, 0))
    elif family == "grouped":
        for out in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40, 48):  # channels of a group
            grouped((7, 9), 4 * 3, 4 * out, 4, (3, 3), pad=(1, 1), epilogue=("gelu", "add", "")[count % 3])
            grouped((12, 8), 3 * out, 3 * out, 3, (3, 3), stride=(2, 2), pad=(1, 1))
        grouped((14, 14), 96, 96, 3, (3, 3), pad=(1, 1))  # Next-ViT
        for out in (2, 3, 4, 8):  # several maps of each channel
            grouped((7, 7), 20, 20 * out, 20, (3, 3), pad=(1, 1), epilogue="relu")
        for out in (2, 5, 8, 16):
            grouped((5, 6), 24, 4 * out, 4, (1, 1))
        grouped((6, 6), 8, 8, 2, (1, 1), stride=(3, 2), pad=(1, 2))
        grouped((9, 9), 8, 24, 2, (5, 3), pad=(4, 3), dilation=(2, 3), batch=2)
        grouped((9, 9), 10, 30, 5, (3, 3), pad=(2, 2), dilation=(2, 2), batch=2)
        grouped((1, 1), 64, 32, 2, (3, 3), pad=(1, 1))
        grouped((14, 14), 320, 320, 2, (3, 3), pad=(1, 1))
        grouped((14, 7), 20, 4, 4, (1, 1))
    elif family == "transposed":
        for out in (1, 3, 8, 16, 20, 36, 100):
            transposed((5, 6), 7, out, (2, 2), (2, 2), epilogue=("gelu", "add", "")[count % 3])
            transposed((4, 5), 6, out, (3, 3), (2, 2), (1, 1), (1, 1), bias=count % 2 == 0)
        for channels in (1, 3, 16, 20, 70):  # depthwise
            transposed((5, 6), channels, channels, (2, 2), (2, 2), groups=channels)
            transposed((3, 4), channels, channels, (4, 4), (4, 4), groups=channels, epilogue="add")
            transposed((5, 4), channels, channels, (4, 3), (2, 2), (1, 1), groups=channels, batch=2)
        for out in (2, 3, 4, 8, 24):  # channels of a group
            transposed((4, 4), 12, 4 * out, (3, 3), (2, 2), (1, 1), groups=4)
            transposed((4, 4), 6, 3 * out, (2, 2), (2, 2), groups=3, epilogue="relu")
        for stride in (1, 2, 3, 4, 5):
            transposed((5, 3), 4, 8, (4, 3), (stride, 6 - stride), (1, 0))
        for dilation in (1, 2, 3, 4, 6):
            transposed((4, 5), 4, 8, (3, 2), (2, 4), (0, 1), (1, 0), dilation=(dilation, 7 - dilation))
        transposed((1, 1), 16, 16, (3, 3), (1, 1), (1, 1))
        transposed((1, 1), 5, 16, (1, 1), (3, 3), (0, 0), (2, 2))
        transposed((3, 4), 5, 9, (1, 1))
        transposed((3, 4), 5, 9, (2, 2), (3, 3), (0, 0), (1, 2))
        transposed((9, 8), 12, 20, (5, 5), (2, 2), (4, 4), batch=2)
        transposed((14, 14), 64, 32, (4, 4), (2, 2), (1, 1))
    elif family == "dot":
        for channels in (2, 3, 8, 16, 20, 56, 220):
            dot((7, 7), channels, (3, 3), (1, 1), (1, 1))
        for size in ((1, 1), (5, 3), (13, 10), (28, 56)):
            dot(size, 48, (3, 3), (1, 1), (1, 1))
        dot((9, 9), 24, (5, 5), (1, 1), (2, 2), batch=2)
    elif family == "pool":
        for channels in (1, 3, 8, 17, 56, 112, 220):
            pool([49], channels, ["m"], True)
        pool([1], 20, ["m"], True)
        pool([2, 1, 1], 12, ["h", "w"], True)
        for pixels in (1023, 1024, 3136, 60001):  # the last three as sums of sums
            pool([pixels], 48, ["m"], False)
        pool([2, 40, 30], 20, ["h", "w"], False)
        pool([2, 40, 30], 20, ["h", "w"], True, "hvn.sum")
        pool([2, 25], 20, ["m"], False)
        pool([2, 5, 7], 12, ["h", "w"], True)
        pool([2, 5, 7], 12, ["c"], True)
        for channels in (1, 3, 16, 17, 112):
            pool([49], channels, ["m"], True, "hvn.amax")
            pool([2, 5, 7], channels, ["h", "w"], False, "hvn.amax")
            pool([2, 5, 7], channels, ["c"], True, "hvn.amax")
    elif family == "pointwise":
        for shape in ([], [1], [5], [49], [2, 10], [1, 7, 9]):
            for channels in (1, 7, 16, 100):
                pointwise(shape, channels)
        magnitudes("hvn.erf")
        magnitudes("hvn.tanh")
    elif family == "attention":
        for keys in (1, 2, 3, 7, 16, 17, 49, 50, 64, 65, 197):
            attention([13], keys, 2, 16)
        for queries in (1, 5, 7, 8, 49, 100):
            attention([queries], 49, 1 + queries % 3, 32, epilogue=("sigmoid", "mul", "add")[count % 3])
        for depth in (1, 3, 8, 20, 24, 48, 64, 80):
            attention([9], 20, 3, depth)
        attention([10], 19, 2, 16, width=40)
        attention([10], 19, 2, 24, width=7, batch=3)
        attention([5, 9], 30, 5, 16, batch=2, epilogue="mul")
        attention([7, 7], 49, 2, 32, slices=True)
        attention([64], 49, 3, 32, batch=8)
        attention([1, 1], 1, 1, 1)
        ab, hw = {"n": 2, "a": 2, "b": 3}, {"h": 7, "w": 7}
        for scores in ("softmax", "relu"):
            for bias in ("head q k", "q k", "head k", "head q", "k", "n head q k", "a b head q k"):
                attend(ab, {"t": 9}, {"u": 19}, 3, 8, bias=bias, scores=scores)
            for keys in (1, 3, 16, 17, 49, 50):
                attend({"n": 1}, {"t": 5}, {"u": keys}, 2, 16, bias="head q k", scores=scores, epilogue="add")
            for regions in ("a b h w", "h w", "a h", "n a b h w"):
                attend(ab, hw, hw, 2, 16, bias="head q k", regions=regions, scores=scores)
            attend(ab, {"t": 50}, {"t": 50}, 2, 20, width=24, regions="b t", scores=scores)
            attend(ab, hw, {"t": 20}, 2, 16, width=40, bias="head q k", scores=scores)
            attend({"n": 1}, {"h": 3, "w": 5}, {"h": 3, "w": 5}, 1, 8, bias="q k", regions="h w", scores=scores)
        attend({"head": 4, "n": 2}, {"t": 9}, {"t": 9}, 1, 8)
        attend({"n": 5}, {"h": 9, "w": 1}, {"t": 9}, 1, 8)
        attend({"n": 16}, {"m": 49}, {"m": 49}, 6, 32, bias="head q k")
        attend({"n": 64}, {"m": 49}, {"m": 49}, 3, 32, bias="head q k")
        attend({"n": 1}, {"m": 196}, {"m": 196}, 6, 32)
        for size, window, shift in ((14, 7, 3), (14, 7, 0), (12, 4, 2), (10, 5, -2)):
            windowed(size, window, shift, 3, 16)
        windowed(56, 7, 3, 3, 32)
    elif family == "attention-special":
        special_attention()
    elif family == "contract":
        for q, k, d in ((1, 1, 1), (1, 7, 3), (5, 1, 8), (7, 16, 1), (13, 17, 20), (49, 49, 32), (50, 65, 24), (9, 200, 80)):
            contract({"n": 2, "q": q, "d": d}, {"n": 2, "k": k, "d": d}, ["d"])
            contract({"n": 2, "q": q, "d": d}, {"n": 2, "d": d, "k": k}, ["d"], epilogue="mul")
            contract({"n": 2, "d": d, "q": q}, {"n": 2, "d": d, "k": k}, ["d"], order="n k q")
        heads = {"n": 2, "h": 5, "w": 7, "head": 3, "d": 16}
        contract(heads, {**heads, "e": 24}, ["h", "w", "d"])
        contract({"n": 1, "t": 50, "head": 3, "d": 16}, {"n": 1, "t": 50, "head": 3, "e": 24}, ["t"])
        contract(heads, {"n": 2, "h": 5, "w": 7, "head": 3, "e": 20}, ["h", "w"])
        contract(heads, {"n": 2, "head": 3, "d": 16, "e": 24}, ["d"], order="n h w head e", epilogue="add")
        contract(heads, {"n": 2, "head": 3, "d": 16}, ["d"])
        contract({"n": 1, "q": 33, "c": 20, "d": 6}, {"n": 1, "k": 9, "c": 20, "d": 6}, ["d"], order="n q k c")
        contract({"q": 33, "d": 6}, {"k": 100, "d": 6}, ["d"])
        contract({"d": 6}, {"k": 100, "d": 6}, ["d"])
        contract({"q": 33, "d": 6}, {"d": 6}, ["d"])
        contract({"q": 33, "x": 1, "d": 6}, {"x": 1, "d": 6, "k": 18}, ["x", "d"])
        contract({"head": 4, "q": 49, "d": 32}, {"head": 4, "k": 49, "d": 32}, ["d"])
        contract({"head": 6, "q": 196, "k": 196}, {"head": 6, "k": 196, "d": 32}, ["k"])
        contract({"q": 384, "d": 384}, {"d": 384, "k": 384}, ["d"])
    elif family == "moments":
        for size, channels in (((7, 7), 256), ((5, 9), 20), ((1, 1), 16), ((6, 1), 3), ((1, 13), 2), ((56, 56), 32)):
            moments(size, channels)
            moments(size, channels - 1)
            moments(size, channels, batch=2, layer="depthwise")
            moments(size, channels, layer="add")
        for taps in (5, 7, 9):
            moments((9, 13), 20, layer="depthwise", taps=taps)
            moments((9, 13), 16, layer="depthwise", taps=taps, stride=2)
        for groups in (2, 4, 20):
            moments((5, 9), 20, groups, batch=2)
            moments((5, 9), 20, groups, layer="depthwise")
            normalized((5, 9), 20, groups, batch=2)
        for channels in (1, 16, 33):
            normalized((4, 7), channels, 1)
        kernel = Kernel("pad")
        x = kernel.argument(tensor("nhwc", 1, 5, 6, 20))
        kernel.finish(kernel.op("hvn.pad", [x], tensor("nhwc", 1, 8, 7, 21), " over <h, w, c> low [1, 0, 1] high [2, 1, 0]"))
    elif family == "movement":
        for channels in (1, 3, 7, 16, 40):
            movement(channels)
    elif family == "unary":
        for op in UNARY:
            unary(op, 3)
            unary(op, 45)
            unary(op, 45, scaled=True)
    elif family == "binary":
        for channels in (1, 3, 45):
            for op in ("hvn.div", "hvn.maximum", "hvn.minimum", "hvn.prelu"):
                binary(op, channels, "c")
            for op in ("hvn.div", "hvn.maximum", "hvn.minimum"):
                binary(op, channels, "mc")
    elif family == "quotient":
        for op in ("hvn.tanh", "hvn.erf", "hvn.elu alpha 1.0", "hvn.selu", "hvn.silu", "hvn.gelu_tanh", "hvn.mish"):
            quotient(op, 45)
    elif family == "over":
        for op in OVER:
            for channels in (1, 2, 7, 16, 20, 31, 32, 96, 100, 384, 1000):
                over_axes(op, "m c", (29, channels), "c", ("", "affine", "sigmoid")[count % 3])
            for rows in (1, 3, 7, 8):
                over_axes(op, "m c", (rows, 48), "c", prologue=("", "add")[rows % 2])
            for sizes in ((1, 5, 7, 20), (2, 4, 4, 33), (2, 1, 1, 8), (1, 9, 13, 1)):
                over_axes(op, "n h w c", sizes, "c h w", "affine")
                over_axes(op, "n h w c", sizes, "h w")
                over_axes(op, "n h w c", sizes, "c w", "mul")
                over_axes(op, "n h w c", sizes, "h", "add")
                over_axes(op, "n h w c", sizes, "n c")
            over_axes(op, "c", (100,), "c")
            over_axes(op, "n t c", (2, 50, 16), "t")
            over_axes(op, "n head q k", (2, 3, 10, 49), "k")
            over_axes(op, "n head q k", (1, 2, 7, 197), "q")
            over_axes(op, "m c", (3, 4096), "c")
            over_axes(op, "m c", (4096, 5), "m")
        over_axes(OVER[0], "m c", (3136, 96), "c")
        over_axes(OVER[0], "m c", (196, 384), "c")
        over_axes(OVER[3], "n head q k", (1, 3, 197, 197), "k")
    elif family == "widen":
        for channels in (1, 13, 45, 64):
            kernel = Kernel("widen")
            kernel.finish(kernel.weight(tensor("mc", 7, channels)))
    elif family == "over-special":
        for op in OVER:
            over_axes(op, "m c", (3, 15), "c")
            over_axes(op, "c m", (15, 3), "c")
            over_axes(op, "m c", (1, 9), "m")
        over_axes(OVER[3], "m c", (40, 3), "c")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1])
