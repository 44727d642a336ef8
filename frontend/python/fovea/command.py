"""The program `fovea`, which an installed package has in its folder `bin`."""

import os
import pathlib
import sys

PROGRAM = pathlib.Path(__file__).with_name("bin") / "fovea"


def main():
    """The command `fovea` of an installation: the program, whose parts in Python run on this one."""
    os.environ.setdefault("FOVEA_PYTHON", sys.executable)
    os.execv(PROGRAM, sys.argv)
