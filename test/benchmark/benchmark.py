"""Latency of compiled networks beside ONNX Runtime and OpenVINO, at batch 1, on this machine.

All get the same made-up weights, the peers as ONNX of the deployed form (norms folded, heads merged). Every output is
checked against PyTorch. Runs are interleaved in short bursts, so that a slow moment of the machine hits all alike; the
first run of a burst is not counted. "vs best" compares with the fastest peer that computes in f32.
"""

import argparse
import gc
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/networks"))

import numpy as np
import torch
from safetensors.numpy import save_file

from contenders import CONTENDERS
from made_up_weights import made_up, made_up_state
from networks import NETWORKS

# Largest error accepted, relative to the largest logit; the peers' f32 ones are near 1e-6.
TOLERANCE = {"fovea": 1e-5, "onnxruntime": 1e-4, "openvino": 1e-4, "openvino default": 5e-2}
F32_PEERS = ("onnxruntime", "openvino")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown CPU"


def prepare(network, variant, fovea, folder):
    """Makes the files of one variant: image, ONNX, library. Returns the models by contender and PyTorch's logits."""
    model = network.ours(variant)
    state = made_up_state({key: tuple(value.shape) for key, value in model.state_dict().items()})
    model.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
    image = made_up("image", (1, 3, 224, 224))
    np.save(folder / "image.npy", image)
    with torch.no_grad():
        expected = model(torch.from_numpy(image)).numpy()
        onnx = str(folder / "network.onnx")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the exporter without torch.compile, which needs fewer packages
            torch.onnx.export(network.transcription.fuse(model), (torch.from_numpy(image),), onnx, input_names=["image"],
                              output_names=["logits"], opset_version=17, dynamo=False)  # fmt: skip
    models = {name: onnx for name in TOLERANCE if name != "fovea"}
    if fovea:
        save_file(state, folder / "weights.safetensors")
        subprocess.run([fovea, "compile", network.net, "-p", f"variant={variant}", "--weights",
                        folder / "weights.safetensors", "-o", folder], check=True)  # fmt: skip
        models = {"fovea": str(folder / f"lib{network.name}.so"), **models}
    return models, expected


def check(name, logits, expected):
    error = float(np.abs(logits - expected).max() / np.abs(expected).max())
    if not error <= TOLERANCE[name]:
        sys.exit(f"{name}: largest error {error:.1e} of the largest logit, expected at most {TOLERANCE[name]:.0e}")
    return error


def measure(contenders, seconds, burst, pause):
    """Milliseconds of every counted run, by contender."""
    times = {name: [] for name in contenders}
    for contender in contenders.values():
        for _ in range(3):
            contender.run()
    gc.disable()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, contender in contenders.items():
            time.sleep(pause)  # lets the threads of the one before come to rest
            contender.run()
            for _ in range(burst):
                start = time.perf_counter_ns()
                contender.run()
                times[name].append((time.perf_counter_ns() - start) / 1e6)
    gc.enable()
    return times


def measure_start(name, model, image, threads, repeats=5):
    """Median milliseconds from the start of a process to its first result, and its peak memory in MiB."""
    times, peaks = [], []
    command = [sys.executable, pathlib.Path(__file__).with_name("contenders.py"), name, model, image, str(threads)]
    for _ in range(repeats):
        start = time.perf_counter_ns()
        child = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        times.append((time.perf_counter_ns() - start) / 1e6)
        peaks.append(int(child.stdout) / 1024)
    return statistics.median(times), max(peaks)


def kernels(fovea, library, threads, seconds):
    """What `fovea bench` says of each kernel, calls of the same kernel added up, slowest first."""
    command = [fovea, "bench", library, "--json", "--threads", str(threads), "--time", str(seconds)]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rows = {}
    for call in report["kernels"]:
        row = rows.setdefault(call["name"], {"calls": 0, "us": 0.0, "mflop": 0.0})
        row["calls"] += 1
        row["us"] += call["us"]
        row["mflop"] += call["gflops"] * call["us"] / 1e3
    return dict(sorted(rows.items(), key=lambda item: -item[1]["us"]))


def compare(network, variant, arguments):
    """Measures one variant of a network on all contenders."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        models, expected = prepare(network, variant, arguments.fovea, folder)
        image = np.load(folder / "image.npy")
        loaded = {name: CONTENDERS[name](model, image, arguments.threads) for name, model in models.items()}
        errors = {name: check(name, contender.run(), expected) for name, contender in loaded.items()}
        times = measure(loaded, arguments.seconds, arguments.burst, 0.0 if arguments.threads == 1 else 0.05)
        for name, contender in loaded.items():
            check(name, contender.run(), expected)
        best = min(statistics.median(times[name]) for name in F32_PEERS)
        result = {"network": network.name, "variant": variant, "contenders": {}}
        for name, values in times.items():
            values.sort()
            median = statistics.median(values)
            result["contenders"][name] = {
                "median_ms": median,
                "min_ms": values[0],
                "p90_ms": values[int(len(values) * 0.9)],
                "runs": len(values),
                "speed_vs_best_f32_peer": best / median,
                "error": errors[name],
            }
        if arguments.start:
            for name, model in {"python": "", **models}.items():
                start, peak = measure_start(name, model, folder / "image.npy", arguments.threads)
                result["contenders"].setdefault(name, {}).update(first_result_ms=start, peak_mib=peak)
        if arguments.fovea:
            result["kernels"] = kernels(arguments.fovea, models["fovea"], arguments.threads, arguments.seconds / 4)
        return result


def show(result, start):
    print(f"\n{result['network']} {result['variant']}")
    header = f"{'':18}{'median ms':>10}{'min':>9}{'p90':>9}{'vs best':>9}{'error':>10}{'runs':>7}"
    print(header + (f"{'start ms':>10}{'peak MiB':>10}" if start else ""))
    for name, row in result["contenders"].items():
        line = f"{name:18}"
        if "median_ms" in row:
            line += f"{row['median_ms']:10.2f}{row['min_ms']:9.2f}{row['p90_ms']:9.2f}"
            line += f"{row['speed_vs_best_f32_peer']:8.2f}x{row['error']:10.1e}{row['runs']:7}"
        else:
            line = line.ljust(len(header))
        print(line + (f"{row['first_result_ms']:10.0f}{row['peak_mib']:10.0f}" if start else ""))
    if "kernels" in result:
        total = sum(row["us"] for row in result["kernels"].values())
        width = max(len("kernel"), *map(len, result["kernels"]))
        print(f"\n{'kernel':{width}}{'calls':>7}{'us':>9}{'share':>8}{'GFLOP/s':>9}")
        for name, row in result["kernels"].items():
            speed = row["mflop"] * 1e3 / row["us"] if row["us"] else 0.0
            print(f"{name:{width}}{row['calls']:7}{row['us']:9.0f}{row['us'] / total:8.1%}{speed:9.1f}")
        print(f"{'all':{width}}{'':7}{total:9.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default="cas_vit:xs,cas_vit:m,fat:b0", metavar="NAME:VARIANT,...",
                        help="default: %(default)s")  # fmt: skip
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=40, help="of measuring per variant (default 40)")
    parser.add_argument("--burst", type=int, default=3, help="counted runs of one contender in a row (default 3)")
    parser.add_argument("--start", action="store_true", help="also time process start to first result, and peak memory")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--peers-only", dest="fovea", action="store_const", const=None, help="leave Fovea out")
    arguments = parser.parse_args()
    if arguments.fovea and not arguments.fovea.is_file():
        parser.error(f"{arguments.fovea}: no such file; build it or name it with --fovea")

    torch.set_num_threads(1)
    report = {"cpu": processor(), "cores": os.cpu_count(), "threads": arguments.threads, "variants": []}
    print(f"{report['cpu']}, {report['cores']} cores, {arguments.threads} thread{'s'[: arguments.threads > 1]}")
    for wanted in arguments.networks.split(","):
        name, _, variant = wanted.partition(":")
        if name not in NETWORKS or variant not in NETWORKS[name].variants:
            known = ", ".join(f"{name}:{'|'.join(network.variants)}" for name, network in NETWORKS.items())
            parser.error(f"--networks: {wanted}; expected of {known}")
        result = compare(NETWORKS[name], variant, arguments)
        show(result, arguments.start)
        report["variants"].append(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
