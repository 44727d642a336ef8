"""Runs a command and passes on what it prints, stderr included; fails unless it exits with the given code.

exits.py CODE COMMAND..."""
import subprocess
import sys

expected, command = int(sys.argv[1]), sys.argv[2:]
process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
sys.stdout.write(process.stdout)
if process.returncode != expected:
    sys.exit(f"exit code {process.returncode}, expected {expected}")
