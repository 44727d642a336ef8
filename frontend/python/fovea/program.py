"""What the parts of `fovea` that are in Python have in common: how they end."""

import pathlib
import re
import sys
import traceback

from fovea.importer.errors import UserError, printable


def run_program(command, packages, run):
    """Calls `run` and returns the exit code. `packages` are those that the subcommand `command` needs, as pip takes
    them."""
    try:
        run()
    except UserError as error:
        for message in error.messages:
            print(f"fovea: error: {printable(message)}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name not in [re.split("[<>=]", package)[0] for package in packages]:
            return report_fault(error)
        wanted = " ".join(f"'{package}'" if ">" in package else package for package in packages)
        remedy = f"{sys.executable} -m pip install {wanted}"
        print(f"fovea: error: '{command}' needs the Python package {error.name}: {remedy} [python]", file=sys.stderr)
        return 1
    except OSError as error:  # what is read has errors of its own
        print(f"fovea: error: {error.filename}: {error.strerror} [file-access]", file=sys.stderr)
        return 1
    except Exception as error:  # a fault of ours; what the user gave does not lead here
        return report_fault(error)
    return 0


def report_fault(error):
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{pathlib.Path(frame.filename).name}:{frame.lineno}"
    text = printable(f"{type(error).__name__}: {error}")
    print(f"fovea: error: internal error: {text} ({where})", file=sys.stderr)
    return 3
