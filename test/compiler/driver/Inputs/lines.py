"""lines.py N COMMAND...: fails when the command prints more than N lines, or one of more than 120 characters."""
import subprocess
import sys

limit, command = int(sys.argv[1]), sys.argv[2:]
lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
if len(lines) > limit or max(map(len, lines)) > 120:
    sys.exit(f"{len(lines)} lines of at most {max(map(len, lines))} characters")
