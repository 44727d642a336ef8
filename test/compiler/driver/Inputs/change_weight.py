"""Copies a weight file with one element of a tensor (f32) one percent larger: change_weight.py FROM NAME TO"""
import json
import struct
import sys

source, name, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
(length,) = struct.unpack("<Q", data[:8])
at = 8 + length + json.loads(data[8 : 8 + length])[name]["data_offsets"][0]
data[at : at + 4] = struct.pack("<f", 1.01 * struct.unpack("<f", data[at : at + 4])[0])
open(target, "wb").write(data)
