"""Libraries with bounded sizes beside those of one size.

    check_bounded.py FOLDER [LAYER...]

Each network is a layer or a few, compiled for heights and widths within bounds, and for some sizes alone. The results
differ in the last bits at most, for tiles end elsewhere. FOLDER is for files.
"""
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "frontend" / "python"))
import fovea  # noqa: E402

LAYERS = {
    "pointwise": "relu(x) * 2",
    "conv": 'conv(x, out=32, kernel=3, pad=1) @ "a" |> relu |> conv(out=20, kernel=3, stride=2, pad=1) @ "b"',
    "depthwise": 'conv(x, out=x.c, kernel=3, pad=1, groups=x.c) @ "a" |> conv(out=x.c, kernel=5, pad=2, stride=2, groups=x.c) @ "b"',
    "linear": 'x + (conv(x, out=40) @ "a" |> gelu |> conv(out=x.c) @ "b")',
    "gate": 'x * (mean(x, [h, w], keepdim=true) |> conv(out=8) @ "a" |> relu |> conv(out=x.c) @ "b" |> sigmoid)',
    "pool": "avg_pool(max_pool(x, kernel=3, stride=1, pad=1), kernel=[2, 1])",
    "up": "resize(x, h=2 * x.h, w=4 * x.w)",
    "transposed": 'conv_transpose(x, out=24, kernel=2, stride=2) @ "a" |> relu |> conv_transpose(out=1, kernel=2, stride=2) @ "b"',
    "norm": 'layer_norm(x) @ "a" |> group_norm(groups=1) @ "b"',
    "attention": "attention(merge(x, [h, w], into=t), merge(x, [h, w], into=t), merge(x, [h, w], into=t), heads=2)",
    "few": 'max_pool(gelu(slice(x, c=[0, 3])), kernel=3, stride=1, pad=1) + gelu(slice(x, c=[0, 3]))',
    "concat": 'pad(concat([x, relu(x)], axis=c), h=[0, 1], w=[0, 1]) |> conv(out=16, kernel=2) @ "a"',
}
SIZES = [(40, 40), (4, 4), (4, 36), (20, 8), (12, 28)]


def run(*command):
    result = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr}")


def check(folder, name, layer):
    net, weights = folder / f"{name}.net", folder / f"{name}.safetensors"
    net.write_text(
        f"network {name}(height: int in 4..40 step 4, width: int in 4..40 step 4) {{\n"
        f"  input image: f32[n=1, c=16, h=height, w=width]\n  x = relu(image) - 0.5\n  output y = {layer}\n}}\n"
    )
    run("fovea", "weights", net, "-p", "height=8", "-p", "width=8", "-o", weights)
    run("fovea", "compile", net, "--weights", weights, "-o", folder / "bounded")
    bounded = {threads: fovea.Model(folder / "bounded" / f"lib{name}.so", threads=threads) for threads in (1, 3)}
    worst = 0
    for height, width in SIZES:
        one = folder / f"{height}x{width}"
        run("fovea", "compile", net, "--weights", weights, "-p", f"height={height}", "-p", f"width={width}", "-o", one)
        image = np.random.default_rng(height).standard_normal((1, 16, height, width), dtype=np.float32)
        expected = fovea.Model(one / f"lib{name}.so")(image)
        found = [model(image) for model in bounded.values()]
        if found[0].shape != expected.shape or found[0].tobytes() != found[1].tobytes():
            sys.exit(f"{name} at {height} x {width}: {found[0].shape}, expected {expected.shape}; or threads differ")
        worst = max(worst, float(np.abs(found[0] - expected).max() / np.abs(expected).max()))
    print(f"{name}: {worst:.1e}", flush=True)
    if not worst < 2e-6:
        sys.exit(f"{name}: {worst:.1e} of the largest output")
    for height, width, text in ((8, 6, "w=6; expected 4 to 40 in steps of 4"), (44, 8, "h=44; expected 4 to 40")):
        try:
            bounded[1](np.zeros((1, 16, height, width), np.float32))
            sys.exit(f"{name} took {height} x {width}")
        except fovea.FoveaError as error:
            assert text in str(error), error


folder = pathlib.Path(sys.argv[1])
for name in sys.argv[2:] or LAYERS:
    check(folder, name, LAYERS[name])
