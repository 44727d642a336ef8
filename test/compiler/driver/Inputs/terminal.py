"""terminal.py COMMAND...: runs the command with a terminal as stderr and prints what it draws, one drawing a line."""
import os
import pty
import subprocess
import sys

ours, theirs = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stderr=theirs, stdout=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm"})
os.close(theirs)
text = b""
while True:
    try:
        piece = os.read(ours, 4096)
    except OSError:  # the other side is closed
        break
    if not piece:
        break
    text += piece
for line in text.decode().replace("\r\n", "\n").split("\r\033[K"):
    sys.stdout.write(line if line.endswith("\n") or not line else line + "\n")
sys.exit(process.wait())
