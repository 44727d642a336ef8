"""Times read_text and rapidocr in turns, on the same pictures.

    bench.py READ_TEXT LIBRARIES PICTURE... [--rounds N] [--edition 6]

Cold: a process from its start to its end, for one picture. Steady: milliseconds for a picture in a process that has
read all of them before. Both use as many threads as they do by themselves. Prints medians over the rounds, and their
ratio. Needs rapidocr_onnxruntime 1.4.4, or rapidocr 3.10 with --edition 6.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time

RAPIDOCR = """
import sys, time
if sys.argv[1] == "4":
    from rapidocr_onnxruntime import RapidOCR
else:
    from rapidocr import RapidOCR
read = RapidOCR()
for path in sys.argv[2:]:
    start = time.perf_counter()
    read(path)
    print(f"{path}: {(time.perf_counter() - start) * 1e3:.2f} ms")
"""


def run(command):
    """(seconds, the milliseconds that it prints, one for each picture)"""
    start = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if result.returncode:
        sys.exit(f"bench.py: {command[:3]} failed:\n{result.stderr}")
    return seconds, [float(text) for text in re.findall(r": ([\d.]+) ms$", result.stdout + result.stderr, re.M)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("read_text")
    parser.add_argument("libraries")
    parser.add_argument("pictures", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--edition", choices=["4", "6"], default="4", help="of PP-OCR")
    arguments = parser.parse_args()
    ours = [arguments.read_text, "--time", "--edition", arguments.edition, arguments.libraries]
    theirs = [sys.executable, "-c", RAPIDOCR, arguments.edition]

    cold, steady = [], []
    for _ in range(arguments.rounds):
        for picture in arguments.pictures:
            cold.append([run([*command, picture])[0] * 1e3 for command in (ours, theirs)])
        times = [run([*command, *arguments.pictures, *arguments.pictures])[1] for command in (ours, theirs)]
        steady.append([each[len(arguments.pictures) :] for each in times])
    medians = [statistics.median(each) for each in zip(*cold)]
    print(f"cold: {medians[0]:.0f} ms, rapidocr {medians[1]:.0f} ms, {medians[0] / medians[1]:.2f} of it")
    for index, picture in enumerate(arguments.pictures):
        medians = [statistics.median(each[side][index] for each in steady) for side in (0, 1)]
        print(f"{picture}: {medians[0]:.1f} ms, rapidocr {medians[1]:.1f} ms, {medians[0] / medians[1]:.2f} of it")


if __name__ == "__main__":
    main()
