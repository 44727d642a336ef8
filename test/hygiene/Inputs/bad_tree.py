"""Makes a folder in which each check of hygiene.py has something to find."""
import sys
from pathlib import Path

root = Path(sys.argv[1])
for name, text in {
    ".clang-format": "BasedOnStyle: LLVM\n",
    "kernel.cpp": "#include  <Halide.h>\n",
    "compiler/halide/Layer.cpp": "auto a = exp(x);\nauto b = Halide::fast_exp(x);\nauto c = nnExp(x); // not exp(x)\n",
    "long.txt": "line\n" * 801,
    "paths.txt": "/usr/lib\n/" + "home/someone/data\n",
    "test/no-run.test": "CHECK: ok\n",
    "test/no-tool.test": "RUN" ": not no-such-tool %s | cat\n",
    "test/good.test": "RUN" ": true\n",
}.items():
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
