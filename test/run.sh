#!/usr/bin/env bash
# Builds Fovea from nothing, if need be, and runs all its tests. Ends with `N passed, N failed`.
#
#   test/run.sh            all tests
#   test/run.sh FILTER     tests whose name matches the regular expression
#   test/run.sh --all      with it, tests of networks take more of their variants, and `pip install .` is tried
set -uo pipefail
cd "$(dirname "$0")/.."
all=()
if [[ ${1:-} == --all ]]; then
  all=(--param all=1 --timeout 3600) # for what pip builds
  shift
fi
bash .ci/prepare || { echo '0 passed, 1 failed'; exit 1; }

printf '\n\033[1m== Testing\033[0m (%d s)\n' "$SECONDS"
bar=(--no-progress-bar)
[ -t 1 ] && bar=()
report=build/test/report.json
mkdir -p build/test && rm -f "$report"
PATH="$PWD/build/venv/bin:$PATH" build/venv/bin/python /usr/lib/llvm-22/bin/lit test --timeout 900 \
  --order smart -o "$report" -v "${bar[@]}" "${all[@]}" ${1:+--filter "$1"}
status=$?
build/venv/bin/python test/count.py "$report" || status=1
exit "$status"
