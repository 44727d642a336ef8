"""Changes a safetensors file: weights.py IN OUT CHANGE...

CHANGE is drop=KEY, rename=KEY:NEW, add=KEY (one f32), flat=KEY (all axes as one), integer=KEY (called I32), half=KEY
(rounded to f16), nan=KEY:N or inf=KEY:N (the element with that number), or key=KEY (gets a key of its own)."""
import json
import struct
import sys

source, target, *changes = sys.argv[1:]
with open(source, "rb") as file:
    data = file.read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + length])
header.pop("__metadata__", None)
tensors, own = {}, set()
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
    elif action in ("nan", "inf"):
        key, element = key.split(":")
        begin, old = 4 * int(element), tensors[key][2]
        tensors[key][2] = old[:begin] + struct.pack("<f", float(action)) + old[begin + 4 :]
    elif action == "key":
        own.add(key)
    else:
        sys.exit(__doc__)

header, body = {}, b""
for key, (dtype, shape, values) in tensors.items():
    header[key] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(values)]}
    if key in own:
        header[key]["comment"] = "a comment"
    body += values
text = json.dumps(header).encode()
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + body)
