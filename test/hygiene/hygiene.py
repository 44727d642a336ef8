"""Checks the text of the project's files. Usage: hygiene.py CHECK [ROOT]; prints `FILE:LINE: what is wrong`, one a line.

Exit status 1 if anything is wrong, or if the check had nothing to look at. The checks are the functions below.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

MAX_LINES = 800
CODE = {".c", ".cpp", ".h"}
# Places of one machine: a home, or somebody's folder beside the system's. Templates of mkdtemp are none.
MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:home|root|Users|work|workspace|mnt|media|tmp)/(?!\S*XXXXXX)[\w.-]+")
# Functions of Halide that are wrong for NaN, infinities or huge arguments, or only nearly right.
UNSAFE_HALIDE = re.compile(r"(?:\bHalide::|(?<![\w.:>]))(?:exp|erf|tanh|fast_\w+)\s*\(")
INCLUDES_HALIDE = re.compile(r'#\s*include\s*[<"]Halide')
RUN_LINE = re.compile(r"RUN:(.*?)(\\?)$")


def files(root):
    """The project's files: all but what is built, and what tools leave behind."""
    for folder, subfolders, names in os.walk(root):
        top = folder == str(root)
        skipped = {".git", ".cache", "__pycache__"}
        subfolders[:] = sorted(s for s in subfolders if s not in skipped and not (top and re.match(r"build\b", s)))
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix not in {".npy", ".pyc"} and name != "compile_commands.json":
                yield path


def lines(root):
    """Every line of text as (file, number, text)."""
    for path in files(root):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield path, number, line


def check_format(root):
    """C and C++ are as clang-format leaves them."""
    sources = [str(path) for path in files(root) if path.suffix in CODE]
    command = ["clang-format-22", f"--style=file:{root}/.clang-format", "--dry-run", "--Werror", *sources]
    output = subprocess.run(command, capture_output=True, text=True).stderr
    # Each complaint comes with the line and a caret: its first line is enough.
    return len(sources), [line for line in output.splitlines() if ": error:" in line] or output.splitlines()


def check_length(root):
    """No file is long."""
    count, found = 0, []
    for path in files(root):
        count += 1
        length = len(path.read_text(encoding="utf-8").splitlines())
        if length > MAX_LINES:
            found.append(f"{path}:{MAX_LINES}: {length} lines, at most {MAX_LINES} are good to read")
    return count, found


def check_paths(root):
    """Nothing depends on one machine's folders."""
    count, found = 0, []
    for path, number, line in lines(root):
        count += 1
        if match := MACHINE_PATH.search(line):
            found.append(f"{path}:{number}: a path of one machine: {match[0]}")
    return count, found


def check_halide(root):
    """Halide stays in its folder, and its inexact functions outside of all but one file."""
    count, found = 0, []
    for path, number, line in lines(root):
        if path.suffix not in CODE:
            continue
        count += 1
        folder = path.parent.relative_to(root).as_posix()
        code = line.split("//")[0]
        if folder != "compiler/halide":
            if INCLUDES_HALIDE.search(code):
                found.append(f"{path}:{number}: only compiler/halide includes Halide")
        elif path.name != "NnMath.cpp" and (match := UNSAFE_HALIDE.search(code)):
            found.append(f"{path}:{number}: {match[0]}): the functions of NnMath.h are right at the edges")
    return count, found


def commands(text):
    """The programs that a RUN line starts, as written. Quoted text is no program."""
    text = re.sub(r"'[^']*'|\"[^\"]*\"", "''", text)
    for command in re.split(r"\|\||&&|[|;]", text):
        words = [word for word in command.split() if not re.match(r"(!|not|env|--crash|-[a-z]|\w+=.*)$", word)]
        if words:
            yield words[0]


def check_run_lines(root):
    """Every test runs something, and every program in a RUN line exists: `not` of a missing program would pass."""
    count, found = 0, []
    builtin = {"cd", "export", "echo", "mkdir", "rm", "diff", "cat", "true", "false", ":"}
    for path in files(root / "test"):
        if path.suffix not in {".mlir", ".net", ".test"} or "Inputs" in path.parts:
            continue
        count += 1
        runs, continued = 0, False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = RUN_LINE.search(line)
            if not match:
                continue
            runs += 1
            programs = list(commands(match[1]))
            if continued and not match[1].lstrip().startswith(("|", "&", ";")):
                programs = programs[1:]  # the rest of a command
            continued = bool(match[2])
            for program in programs:
                if not re.search("[%/]", program) and program not in builtin and not shutil.which(program):
                    found.append(f"{path}:{number}: there is no program {program}")
        if not runs:
            found.append(f"{path}:1: a test without RUN line")
    return count, found


def main():
    checks = {name[6:].replace("_", "-"): check for name, check in globals().items() if name.startswith("check_")}
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1] not in checks:
        sys.exit(f"usage: hygiene.py {'|'.join(checks)} [ROOT]")
    root = Path(sys.argv[2] if len(sys.argv) == 3 else Path(__file__).parents[2]).resolve()
    count, found = checks[sys.argv[1]](root)
    for line in found:
        print(line.replace(f"{root}/", ""))
    print(f"{sys.argv[1]}: {count} looked at, {len(found)} wrong")
    return 1 if found or not count else 0


sys.exit(main())
