"""Reads what fovea-translate --split-input-file prints; prints each error as LINE:COLUMN: text, lines as in the file."""
import re
import sys

pattern = re.compile(r"within split at .*:(\d+) offset :(\d+):(\d+): error: (.*)")
for line in sys.stdin:
    if match := pattern.match(line):
        start, offset, column, text = match.groups()
        print(f"{int(start) + int(offset) - 1}:{column}: {text}")
