"""npy.py FILE SIZE...: writes f32 numbers between -1 and 1 of that shape."""
import struct
import sys

shape = tuple(map(int, sys.argv[2:]))
count = 1
for size in shape:
    count *= size
header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).encode()
header += b" " * (-(len(header) + 11) % 64) + b"\n"
with open(sys.argv[1], "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    file.write(struct.pack(f"<{count}f", *((i * 37 % 101) / 50 - 1 for i in range(count))))
