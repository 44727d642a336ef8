"""What is left when compiles are killed, the disk is full, or several write to one folder.

robustness.py TEST FOLDER NET ARGUMENT     makes FOLDER; prints a line of figures; fails if a library or the cache is wrong

  kill TIMES       kills compiles at random moments
  every SHIM       kills a compile at each call that changes the disk (disk_calls.c)
  interrupt SHIM   ends a compile by a signal while a kernel hangs (kernel_fault.cpp)
  disk SHIM        compiles on small disks (small_disk.c)
  together TIMES   compiles eight times at once, and that many times over

A library is compiled with one of two sets of weights, and each file in the folder it is written to must be one of the two,
byte by byte; if there is a manifest, all four must be of one set."""
import ctypes
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import numpy as np

test, folder, net, argument = sys.argv[1:]
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
os.chdir(folder)
FILES = ["libpointwise.so", "libpointwise.a", "pointwise.h", "pointwise.json"]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def command(version, *extra):
    return ["fovea", "compile", net, "--weights", f"{version}.safetensors", "-o", "disk/out", "--cache", "disk/cache", *extra]


def expected(weights, x):
    """What the network in examples/pointwise.net makes of x."""
    content = read(weights)
    size = int.from_bytes(content[:8], "little")
    tensors = {}
    for name, entry in json.loads(content[8 : 8 + size]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(content[8 + size + begin : 8 + size + end], np.float32)
            tensors[name] = values.reshape(entry["shape"]).astype(np.float64)
    y = np.einsum("oi,nihw->nohw", tensors["conv.weight"][:, :, 0, 0], x) + tensors["conv.bias"][:, None, None]
    return 0.5 * y * (1 + np.vectorize(math.erf)(y / math.sqrt(2)))


def run(output):
    command = ["fovea", "run", "disk/out/libpointwise.so", "--input", "x=x.npy", "--output", f"y={output}"]
    subprocess.run(command, check=True)
    return read(output)


ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
np.save("x.npy", np.random.default_rng(0).standard_normal((1, 48, 56, 56), np.float32))
wanted = {}
for version in "ab":
    subprocess.run(["fovea", "weights", net, "--seed", str(ord(version)), "-o", f"{version}.safetensors"], check=True)
    subprocess.run(command(version, "--no-cache", "-q"), check=True)
    wanted[version] = {name: read(f"disk/out/{name}") for name in FILES}
    run(f"{version}.npy")
    right = expected(f"{version}.safetensors", np.load("x.npy"))
    assert np.abs(np.load(f"{version}.npy") - right).max() < 1e-5 * np.abs(right).max()
    shutil.rmtree("disk")
assert wanted["a"]["libpointwise.so"] != wanted["b"]["libpointwise.so"] and read("a.npy") != read("b.npy")


def staging():
    return [name for name in os.listdir("disk/out") if name.startswith(".")] if os.path.isdir("disk/out") else []


def state():
    """'a' or 'b' if all is of one set, else 'incomplete', 'absent' or an exception."""
    if not os.path.isdir("disk/out"):
        return "absent"
    names = [name for name in os.listdir("disk/out") if not name.startswith(".")]
    assert set(names) <= set(FILES), names
    versions = {}
    for name in names:
        content = read(f"disk/out/{name}")
        found = [version for version in "ab" if content == wanted[version][name]]
        assert found, f"{name} is neither the one nor the other"
        versions[name] = found
    if "pointwise.json" not in names:
        return "incomplete" if names else "absent"
    for version in "ab":
        if set(names) == set(FILES) and all(version in found for found in versions.values()):
            return version
    sys.exit(f"a manifest, but no set: {versions}")


def check_snapshot():
    """What is there while others write: as long as there is one manifest, there is the set that it tells of."""
    try:
        before = os.stat("disk/out/pointwise.json")
        problem = None
        try:
            state()
        except SystemExit as mixed:
            problem = mixed
        after = os.stat("disk/out/pointwise.json")
    except FileNotFoundError:
        return
    if problem and (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns):
        raise problem


def check_run():
    """The library computes what its version does."""
    found = state()
    assert run("found.npy") == read(f"{found}.npy")


def wait_for_group(group):
    """Waits for the end of all processes of a group, whose orphans are ours."""
    for _ in range(1000):
        try:
            if os.waitpid(-group, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
        except ChildProcessError:
            return
    sys.exit("a process lives on")


def spend(*arguments):
    start = time.monotonic()
    subprocess.run(command(*arguments), check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def kill(times):
    random.seed(0)
    cold, warm = spend("a"), spend("a")
    states, most, turn, killed = {}, 0, -1, 0
    # The machine's speed changes: at least `times` moments, and as many more as it takes to hit half of them.
    while turn + 1 < times or killed < times / 2:
        turn += 1
        fresh = turn % 4 == 0
        if fresh:
            shutil.rmtree("disk/cache", ignore_errors=True)
        if turn % 16 == 0:
            shutil.rmtree("disk/out", ignore_errors=True)
        process = subprocess.Popen(command("ab"[turn % 2], "-q"), start_new_session=True)
        time.sleep(random.uniform(0, 1.3 * (cold if fresh else warm)))
        process.kill()
        ended = "killed" if process.wait() == -signal.SIGKILL else "done"
        killed += ended == "killed"
        wait_for_group(process.pid)
        key = f"{ended}: {state()}"
        states[key] = states.get(key, 0) + 1
        most = max(most, len(staging()))
        if turn % 20 == 0:
            spend("b")
            assert state() == "b"
            check_run()
    # The objects in the cache are those that a compile without it makes.
    spend("a")
    assert state() == "a" and not staging(), staging()
    check_run()
    assert most <= 2, most
    print(f"{killed} killed, at most {most} folders left behind; {sorted(states.items())}")


def every(shim):
    spend("a")
    states, call = [], 0
    while not states or states[-1] != "b":
        call += 1
        environment = dict(os.environ, LD_PRELOAD=shim, KILL_AT=str(call))
        code = subprocess.run(command("b", "-q"), env=environment).returncode
        states.append(state())
        assert code == (0 if states[-1] == "b" and not staging() else -signal.SIGKILL), code
    # Until all else has been moved there is no manifest that tells of it.
    assert states == sorted(states, key=["a", "incomplete", "b"].index) and "incomplete" in states, states
    spend("a")
    assert state() == "a" and not staging()
    check_run()
    print(f"{call} calls: {states}")


def interrupt(shim):
    for number in [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]:
        signal.signal(number, signal.SIG_DFL)  # what this process ignores, its children ignore
        environment = dict(os.environ, LD_PRELOAD=shim, FAULT="hang", FAULT_KERNEL="1")
        process = subprocess.Popen(command("a", "-j", "1"), start_new_session=True, env=environment)
        children = f"/proc/{process.pid}/task/{process.pid}/children"
        while not read(children):
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait() == -number, process.returncode
        wait_for_group(process.pid)
        assert state() == "absent" and not os.path.exists("disk/out")
    print("nothing left")


def disk(shim):
    failures = 0
    for turn in range(20):
        shutil.rmtree("disk", ignore_errors=True)
        spend("a", "--no-cache")
        size = sum(map(len, wanted["a"].values()))
        environment = dict(os.environ, LD_PRELOAD=shim, DISK=os.path.realpath("disk"), DISK_BYTES=str(size + turn * 20000))
        result = subprocess.run(command("b"), stderr=subprocess.PIPE, text=True, env=environment)
        assert not staging()
        assert state() == ("b" if result.returncode == 0 else "a")
        check_run()
        if result.returncode == 0:
            continue
        failures += 1
        assert result.returncode == 4 and "No space left on device" in result.stderr, result
        assert os.path.realpath("disk/out") in result.stderr, result.stderr
        spend("b")  # with what the cache has by then
        assert state() == "b"
    assert 10 <= failures < 20, failures
    print(f"{failures} of 20 disks were too small")


def together(times):
    states = ""
    for turn in range(times):
        shutil.rmtree("disk", ignore_errors=True)
        jobs = [subprocess.Popen(command("ab"[job % 2], "-q", "-j", "1")) for job in range(8)]
        while any(job.poll() is None for job in jobs):
            check_snapshot()
        assert [job.returncode for job in jobs] == [0] * 8
        assert not staging()
        states += state()
        assert states[-1] in "ab"
        check_run()
        # Nor is there anything wrong in the cache.
        for version in "ab":
            spend(version)
            assert state() == version
    print(f"the last one wins: {states}")


if test in ("kill", "together"):
    argument = int(argument)
{"kill": kill, "every": every, "interrupt": interrupt, "disk": disk, "together": together}[test](argument)
