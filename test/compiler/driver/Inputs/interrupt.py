"""interrupt.py FOLDER SIGNAL COMMAND...: runs the command, signals it once FOLDER has a hidden entry, and fails unless the
command then ends by that signal. On a busy machine the entry may come and go unseen, so there are several attempts."""
import os
import signal
import subprocess
import sys

folder, number, command = sys.argv[1], signal.Signals[sys.argv[2]], sys.argv[3:]
for attempt in range(20):
    process = subprocess.Popen(command)
    seen = False
    while process.poll() is None and not seen:
        seen = any(name.startswith(".") for name in os.listdir(folder))
    if seen:
        process.send_signal(number)
    if process.wait() == -number:
        sys.exit()
    if process.returncode:
        sys.exit(f"exit code {process.returncode}, expected the end by {number.name}")
sys.exit("the signal always came too late")
