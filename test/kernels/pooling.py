"""Prints kernels of pooling and resizing, as kernels.py does for other families.

    pooling.py window|resample|special [bf16]
"""
import sys

from kernels import AXES, Kernel, tensor


def window(size, channels, taps, stride, pad, batch=1, mode="max", ceil=False, dilation=(1, 1), after=""):
    """Pooling: max, avg, or mean, which is avg without the padding. `after` it `sub` takes its input away; `moments`
    are a second result."""
    kernel = Kernel(f"{mode}_pool")
    x = kernel.argument(tensor("nhwc", batch, *size, channels))
    result = []
    for i in (0, 1):
        room = size[i] + 2 * pad[i] - dilation[i] * (taps[i] - 1) - 1
        count = (room + (stride[i] - 1 if ceil else 0)) // stride[i] + 1
        result.append(count - (ceil and (count - 1) * stride[i] >= size[i] + pad[i]))
    text = "".join(f" {name} [{a}, {b}]" for name, (a, b) in (("kernel", taps), ("stride", stride), ("pad", pad)))
    text += f" dilation [{dilation[0]}, {dilation[1]}]" if mode == "max" else ""
    text += " ceil_mode true" if ceil else ""
    text += " count_include_pad false" if mode == "mean" else ""
    op = "hvn.max_pool" if mode == "max" else "hvn.avg_pool"
    value = kernel.op(op, [x], tensor("nhwc", batch, *result, channels), text)
    value = kernel.op("hvn.sub", [value, x], x[1]) if after == "sub" else kernel.epilogue(after, value)
    results = [value]
    if after == "moments":
        results.append(kernel.op("hvn.moments", [value], tensor("ngbs", batch, 1, result[0], 2), ' groups 1 rows "h"'))
    kernel.finish(*results)


def adaptive(mode, size, to, channels, batch=1, epilogue=""):
    kernel = Kernel(f"adaptive_{mode}")
    x = kernel.argument(tensor("nhwc", batch, *size, channels))
    text = f" size [{to[0]}, {to[1]}]"
    op = "hvn.adaptive_max_pool" if mode == "max" else "hvn.adaptive_avg_pool"
    value = kernel.op(op, [x], tensor("nhwc", batch, *to, channels), text)
    kernel.finish(kernel.epilogue(epilogue, value))


def resize(mode, size, to, channels, batch=1, axes="nhwc", flags=(), epilogue=""):
    kernel = Kernel(f"resize_{mode}")
    order = lambda size: (batch, *size, channels) if axes == "nhwc" else (batch, channels, *size)
    x = kernel.argument(tensor(axes, *order(size)))
    text = f' over <h, w> size [{to[0]}, {to[1]}] mode "{mode}"' + "".join(f" {flag} true" for flag in flags)
    kernel.finish(kernel.epilogue(epilogue, kernel.op("hvn.resize", [x], tensor(axes, *order(to)), text)))


def main(family):
    print(AXES)
    if family == "window":
        for mode in ("max", "avg", "mean"):
            for channels, after in ((1, ""), (3, "relu"), (16, "sub"), (20, "sub"), (56, ""), (64, "moments")):
                window((7, 9), channels, (3, 3), (1, 1), (1, 1), mode=mode, after=after)
                window((13, 8), channels, (2, 2), (2, 2), (0, 0), mode=mode)
            window((12, 15), 24, (3, 3), (2, 2), (1, 1), mode=mode, batch=2, ceil=True)
            window((11, 6), 16, (2, 3), (3, 4), (1, 0), mode=mode, ceil=True)  # strides beyond the kernel
            window((1, 1), 16, (3, 3), (1, 1), (1, 1), mode=mode)
            window((2, 3), 8, (4, 4), (1, 1), (2, 2), mode=mode)
            window((9, 9), 20, (5, 5), (1, 1), (2, 2), mode=mode, after="add")
            window((20, 17), 8, (13, 13), (1, 1), (6, 6), mode=mode)
            window((6, 30), 8, (1, 25), (1, 2), (0, 12), mode=mode)
            window((30, 6), 8, (11, 1), (4, 1), (5, 0), mode=mode, ceil=True)
            window((1, 3), 8, (2, 2), (2, 2), (0, 0), mode=mode, ceil=True)  # a window larger than the input
            window((56, 56), 64, (3, 3), (1, 1), (1, 1), mode=mode, after="sub")
        window((9, 12), 20, (3, 3), (1, 1), (2, 2), dilation=(2, 2))
        window((9, 12), 20, (3, 2), (2, 3), (1, 1), dilation=(1, 4))
        window((4, 3), 16, (2, 3), (1, 1), (2, 3), dilation=(4, 3))
    elif family == "special":
        for channels in (12, 36):  # each channel of 36 is of one special value
            window((5, 7), channels, (3, 3), (1, 1), (1, 1), ceil=True)
            window((5, 7), channels, (3, 3), (2, 2), (1, 1), dilation=(2, 2))
            adaptive("max", (5, 7), (3, 4), channels)
        for mode in ("avg", "mean"):
            window((5, 7), 36, (3, 3), (1, 1), (1, 1), mode=mode)
        adaptive("avg", (5, 7), (3, 4), 36)
        for mode in ("bilinear", "bicubic"):
            for flags in ([], ["align_corners"], ["antialias"]):
                resize(mode, (5, 7), (3, 9), 36, flags=flags)
        resize("nearest", (5, 7), (11, 4), 12)
        resize("bilinear", (5, 5), (1, 1), 12)  # one element, and its neighbours times 0
    elif family == "resample":
        for mode in ("avg", "max"):
            for channels, epilogue in ((1, ""), (3, "relu"), (16, "add"), (20, ""), (100, "relu")):
                adaptive(mode, (9, 7), (4, 3), channels, epilogue=epilogue)
            adaptive(mode, (5, 45), (7, 7), 24, batch=2)
            adaptive(mode, (1, 1), (3, 2), 16)
            adaptive(mode, (30, 41), (3, 4), 8)
            adaptive(mode, (6, 5), (6, 2), 33)
        for mode in ("nearest", "bilinear", "bicubic"):
            for channels, epilogue in ((1, ""), (3, "relu"), (16, "add"), (20, ""), (100, "relu")):
                resize(mode, (7, 9), (14, 18), channels, epilogue=epilogue)
            for size, to in (((8, 6), (5, 4)), ((1, 1), (4, 3)), ((5, 6), (1, 1)), ((6, 5), (6, 8)), ((6, 5), (9, 5))):
                resize(mode, size, to, 20, batch=2)
            resize(mode, (7, 5), (10, 13), 4, axes="nchw")
            resize(mode, (7, 20), (3, 17), 4, axes="nchw")
        for mode in ("bilinear", "bicubic"):
            for flags in (["align_corners"], ["antialias"], ["align_corners", "antialias"]):
                for size, to in (((7, 9), (14, 10)), ((24, 31), (7, 5)), ((6, 5), (1, 1)), ((1, 3), (2, 7))):
                    resize(mode, size, to, 20, flags=flags)
                resize(mode, (5, 60), (5, 3), 8, flags=flags)
        resize("bicubic", (48, 48), (45, 45), 3, flags=["antialias"])
        kernel = Kernel("resize_tokens")
        x = kernel.argument(tensor("ntc", 2, 9, 20))
        result = tensor("ntc", 2, 14, 20)
        kernel.finish(kernel.op("hvn.resize", [x], result, ' over <t> size [14] mode "bicubic"'))
        kernel = Kernel("resize_tokens")
        x = kernel.argument(tensor("ntc", 2, 9, 21))
        result = tensor("ntc", 2, 14, 40)
        kernel.finish(kernel.op("hvn.resize", [x], result, ' over <c, t> size [40, 14] mode "bilinear"'))
        kernel = Kernel("resize_image")  # read as it comes, channels outside
        image = kernel.argument(tensor("nchw", 1, 3, 24, 30))
        x = kernel.cast("hvn.permute", image, tensor("nhwc", 1, 24, 30, 3))
        result = tensor("nhwc", 1, 22, 28, 3)
        kernel.finish(kernel.op("hvn.resize", [x], result, ' over <h, w> size [22, 28] mode "bicubic"'))
    else:
        sys.exit(__doc__)


main(sys.argv[1])
