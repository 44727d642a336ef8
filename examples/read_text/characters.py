"""Prints the characters that a recognition network knows, one a line: characters.py model.onnx; needs onnx.

The model has them in its metadata, in the order of its classes.
"""

import sys

import onnx

properties = {entry.key: entry.value for entry in onnx.load(sys.argv[1], load_external_data=False).metadata_props}
if "character" not in properties:
    sys.exit(f"{sys.argv[1]}: expected a property 'character', found {sorted(properties)}")
sys.stdout.reconfigure(encoding="utf-8")
print("\n".join(properties["character"].splitlines()))
