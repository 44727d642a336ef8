"""Prints kernels of several layers, as kernels.py does for single ones.

    chains.py layers|bottleneck [bf16|rounded|f16]
"""
import sys

import kernels
from kernels import AXES, Kernel, conv_op, narrow, tensor


def rounded(kernel, value):
    return kernel.cast("hvn.cast", kernel.cast("hvn.cast", value, narrow(value[1])), value[1])


def layers(shape, channels, hidden, out, activation="gelu", residual=True):
    """Two linear layers, the second beside what another kernel has made."""
    axes = {1: "mc", 3: "nhwc"}[len(shape)]
    kernel = Kernel("layers")
    x = kernel.factor(tensor(axes, *shape, channels))
    x = kernel.op("hvn.linear", [x, kernel.packed("oi", hidden, channels), kernel.packed("c", hidden)],
                  tensor(axes, *shape, hidden))  # fmt: skip
    x = kernel.epilogue(activation, x)
    if kernels.stored == "rounded":
        x = rounded(kernel, x)
    x = kernel.op("hvn.linear", [x, kernel.packed("oi", out, hidden)], tensor(axes, *shape, out))
    kernel.finish(kernel.epilogue("add" if residual else "", x))


def bottleneck(size, channels, hidden, out, taps=(3, 3), stride=(1, 1), pad=(1, 1), activation="relu", batch=1):
    """A depthwise convolution between linear layers; without `hidden` none is before it, without `out` none behind."""
    kernel = Kernel("bottleneck")
    argument = kernel.factor if hidden else kernel.argument
    x = argument(tensor("nhwc", batch, *size, channels))
    if hidden:
        x = kernel.op("hvn.linear", [x, kernel.packed("oi", hidden, channels), kernel.packed("c", hidden)],
                      tensor("nhwc", batch, *size, hidden))  # fmt: skip
        x = kernel.epilogue(activation, x)
    hidden = hidden or channels
    weight = kernel.weight(tensor("yxio", *taps, 1, hidden), tensor("oiyx", hidden, 1, *taps), "hvn.permute")
    operands = [x, weight, kernel.argument(tensor("c", hidden))]
    x = kernel.epilogue(activation, conv_op(kernel, operands, hidden, size, taps, stride, pad, groups=hidden, batch=batch))
    if out:
        x = rounded(kernel, x) if kernels.stored == "rounded" else x
        pixels = x[1].rsplit("x", 2)[0] + f"x{out}x{kernels.element}, #nhwc>"
        x = kernel.epilogue("add", kernel.op("hvn.linear", [x, kernel.packed("oi", out, hidden)], pixels))
    kernel.finish(x)


def main(family):
    print(AXES)
    if family == "layers":
        for pixels in (1, 2, 7, 13, 50, 200):
            for hidden, out in ((1, 1), (20, 16), (24, 17), (56, 24), (100, 40), (48, 1)):
                layers([pixels], 10 if out % 2 else 7, hidden, out, residual=kernels.count % 3 > 0)
        layers([3, 5, 19], 6, 40, 16)
        layers([50], 16, 40, 24, activation="")
        layers([1023], 16, 64, 16)
        layers([784], 96, 384, 96)
    elif family == "bottleneck":
        for size in ((1, 1), (5, 3), (8, 17), (32, 9)):
            for channels, hidden, out in ((6, 24, 16), (16, 20, 10), (8, 100, 0), (24, 0, 40), (40, 0, 17)):
                side = 1 + kernels.count % 2
                bottleneck(size, channels, hidden, out, stride=(side, side), activation=("relu", "gelu", "")[kernels.count % 3])
        bottleneck((13, 11), 16, 48, 24, taps=(3, 1), stride=(3, 2), pad=(0, 0))
        bottleneck((12, 12), 16, 48, 24, taps=(2, 2), stride=(2, 3), pad=(2, 0))
        bottleneck((9, 10), 16, 48, 24, taps=(1, 1), stride=(2, 2), pad=(0, 0))
        bottleneck((30, 14), 8, 32, 16, batch=3)
        bottleneck((57, 56), 32, 96, 32)
    else:
        sys.exit(__doc__)


main(sys.argv[1])
