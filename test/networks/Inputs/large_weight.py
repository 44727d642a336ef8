"""Writes safetensors for large_weight.net, one of whose weights is beyond f16: large_weight.py FILE"""

import json
import struct
import sys

numbers = struct.pack("<4f", 1, 2, 1e5, 3)
header = json.dumps({"fc.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, len(numbers)]}}).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + numbers)
