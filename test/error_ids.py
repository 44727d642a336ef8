"""Every error of frontend/ErrorIds.def is expected by a test, and every error of the user's is reported with an id."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).parent.parent
# What makes errors without an id: everything goes through frontend/ErrorIds.h. A weight without a place is internal.
bare = re.compile(r"\bemitError\((?!StringRef|UnknownLoc)|\bcreateStringError\((?![^;]*withId)|make_error<(?:llvm::)?StringError")


def table():
    return re.findall(r'^ERROR_ID\((\w+), "([a-z-]+)"', (root / "frontend/ErrorIds.def").read_text(), re.MULTILINE)


def expectations():
    """What tests expect: FileCheck and --verify-diagnostics lines, files to compare with, C++ strings."""
    for file in sorted((root / "test").rglob("*")):
        if file.suffix in {".expected", ".cpp"}:
            yield file.read_text()
        elif file.suffix in {".test", ".net", ".mlir"}:
            lines = file.read_text().splitlines()
            yield "\n".join(line for line in lines if re.search(r"expected-error|expected-warning|^(// )?[A-Z0-9-]+:", line))


def sources():
    for folder in ("frontend", "compiler/tools", "compiler/transforms"):
        for file in sorted((root / folder).glob("*.cpp")) + sorted((root / folder).glob("*.h")):
            if file.stem != "ErrorIds":
                yield file, file.read_text()


def imports():
    """The importer is in Python, and names an error by its id."""
    return "".join(file.read_text() for file in sorted((root / "frontend/python").rglob("*.py")))


def main():
    gaps, ids = [], table()
    tests = "\n".join(expectations())
    uses = "\n".join(text for _, text in sources())
    python = imports()
    for name, spelling in ids:
        if f"[{spelling}]" not in tests:
            gaps.append(f"[{spelling}]: no test expects it")
        if f"ErrorId::{name}" not in uses and f'"{spelling}"' not in python and name != "Usage":
            gaps.append(f"[{spelling}]: nothing reports it")
    for file, text in sources():
        if file.parent.name == "transforms":  # what passes report gets an id from who runs them
            continue
        for match in bare.finditer(text):
            gaps.append(f"{file.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}: an error without an id")
    for gap in gaps:
        print(gap)
    print(f"{len(ids)} ids, {len(gaps)} gaps")
    return 1 if gaps or not ids else 0


sys.exit(main())
