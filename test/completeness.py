"""Lists what the project defines and no test looks at: ops, their labelled constraints, passes. Exit status 1 if any.

The definitions are read by llvm-tblgen, so a new op or pass is missed here until it has its tests:

  op             test/dialect/FAMILY.mlir prints it again (CHECK), FAMILY-invalid.mlir uses it wrongly
  constraint     a comment `MNEMONIC C1` in an -invalid.mlir stands at the wrong use
  fold, pattern  FAMILY-canonicalize.mlir uses the op
  reference      a unit test in test/dialect evaluates the op
  layer          a .net file calls it
  kernel         a kernel test emits the op, or form-kernels never sees it (see `gone`)
  pass           test/compiler/FOLDER/PASS.mlir, and PASS-errors.mlir if the pass reports errors of its own
"""
import json
import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
# Ops that canonicalization replaces by others, or that say where a weight comes from.
gone = {
    *("hvn.batch_norm", "hvn.group_norm", "hvn.layer_norm", "hvn.rms_norm", "hvn.split", "hvn.linear_attention"),
    *("hvn.merge", "hvn.unmerge", "hvn.rename", "hvn.pixel_shuffle", "hvn.pixel_unshuffle"),  # reshapes and permutes
    *("hvn.param", "hvn.iota"),
    "hvn.from_image",  # done by the runtime
}


def text_of(*patterns):
    """The text of all files that match, comments included."""
    return "\n".join(path.read_text() for pattern in patterns for path in sorted(root.glob(pattern)) if path.is_file())


def records(file, kind):
    """The records of the class `kind` in a TableGen file, and all records by name."""
    include = subprocess.run(["llvm-config", "--includedir"], check=True, capture_output=True, text=True).stdout.strip()
    command = ["llvm-tblgen", "-dump-json", f"-I{root}", f"-I{include}", str(file)]
    dump = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return [dump[name] for name in dump["!instanceof"].get(kind, [])], dump


def check_ops(report):
    round_trips = "\n".join(
        path.read_text()
        for path in sorted((root / "test/dialect").glob("*.mlir"))
        if not re.search(r"-(invalid|canonicalize)$", path.stem)
    )
    invalid = text_of("test/dialect/*-invalid.mlir")
    canonical = text_of("test/dialect/*-canonicalize.mlir")
    reference = text_of("test/dialect/*Test.cpp")
    networks = text_of("test/frontend/*.net", "examples/*.net")
    kernels = text_of("test/kernels/*")
    found = 0
    for file in ("dialect/HvnOps.td", "dialect/KernOps.td"):
        ops, dump = records(root / file, "Op")
        for op in ops:
            found += 1
            mnemonic = op["opName"]
            dialect = "hvn" if "Hvn" in op["opDialect"]["def"] else "kern"
            name = f"{dialect}.{mnemonic}"
            use = rf"{re.escape(name)}\b"
            interfaces = json.dumps([dump[trait["def"]] for trait in op["traits"]])
            if not re.search(rf"// CHECK.*{use}", round_trips):
                report(f"{name}: no round trip in test/dialect")
            if not re.search(use, invalid):
                report(f"{name}: no wrong use in test/dialect/*-invalid.mlir")
            for label in re.findall(r"\((C\d+)\)", op["description"]):
                if not re.search(rf"// {mnemonic} {label}\b", invalid):
                    report(f"{name}: constraint {label} is not violated by any test")
            if (op["hasFolder"] or op["hasCanonicalizer"]) and not re.search(use, canonical):
                report(f"{name}: folds, but stands in no test/dialect/*-canonicalize.mlir")
            if "ReferenceInterface" in interfaces and not re.search(use, reference):
                report(f"{name}: its reference is tested in no test/dialect/*Test.cpp")
            if "LayerInterface" in interfaces and not re.search(rf"\b{mnemonic}\b", networks):
                report(f"{name}: a layer that no .net file of the tests calls")
            if "ReferenceInterface" in interfaces and name not in gone | {"kern.pack"} and not re.search(use, kernels):
                report(f"{name}: no kernel of test/kernels emits it")
    return found


def check_passes(report):
    passes = {}
    for file in sorted(root.glob("compiler/*/Passes.td")):
        for record in records(file, "PassBase")[0]:
            passes[record["argument"]] = file.parent
    # Passes that are declared in C++.
    for file in sorted(root.glob("compiler/*/*.cpp")):
        for argument in re.findall(r'getArgument\(\) const override \{ return "([^"]+)"', file.read_text()):
            passes[argument] = file.parent
    for argument, folder in passes.items():
        stem = "".join(part.capitalize() for part in argument.split("-"))
        if not list(root.glob(f"test/compiler/*/{argument}.mlir")):
            report(f"{argument}: no test/compiler/*/{argument}.mlir")
        source = folder / f"{stem}.cpp"
        errors = source.exists() and "emitError" in source.read_text()
        if errors and not list(root.glob(f"test/compiler/*/{argument}-errors.mlir")):
            report(f"{argument}: reports errors, but there is no test/compiler/*/{argument}-errors.mlir")
    return len(passes)


def main():
    gaps = []
    ops, passes = check_ops(gaps.append), check_passes(gaps.append)
    for gap in gaps:
        print(gap)
    print(f"{ops} ops and {passes} passes, {len(gaps)} gaps")
    return 1 if gaps or not ops or not passes else 0


sys.exit(main())
