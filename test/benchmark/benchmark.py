"""Latency, start-up, memory and size of compiled networks beside what else runs them, at batch 1, on this machine.

    benchmark.py                                   the networks of the page, one thread
    benchmark.py --networks swin_tiny_patch4_window7_224,fat:b0 --threads 2
    benchmark.py --page                            also writes the table and the picture of README.md beside this file

All get the same made-up weights: the peers as ONNX of the deployed form (branches merged, norms folded), ncnn as pnnx
converts it. A contender first runs once in a process of its own; its logits must agree with PyTorch's before a time is
believed. Runs are interleaved in short bursts, so that a slow moment of the machine hits all alike; the first run of a
burst is not counted. "vs best" compares with the fastest peer that computes in f32, bf16 with OpenVINO's default.
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

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/networks"))

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

import models
import report
from made_up_weights import made_up
from contenders import CONTENDERS, quiet

# Largest error accepted, relative to the largest logit; those of the f32 peers are near 1e-6.
TOLERANCE = {"fovea": 1e-5, "fovea bf16": 5e-2, "openvino default": 5e-2, "mnn": 1e-3}
USUAL = ("fovea", "onnxruntime", "openvino", "openvino default", "ncnn", "mnn")
PAGE = ("cas_vit:xs,cas_vit:s,cas_vit:m,cas_vit:t,fat:b0,fat:b1,mobilevit_s,mobilevitv2_100,efficientformerv2_s0,poolformer_s12,"
        "convnext_atto,convnext_tiny,swin_tiny_patch4_window7_224,fastvit_t8,repvit_m1_0,nextvit_small,crossvit_tiny_240,"
        "tnt_s_patch16_224,mobilenetv3_large_100")  # fmt: skip
START_REPEATS = 3
# Errors of these depend much on the image: the mean of several is told.
ROUNDED = ("fovea bf16", "openvino default")
ROUNDED_IMAGES = 4


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown CPU"


def start_once(name, file, image, threads, folder):
    """Runs a contender once in a process of its own: what it says of itself, the process's milliseconds, the logits."""
    command = [sys.executable, pathlib.Path(__file__).with_name("contenders.py"), name, file, image, str(threads),
               folder / "logits.npy"]  # fmt: skip
    start = time.perf_counter_ns()
    child = subprocess.run(command, capture_output=True, text=True, timeout=models.CONVERSION_SECONDS)
    process_ms = (time.perf_counter_ns() - start) / 1e6
    if child.returncode:
        lines = child.stderr.strip().splitlines()
        raise RuntimeError(lines[-1] if lines else f"ends with signal {-child.returncode}")
    return json.loads(child.stdout) | {"process_ms": process_ms}, np.load(folder / "logits.npy")


def error_of(logits, expected):
    if logits.shape != expected.shape:
        raise RuntimeError(f"gives logits of shape {logits.shape}, expected {expected.shape}")
    return float(np.abs(logits - expected).max() / np.abs(expected).max())


def check(name, logits, expected):
    """The error of the logits; raises RuntimeError if it is too large."""
    error, tolerance = error_of(logits, expected), TOLERANCE.get(name, 1e-4)
    if not error <= tolerance:
        raise RuntimeError(f"largest error {error:.1e} of the largest logit, expected at most {tolerance:.0e}")
    return error


def mean_error(name, file, model, threads):
    """The error on several made-up images, each measured in a session of its own."""
    errors = []
    for number in range(ROUNDED_IMAGES):
        image = made_up(f"image {number}", model.image.shape)
        with torch.no_grad(), quiet():
            logits = np.array(CONTENDERS[name](str(file), image, threads).run())
            errors.append(error_of(logits, model.module(torch.from_numpy(image)).numpy()))
    return statistics.mean(errors)


def prepare(name, model, convert, arguments, folder):
    """Converts the model for a contender, tries it, and measures its start. Returns the file and the figures."""
    file = convert(model, folder)
    starts = []
    for _ in range(START_REPEATS if arguments.start else 1):
        figures, logits = start_once(name, file, folder / "image.npy", arguments.threads, folder)
        error = check(name, logits, model.logits)
        starts.append(figures)
    return file, {
        "error": error,
        "first_result_ms": statistics.median(start["first_result_ms"] for start in starts),
        "process_ms": statistics.median(start["process_ms"] for start in starts),
        "peak_mib": max(start["peak_kib"] for start in starts) / 1024,
        "disk_mb": models.bytes_on_disk(name, file) / 1e6,
    }


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


def profile(fovea, library, threads, seconds):
    """What `fovea bench` says: the peak of a core in GFLOP/s, and each kernel, calls of the same added up."""
    command = [fovea, "bench", library, "--json", "--threads", str(threads), "--time", str(seconds)]
    output = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    rows = {}
    for call in output["kernels"]:
        row = rows.setdefault(call["name"], {"calls": 0, "us": 0.0, "mflop": 0.0})
        row["calls"] += 1
        row["us"] += call["us"]
        row["mflop"] += call["gflops"] * call["us"] / 1e3
    return output["peak_gflops"], dict(sorted(rows.items(), key=lambda item: -item[1]["us"]))


def multiply_adds(model):
    """GFLOP of convolutions and matrix products, a multiply-add counted as two."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.module(torch.from_numpy(model.image))
    return counter.get_total_flops() / 1e9


def compare(name, arguments):
    """Measures one network on all contenders."""
    model = models.load(name)
    result = {"network": name, "gflop": multiply_adds(model), "contenders": {}, "failures": {}}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        np.save(folder / "image.npy", model.image)
        converters, loaded = models.converters(arguments.fovea), {}
        files = {}
        for contender in arguments.contenders:
            try:
                files[contender], figures = prepare(contender, model, converters[contender], arguments, folder)
                with quiet():
                    loaded[contender] = CONTENDERS[contender](str(files[contender]), model.image, arguments.threads)
                result["contenders"][contender] = figures
            except (RuntimeError, subprocess.TimeoutExpired, StopIteration) as problem:
                result["failures"][contender] = str(problem).strip()[:200]
        times = measure(loaded, arguments.seconds, arguments.burst, 0.0 if arguments.threads == 1 else 0.05)
        for contender, values in times.items():
            check(contender, loaded[contender].run(), model.logits)
            if contender in ROUNDED and "fovea bf16" in loaded:
                result["contenders"][contender]["error"] = mean_error(contender, files[contender], model, arguments.threads)
            values.sort()
            result["contenders"][contender].update(
                median_ms=statistics.median(values), min_ms=values[0], p90_ms=values[int(len(values) * 0.9)], runs=len(values)
            )
        if "fovea" in loaded:
            peak, result["kernels"] = profile(arguments.fovea, files["fovea"], arguments.threads, arguments.seconds / 8)
            result["peak_gflops"] = peak * arguments.threads
    report.add_ratios(result)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default=PAGE, metavar="NAME,...", help="default: those of the page")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20, help="of measuring per network (default 20)")
    parser.add_argument("--burst", type=int, default=3, help="counted runs of one contender in a row (default 3)")
    parser.add_argument("--no-start", dest="start", action="store_false", help="time the start of processes only once")
    parser.add_argument("--with", dest="more", action="append", default=[],
                        choices=sorted(CONTENDERS.keys() - {*USUAL, "python"}), help="also compare with this, which is slow")
    parser.add_argument("--without", action="append", default=[], choices=USUAL, help="leave this out")
    parser.add_argument("--kernels", action="store_true", help="also print the time of each kernel")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--from-json", type=pathlib.Path, metavar="FILE", help="measure nothing, show these figures")
    parser.add_argument("--page", action="store_true", help="write the table and the picture of README.md")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    arguments = parser.parse_args()
    arguments.contenders = [name for name in (*USUAL, *arguments.more) if name not in arguments.without]
    if "fovea" in arguments.contenders and not arguments.fovea.is_file():
        parser.error(f"{arguments.fovea}: no such file; build it or name it with --fovea")
    wanted = arguments.networks.split(",")
    for name in wanted:
        if name not in models.names():
            parser.error(f"--networks: {name}; expected of {', '.join(models.names())}")

    if arguments.from_json:
        run = json.loads(arguments.from_json.read_text())
    else:
        torch.set_num_threads(1)
        run = {"cpu": processor(), "cores": os.cpu_count(), "threads": arguments.threads, "networks": []}
        print(f"{run['cpu']}, {run['cores']} cores, {arguments.threads} thread{'s'[: arguments.threads > 1]}", flush=True)
        for name in wanted:
            result = compare(name, arguments)
            report.show(result, arguments.kernels)
            run["networks"].append(result)
            if arguments.json:
                arguments.json.write_text(json.dumps(run, indent=2) + "\n")
    report.show_summary(run)
    if arguments.page:
        report.write_page(run, pathlib.Path(__file__).parent)


if __name__ == "__main__":
    main()
