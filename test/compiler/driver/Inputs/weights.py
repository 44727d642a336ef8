"""Changes a safetensors file: weights.py IN OUT CHANGE...

CHANGE is drop=KEY, rename=KEY:NEW, add=KEY (one f32), flat=KEY (all axes as one), integer=KEY (called I32) or half=KEY
(rounded to f16)."""
import json
import struct
import sys

source, target, *changes = sys.argv[1:]
with open(source, "rb") as file:
    data = file.read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + length])
header.pop("__metadata__", None)
tensors = {}
for key, entry in header.items():
    begin, end = (8 + length + offset for offset in entry["data_offsets"])
    tensors[key] = [entry["dtype"], entry["shape"], data[begin:end]]

for change in changes:
    action, key = change.split("=")
    if action == "rename":
        key, new = key.split(":")
        tensors[new] = tensors.pop(key)
    elif action == "drop":
        del tensors[key]
    elif action == "add":
        tensors[key] = ["F32", [1], b"\0\0\0\0"]
    elif action == "flat":
        tensors[key][1] = [len(tensors[key][2]) // 4]
    elif action == "integer":
        tensors[key][0] = "I32"
    elif action == "half":
        count = len(tensors[key][2]) // 4
        values = struct.unpack(f"<{count}f", tensors[key][2])
        tensors[key][0], tensors[key][2] = "F16", struct.pack(f"<{count}e", *values)
    else:
        sys.exit(__doc__)

header, body = {}, b""
for key, (dtype, shape, values) in tensors.items():
    header[key] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(values)]}
    body += values
text = json.dumps(header).encode()
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + body)
