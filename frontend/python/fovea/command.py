"""The program `fovea`, which an installed package has in its folder `bin`."""

import os
import pathlib
import shutil
import sys

PROGRAM = pathlib.Path(__file__).with_name("bin") / "fovea"


def find_program():
    """The package's own, or else the first on the PATH, or None."""
    return str(PROGRAM) if PROGRAM.exists() else shutil.which("fovea")


def main():
    """The command `fovea` of an installation: the program, whose parts in Python run on this one."""
    os.environ.setdefault("FOVEA_PYTHON", sys.executable)
    os.execv(PROGRAM, sys.argv)
