"""Compares each layer with PyTorch's, compiled, on random shapes: odd sizes, tails, single places, strides beyond kernels.

    python3 test/networks/check_layers.py                  # all layers, 32 shapes each
    python3 test/networks/check_layers.py conv attention --shapes 100 --seed 7
    python3 test/networks/check_layers.py --special        # inputs with NaN, infinities and huge values

All shapes of a layer are one network with as many inputs and outputs. Errors are relative to the largest output of each.
Needs torch and numpy.
"""

import argparse
import dataclasses
import math
import pathlib
import subprocess
import sys
import tempfile
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECIAL = [math.nan, math.inf, -math.inf, 3e38, -3e38, 1e-40, 88.8, -104.0, 0.0, -0.0]
# Whether a sum of huge values overflows on the way depends on its order.
SUMS = {"avg_pool", "adaptive_avg_pool", "mean", "sum", "resize", "contract", "linear_attention", "layer_norm",
        "group_norm", "l2_normalize"}


@dataclasses.dataclass
class Case:
    call: str  # with {0}, {1}, ... for the inputs and {scope}
    inputs: list  # of axes with sizes: dict(n=1, c=3)
    torch: Callable  # (inputs, weights) -> tensor
    weights: dict = dataclasses.field(default_factory=dict)  # name to shape
    least: float = 0  # errors are relative to at least this


def draw(rng, *choices):
    return choices[rng.integers(len(choices))]


def image(rng, channels=None, least=1):
    size = lambda: max(least, int(draw(rng, 1, 2, 3, 5, 7, 8, 13, 14, 16, 28)))  # noqa: E731
    return dict(n=int(draw(rng, 1, 1, 2)), c=channels or int(draw(rng, 1, 3, 8, 15, 16, 17, 24, 48, 64, 100)), h=size(), w=size())


def unary(call, function):
    return lambda rng: Case(f"{call}", [image(rng)], lambda x, w: function(x[0]))


def limited(function):
    """With its limit 0 at minus infinity, where PyTorch multiplies that by 0, and x at large x, where PyTorch overflows."""
    return lambda x: torch.where(x == -math.inf, 0.0, torch.where(x > 1e30, x, function(x)))


def gelu(x):
    """Its limits at both infinities; PyTorch's is NaN there, and infinite at 3e38."""
    exact = 0.5 * x.double() * torch.erfc(-x.double() / math.sqrt(2))
    return torch.where(x.isinf(), F.relu(x), exact.float())


UNARY = {
    "relu": F.relu, "gelu": gelu,  "gelu_tanh": limited(lambda x: F.gelu(x, approximate="tanh")),
    "silu": limited(F.silu),
    "sigmoid": torch.sigmoid, "tanh": torch.tanh, "hard_sigmoid": F.hardsigmoid, "hard_swish": limited(F.hardswish),
    "relu6": F.relu6, "softplus": F.softplus, "mish": limited(F.mish), "elu": F.elu, "celu": F.celu, "selu": F.selu,
    "exp": torch.exp, "abs": torch.abs, "erf": torch.erf, "quick_gelu": limited(lambda x: x * torch.sigmoid(1.702 * x)),
}  # fmt: skip


def positive(call, function):
    return lambda rng: Case(f"{call}(abs({{0}}))", [image(rng)], lambda x, w: function(x[0].abs()))


def conv(rng, groups="any"):
    while True:
        x = image(rng)
        k, s = [int(draw(rng, 1, 2, 3, 5, 7)) for _ in "hw"], [int(draw(rng, 1, 2, 3)) for _ in "hw"]
        p, d = [int(draw(rng, 0, 1, 2, 3)) for _ in "hw"], [int(draw(rng, 1, 1, 1, 2)) for _ in "hw"]
        if all(x[a] + 2 * p[i] > d[i] * (k[i] - 1) for i, a in enumerate("hw")):
            break
    divisors = [g for g in range(1, x["c"] + 1) if x["c"] % g == 0]
    g = x["c"] if groups == "depthwise" else 1 if groups == "one" else int(draw(rng, *divisors))
    out = g * int(draw(rng, 1, 1, 2, 3)) if g > 1 else int(draw(rng, 1, 7, 16, 33, 48))
    bias = bool(draw(rng, True, False))
    weights = {"weight": (out, x["c"] // g, *k)} | ({"bias": (out,)} if bias else {})
    call = f"conv({{0}}, out={out}, kernel={k}, stride={s}, pad={p}, dilation={d}, groups={g}, bias={str(bias).lower()}) @ \"{{scope}}\""
    return Case(call, [x], lambda x, w: F.conv2d(x[0], w["weight"], w.get("bias"), s, p, d, g), weights)


def large_depthwise(rng):
    x = image(rng)
    k, s = int(draw(rng, 7, 9, 11, 31)), int(draw(rng, 1, 2))
    call = f"conv({{0}}, out={x['c']}, kernel={k}, stride={s}, pad={k // 2}, groups={x['c']}) @ \"{{scope}}\""
    return Case(call, [x], lambda t, w: F.conv2d(t[0], w["weight"], w["bias"], s, k // 2, 1, x["c"]),
                {"weight": (x["c"], 1, k, k), "bias": (x["c"],)})  # fmt: skip


def conv_transpose(rng):
    while True:
        x = image(rng)
        k, s = [int(draw(rng, 1, 2, 3, 4)) for _ in "hw"], [int(draw(rng, 1, 2, 3)) for _ in "hw"]
        p, d = [int(draw(rng, 0, 0, 1)) for _ in "hw"], [int(draw(rng, 1, 1, 2)) for _ in "hw"]
        o = [int(rng.integers(max(s[i], d[i]))) for i in range(2)]
        if all((x[a] - 1) * s[i] - 2 * p[i] + d[i] * (k[i] - 1) + o[i] + 1 > 0 for i, a in enumerate("hw")):
            break
    g = int(draw(rng, *[g for g in range(1, x["c"] + 1) if x["c"] % g == 0]))
    out = g * int(draw(rng, 1, 2, 3))
    call = (f"conv_transpose({{0}}, out={out}, kernel={k}, stride={s}, pad={p}, output_pad={o}, dilation={d}, groups={g}) "
            "@ \"{scope}\"")  # fmt: skip
    return Case(call, [x], lambda x, w: F.conv_transpose2d(x[0], w["weight"], w["bias"], s, p, o, g, d),
                {"weight": (x["c"], out // g, *k), "bias": (out,)})  # fmt: skip


def linear(rng):
    x = image(rng)
    out = int(draw(rng, 1, 5, 16, 40, 100))
    return Case(f"linear({{0}}, out={out}) @ \"{{scope}}\"", [x],
                lambda x, w: F.linear(x[0].movedim(1, -1), w["weight"], w["bias"]).movedim(-1, 1),
                {"weight": (out, x["c"]), "bias": (out,)})  # fmt: skip


def pool(rng, kind):
    while True:
        x = image(rng)
        k, s = [int(draw(rng, 1, 2, 3, 5)) for _ in "hw"], [int(draw(rng, 1, 2, 3, 4)) for _ in "hw"]
        p = [int(rng.integers(k[i] // 2 + 1)) for i in range(2)]
        if all(x[a] + 2 * p[i] >= k[i] for i, a in enumerate("hw")) and k + s != [1, 1, 1, 1]:
            break
    ceil, inside = bool(draw(rng, True, False)), bool(draw(rng, True, False))
    say = lambda value: str(value).lower()  # noqa: E731
    if kind == "max":
        call = f"max_pool({{0}}, {k}, stride={s}, pad={p}, ceil_mode={say(ceil)})"
        return Case(call, [x], lambda x, w: F.max_pool2d(x[0], k, s, p, ceil_mode=ceil))
    call = f"avg_pool({{0}}, {k}, stride={s}, pad={p}, ceil_mode={say(ceil)}, count_include_pad={say(inside)})"
    return Case(call, [x], lambda x, w: F.avg_pool2d(x[0], k, s, p, ceil, inside))


def adaptive(rng, kind):
    size = [int(draw(rng, 1, 2, 4, 6, 9)) for _ in "hw"]
    function = F.adaptive_avg_pool2d if kind == "avg" else F.adaptive_max_pool2d
    return Case(f"adaptive_{kind}_pool({{0}}, {size})", [image(rng, least=3)], lambda x, w: function(x[0], size))


def resize(rng):
    x = image(rng)
    size = [int(draw(rng, *[to for to in (1, 2, 5, 7, 14, 19, 30) if to != x[axis]])) for axis in "hw"]
    mode = draw(rng, "nearest", "bilinear", "bicubic")
    corners = bool(draw(rng, True, False)) and mode != "nearest"
    smooth = bool(draw(rng, True, False)) and mode != "nearest"
    call = (f"resize({{0}}, h={size[0]}, w={size[1]}, mode=\"{mode}\", align_corners={str(corners).lower()}, "
            f"antialias={str(smooth).lower()})")  # fmt: skip
    options = {} if mode == "nearest" else {"align_corners": corners, "antialias": smooth}
    # With antialias and w=1 PyTorch takes neighbours in memory for those in the image, but not with the channels last.
    last = torch.channels_last
    return Case(call, [x], lambda x, w: F.interpolate(x[0].contiguous(memory_format=last), size, mode=mode, **options))


def layer_norm(rng, kind="layer"):
    x = image(rng)
    over = draw(rng, "c", "chw", "hw", "w")
    axes = ["nchw".index(axis) for axis in over]
    shape = tuple(x[axis] for axis in over)
    place = lambda w: w.reshape([x[a] if a in over else 1 for a in "nchw"])  # noqa: E731
    if kind == "rms":
        function = lambda t, w: t[0] * torch.rsqrt((t[0] ** 2).mean(axes, keepdim=True) + 1e-6) * place(w["weight"])  # noqa: E731
        return Case(f"rms_norm({{0}}, over=[{', '.join(over)}]) @ \"{{scope}}\"", [x], function, {"weight": shape})

    def normed(t, w):
        mean, var = t[0].mean(axes, keepdim=True), t[0].var(axes, unbiased=False, keepdim=True)
        return (t[0] - mean) / torch.sqrt(var + 1e-5) * place(w["weight"]) + place(w["bias"])

    return Case(f"layer_norm({{0}}, over=[{', '.join(over)}]) @ \"{{scope}}\"", [x], normed, {"weight": shape, "bias": shape})


def group_norm(rng):
    x = image(rng, least=2)
    g = int(draw(rng, *[g for g in range(1, x["c"] + 1) if x["c"] % g == 0]))
    return Case(f"group_norm({{0}}, groups={g}) @ \"{{scope}}\"", [x], lambda x, w: F.group_norm(x[0], g, w["weight"], w["bias"]),
                {"weight": (x["c"],), "bias": (x["c"],)})  # fmt: skip


def batch_norm(rng):
    x = image(rng)
    shapes = {name: (x["c"],) for name in ("weight", "bias", "running_mean", "running_var")}
    return Case("batch_norm({0}) @ \"{scope}\"", [x],
                lambda x, w: F.batch_norm(x[0], w["running_mean"], w["running_var"], w["weight"], w["bias"]), shapes)  # fmt: skip


def l2_normalize(rng):
    axis = draw(rng, "c", "h")
    return Case(f"l2_normalize({{0}}, over=[{axis}])", [image(rng)], lambda x, w: F.normalize(x[0], dim="nchw".index(axis)))


def softmax(rng):
    axis = draw(rng, "c", "h", "w")
    return Case(f"softmax({{0}}, [{axis}])", [image(rng)], lambda x, w: torch.softmax(x[0], "nchw".index(axis)))


def reduction(rng, name):
    over = draw(rng, "c", "hw", "w", "h", "chw")
    axes, keep = ["nchw".index(axis) for axis in over], bool(draw(rng, True, False))
    function = {"mean": torch.mean, "sum": torch.sum, "amax": torch.amax}[name]
    call = f"{name}({{0}}, [{', '.join(over)}], keepdim={str(keep).lower()})"
    x = image(rng)
    # What a sum of so many normal numbers is like: a single one may happen to be near 0.
    least = math.sqrt(math.prod(list(x.values())[axis] for axis in axes)) if name == "sum" else 0
    return Case(call, [x], lambda x, w: function(x[0], axes, keepdim=keep), least=least)


def binary(rng, call, function):
    x = image(rng)
    y = {axis: size if draw(rng, True, True, False) else 1 for axis, size in x.items()}
    return Case(call, [x, y], lambda x, w: function(x[0], x[1]))


def prelu(rng):
    x = image(rng)
    return Case("prelu({0}) @ \"{scope}\"", [x], lambda x, w: F.prelu(x[0], w["weight"]), {"weight": (x["c"],)})


def tokens(t, heads):
    """n, t, c to n, head, t, depth."""
    return t.unflatten(2, (heads, -1)).transpose(1, 2)


def attention(rng, kind="plain"):
    n, heads, depth = int(draw(rng, 1, 2)), int(draw(rng, 1, 2, 3)), int(draw(rng, 1, 8, 16, 20, 32))
    width, scores = int(draw(rng, depth, 5, 40)), draw(rng, "softmax", "softmax", "relu")
    q, k = int(draw(rng, 1, 4, 7, 16, 49, 50)), int(draw(rng, 1, 3, 16, 17, 49, 65))
    shapes = [dict(n=n, t=q, c=heads * depth), dict(n=n, t=k, c=heads * depth), dict(n=n, t=k, c=heads * width)]
    bias = draw(rng, None, dict(head=heads, q=q, k=k), dict(q=q, k=k))
    call = f"attention({{0}}, {{1}}, {{2}}, heads={heads}, scores=\"{scores}\"" + (", bias={3})" if bias else ")")

    def run(x, w):
        scores_ = tokens(x[0], heads) @ tokens(x[1], heads).transpose(2, 3) / math.sqrt(depth)
        scores_ = scores_ + x[3] if bias else scores_
        weights = torch.softmax(scores_, -1) if scores == "softmax" else torch.relu(scores_)
        return (weights @ tokens(x[2], heads)).transpose(1, 2).flatten(2)

    return Case(call, shapes + ([bias] if bias else []), run)


def linear_attention(rng):
    n, heads, depth, t = int(draw(rng, 1, 2)), int(draw(rng, 1, 2, 3)), int(draw(rng, 1, 8, 16, 20)), int(draw(rng, 1, 7, 49, 64))
    shape = dict(n=n, t=t, c=heads * depth)

    def run(x, w):
        q, k, v = (tokens(y, heads) for y in (x[0].relu() + 1, x[1].relu() + 1, x[2]))
        total = q @ k.sum(2, keepdim=True).transpose(2, 3)
        return (q @ (k.transpose(2, 3) @ v) / (total + 1e-6)).transpose(1, 2).flatten(2)

    call = f"linear_attention(relu({{0}}) + 1, relu({{1}}) + 1, {{2}}, heads={heads})"
    return Case(call, [shape] * 3, run)


def contract(rng):
    a = {axis: int(draw(rng, 1, 2, 5, 16, 19, 49)) for axis in "btd"}
    b = dict(b=a["b"], s=int(draw(rng, 1, 3, 16, 21, 64)), d=a["d"])
    order = draw(rng, "bsd", "bds")
    return Case("contract({0}, {1}, over=[d])", [a, {axis: b[axis] for axis in order}],
                lambda x, w: torch.einsum(f"btd,{order}->bts", x[0], x[1]))  # fmt: skip


def window(rng):
    s = [int(draw(rng, 1, 2, 3, 7)) for _ in "hw"]
    x = image(rng)
    x |= dict(h=s[0] * int(draw(rng, 1, 2, 3)), w=s[1] * int(draw(rng, 1, 2, 4)))
    by = [int(draw(rng, 0, 1, 3, -2)) for _ in "hw"]
    call = f"window({{0}}, [h, w], size={s}, into=[a, b], shift={by})"

    def run(x, w):
        y = torch.roll(x[0], (-by[0], -by[1]), (2, 3)).unflatten(3, (-1, s[1])).unflatten(2, (-1, s[0]))
        return y.permute(0, 1, 2, 4, 3, 5)  # n, c, a, b, h, w

    return Case(call, [x], run)


def unfold(rng):
    while True:
        x = image(rng)
        k, s, p, d = ([int(draw(rng, *choices)) for _ in "hw"] for choices in ((1, 2, 3, 4), (1, 2, 4), (0, 1, 2), (1, 1, 2)))
        if all(x[a] + 2 * p[i] > d[i] * (k[i] - 1) for i, a in enumerate("hw")):
            break
    call = f"unfold({{0}}, {k}, stride={s}, pad={p}, dilation={d}) |> merge([c, y, x], into=c) |> merge([h, w], into=l)"
    return Case(call, [x], lambda x, w: F.unfold(x[0], k, d, p, s))


def pad(rng):
    x = image(rng)
    mode = draw(rng, "zero", "replicate", "reflect", "circular")
    most = {"zero": 4, "replicate": 4, "reflect": min(x["h"], x["w"]) - 1, "circular": min(x["h"], x["w"])}[mode]
    h, w = ([int(rng.integers(min(most, 4) + 1)) for _ in range(2)] for _ in "hw")
    call = f"pad({{0}}, h={h}, w={w}, mode=\"{mode}\")"
    return Case(call, [x], lambda x, _: F.pad(x[0], (*w, *h), "constant" if mode == "zero" else mode))


def shuffle(rng, up):
    f, x = int(draw(rng, 2, 3)), image(rng)
    if up:
        x["c"] = f * f * int(draw(rng, 1, 3, 16))
        return Case(f"pixel_shuffle({{0}}, {f})", [x], lambda x, w: F.pixel_shuffle(x[0], f))
    x |= dict(h=x["h"] * f, w=x["w"] * f)
    return Case(f"pixel_unshuffle({{0}}, {f})", [x], lambda x, w: F.pixel_unshuffle(x[0], f))


def concat(rng):
    axis, x = draw(rng, "c", "h"), image(rng)
    parts = [x | {axis: int(draw(rng, 1, 3, 16, 20))} for _ in range(int(draw(rng, 1, 2, 3)) + 1)]
    names = ", ".join(f"{{{i}}}" for i in range(len(parts)))
    return Case(f"concat([{names}], axis={axis})", parts, lambda x, w: torch.cat(x, "nchw".index(axis)))


def cut(rng):
    x = image(rng, least=2)
    first, step = int(rng.integers(1, x["h"])), int(draw(rng, 1, 2, 3))
    end = int(rng.integers(first + 1, x["h"] + 1))
    return Case(f"slice({{0}}, h=[{first}, {end}, {step}])", [x], lambda x, w: x[0][:, :, first:end:step])


def roll(rng):
    by = [int(draw(rng, 0, 1, -3, 9)) for _ in "hw"]
    return Case(f"roll({{0}}, h={by[0]}, w={by[1]})", [image(rng)], lambda x, w: torch.roll(x[0], by, (2, 3)))


def gather(rng):
    t, c = int(draw(rng, 1, 9, 50)), int(draw(rng, 1, 16, 19))
    return Case("gather({0}, clamp({1} * 10, 0, 8), axis=t)", [dict(t=t, c=c), dict(q=5, k=int(draw(rng, 1, 4)))],
                lambda x, w: x[0][(x[1] * 10).clamp(0, 8).nan_to_num(0).round().long().clamp(0, t - 1)])  # fmt: skip


LAYERS = {name: unary(f"{name}({{0}})", function) for name, function in UNARY.items()} | {
    "clamp": unary("clamp({0}, -0.5, 0.25)", lambda x: x.clamp(-0.5, 0.25)),
    "leaky_relu": unary("leaky_relu({0}, 0.2)", lambda x: F.leaky_relu(x, 0.2)),
    "log": positive("log", torch.log), "sqrt": positive("sqrt", torch.sqrt), "rsqrt": positive("rsqrt", torch.rsqrt),
    "prelu": prelu, "add": lambda rng: binary(rng, "{0} + {1}", torch.add), "sub": lambda rng: binary(rng, "{0} - {1}", torch.sub),
    "mul": lambda rng: binary(rng, "{0} * {1}", torch.mul), "div": lambda rng: binary(rng, "{0} / {1}", torch.div),
    "maximum": lambda rng: binary(rng, "maximum({0}, {1})", torch.maximum),
    "minimum": lambda rng: binary(rng, "minimum({0}, {1})", torch.minimum),
    "conv": lambda rng: conv(rng, "one"), "depthwise": lambda rng: conv(rng, "depthwise"), "grouped": conv,
    "large_depthwise": large_depthwise, "conv_transpose": conv_transpose, "linear": linear,
    "max_pool": lambda rng: pool(rng, "max"), "avg_pool": lambda rng: pool(rng, "avg"),
    "adaptive_avg_pool": lambda rng: adaptive(rng, "avg"), "adaptive_max_pool": lambda rng: adaptive(rng, "max"),
    "resize": resize, "layer_norm": layer_norm, "rms_norm": lambda rng: layer_norm(rng, "rms"), "group_norm": group_norm,
    "batch_norm": batch_norm, "l2_normalize": l2_normalize, "softmax": softmax, "mean": lambda rng: reduction(rng, "mean"),
    "sum": lambda rng: reduction(rng, "sum"), "amax": lambda rng: reduction(rng, "amax"), "attention": attention,
    "linear_attention": linear_attention, "contract": contract, "window": window, "unfold": unfold, "pad": pad,
    "pixel_shuffle": lambda rng: shuffle(rng, True), "pixel_unshuffle": lambda rng: shuffle(rng, False),
    "concat": concat, "slice": cut, "roll": roll, "gather": gather,
}  # fmt: skip


def write_network(folder, cases):
    """All cases as one network."""
    lines = ["network layers() {"]
    for number, case in enumerate(cases):
        names = [f"x{number}_{i}" for i in range(len(case.inputs))]
        for name, axes in zip(names, case.inputs):
            lines.append(f"  input {name}: f32[{', '.join(f'{axis}={size}' for axis, size in axes.items())}]")
        lines.append(f"  output y{number} = {case.call.format(*names, scope=f'l{number}')}")
    (folder / "layers.net").write_text("\n".join(lines + ["}"]) + "\n")


def run(command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr[-2000:])


def read_safetensors(path):
    import json

    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    tensors = {}
    for name, entry in json.loads(content[8 : 8 + size]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(content[8 + size + begin : 8 + size + end], np.float32)
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def make_inputs(rng, cases, special):
    inputs = []
    for case in cases:
        inputs.append([])
        for axes in case.inputs:
            values = rng.standard_normal(tuple(axes.values())).astype(np.float32)
            if special:
                places = rng.random(values.shape) < 0.1
                values[places] = rng.choice(np.array(special, np.float32), places.sum())
            inputs[-1].append(values)
    return inputs


def error_of(found, expected, least):
    """Largest difference over the largest finite output, or `least`; infinite where NaN or infinities stand elsewhere."""
    if found.shape != expected.shape:
        return math.inf
    if not np.array_equal(np.isnan(found), np.isnan(expected)):
        return math.inf
    finite = np.isfinite(expected)
    if not np.array_equal(found[~finite & ~np.isnan(expected)], expected[~finite & ~np.isnan(expected)]):
        return math.inf
    scale = np.abs(expected[finite]).max(initial=max(least, 1e-30))
    return float(np.abs(found[finite].astype(np.float64) - expected[finite]).max(initial=0) / scale)


def check(fovea, name, shapes, seed, special, options):
    rng = np.random.default_rng([seed, *name.encode()])
    cases = [LAYERS[name](rng) for _ in range(shapes)]
    values = [x for x in SPECIAL if name not in SUMS or not 1e30 < abs(x) < math.inf] if special else []
    if name == "attention":  # scores far apart: weights that are no normal numbers are 0 here
        values = [x for x in values if not 1 < abs(x) < math.inf]
    if name == "resize":  # an infinity times a weight of 0, or of 0 but for rounding
        values = [x for x in values if not math.isinf(x)]
    inputs = make_inputs(rng, cases, values)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write_network(folder, cases)
        run([fovea, "weights", folder / "layers.net", "-o", folder / "w.safetensors"])
        run([fovea, "compile", folder / "layers.net", "--weights", folder / "w.safetensors", "-o", folder, "-q", *options])
        weights = read_safetensors(folder / "w.safetensors")
        arguments = []
        for number, arrays in enumerate(inputs):
            for i, array in enumerate(arrays):
                np.save(folder / f"x{number}_{i}.npy", array)
                arguments += ["--input", f"x{number}_{i}={folder}/x{number}_{i}.npy"]
            arguments += ["--output", f"y{number}={folder}/y{number}.npy"]
        run([fovea, "run", folder / "liblayers.so", *arguments])
        worst, where = 0.0, ""
        for number, case in enumerate(cases):
            own = {key.split(".", 1)[1]: value for key, value in weights.items() if key.split(".")[0] == f"l{number}"}
            with torch.no_grad():
                expected = case.torch([torch.from_numpy(x) for x in inputs[number]], own).numpy()
            error = error_of(np.load(folder / f"y{number}.npy"), expected, case.least)
            if error >= worst:
                worst, where = error, f"{case.call} on {case.inputs}"
    return worst, where


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layers", nargs="*", metavar="LAYER", help=f"of {', '.join(sorted(LAYERS))} (default: all)")
    parser.add_argument("--shapes", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--special", action="store_true", help="inputs with NaN, infinities and huge values")
    parser.add_argument("--tolerance", type=float, default=5e-6)
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--option", action="append", default=[], help="of fovea compile, such as --option=-O0")
    arguments = parser.parse_args()
    failed = 0
    for name in arguments.layers or LAYERS:
        if name not in LAYERS:
            parser.error(f"there is no layer {name}")
        try:
            error, where = check(arguments.fovea, name, arguments.shapes, arguments.seed, arguments.special, arguments.option)
        except RuntimeError as problem:
            error, where = math.inf, str(problem)
        good = error <= arguments.tolerance
        failed += not good
        print(f"{name:18} {error:.1e}  {'ok' if good else 'FAILED: ' + where}", flush=True)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
