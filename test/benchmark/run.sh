#!/bin/sh
# Latency of networks against ONNX Runtime and OpenVINO, in a Python environment of its own with pinned versions.
# Arguments go to benchmark.py: run.sh --help
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
venv="$root/build/benchmark-venv"
if ! cmp -s "$root/test/benchmark/requirements.txt" "$venv/installed.txt"; then
  echo "Installing the peers into $venv (once)" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$root/test/benchmark/requirements.txt"
  cp "$root/test/benchmark/requirements.txt" "$venv/installed.txt"
fi
exec "$venv/bin/python" "$root/test/benchmark/benchmark.py" "$@"
