"""format_all.py FOVEA RESPACE FILE...: each file, in canonical form, comes back from 20 ways to space it."""
import subprocess
import sys

fovea, respace, *files = sys.argv[1:]
changed = 0
for path in files:
    with open(path, "rb") as file:
        canonical = file.read()
    for seed in range(20):
        text = subprocess.run([sys.executable, respace, path, str(seed)], stdout=subprocess.PIPE, check=True).stdout
        changed += text != canonical
        result = subprocess.run([fovea, "fmt", "-"], input=text, stdout=subprocess.PIPE, check=True).stdout
        if result != canonical:
            sys.stdout.buffer.write(text)
            sys.exit(f"{path}: another form with space of seed {seed}")
if changed < 20 * len(files):
    sys.exit("the space was not changed")
