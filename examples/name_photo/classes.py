"""The names of ImageNet's classes as a C array: classes.py NAMES.json OUT.h

NAMES.json has an entry per class, '"285": "Egyptian cat"'; of several names, with commas between them, the first is
taken.
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    names = json.load(file)
lines = [json.dumps(names[str(number)].split(",")[0]) for number in range(len(names))]
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write("/* Written by classes.py. */\nstatic const char *const classes[] = {\n  " + ",\n  ".join(lines) + "};\n")
