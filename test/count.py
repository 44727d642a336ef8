"""Prints `N passed, N failed` from lit's report, and fails when a test failed or none ran."""
import json
import sys

try:
    tests = json.load(open(sys.argv[1]))["tests"]
except (OSError, ValueError) as error:
    print(f"no report of the tests: {error}")
    tests = []
passed = sum(test["code"] in ("PASS", "XFAIL") for test in tests)
failed = len(tests) - passed if tests else 1
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
