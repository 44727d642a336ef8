"""Runs the examples of a Markdown file: `net` blocks through the compiler up to the host program, `mlir` blocks through
fovea-opt. Usage: documents.py FILE.md FOLDER; files made for the purpose go into FOLDER."""
import re
import subprocess
import sys
from pathlib import Path

document, folder = Path(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
commands = {"net": ["fovea", "compile", "--emit=host"], "mlir": ["fovea-opt"]}
text = document.read_text(encoding="utf-8")
ran = failed = 0
for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
    if match[1] not in commands:
        continue
    line = text.count("\n", 0, match.start()) + 1
    path = folder / f"{document.stem}-{line}.{match[1]}"
    path.write_text(match[2], encoding="utf-8")
    result = subprocess.run([*commands[match[1]], str(path)], capture_output=True, text=True)
    ran += 1
    if result.returncode:
        failed += 1
        print(f"{document}:{line}: this example does not work:\n{result.stderr}")
for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
    if not (document.parent / target).exists():
        failed += 1
        print(f"{document}: there is no {target}")
print(f"{ran} examples, {failed} wrong")
sys.exit(1 if failed or not ran else 0)
