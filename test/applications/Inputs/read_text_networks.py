"""Writes networks that read a script of colours: read_text_networks.py FOLDER

Red, green and blue are the letters a, b and c; white and black are gaps. Detection finds what is not white, orientation
turns a line whose left end is black, and recognition tells the colour of every eighth column.
"""

import json
import pathlib
import struct
import sys

import numpy as np

NETWORKS = {
    "detection": """network detection(height: int = 736, width: int = 736) {
  input x: f32[n=1, c=3, h=height, w=width]
  output map = conv(x, out=1) @ "core" |> sigmoid
}
""",
    "orientation": """network orientation(height: int = 48, width: int = 192) {
  input x: f32[n=1, c=3, h=height, w=width]
  output probabilities: f32[n=1, c=2] = conv(x, out=2, kernel=[48, 192]) @ "ends" |> softmax([c]) |> mean([h, w])
}
""",
    "recognition": """network recognition(width: int = 320) {
  input x: f32[n=1, c=3, h=48, w=width]
  x = conv(x, out=5, kernel=[48, 8], stride=[48, 8]) @ "colours" |> softmax([c]) |> merge([h, c], into=c)
  output letters: f32[n=1, w=x.w, c=5] = x
}
""",
}


def weights():
    """The parameters of each network. Pixels are BGR from -1 to 1; a gap is where no colour wins."""
    ends = np.zeros((2, 3, 48, 192), np.float32)
    ends[1, :, :, 18:28] = -0.1  # black at the left: turned
    ends[0, :, :, 80:90] = -0.1  # the line of the test ends there
    colours = np.zeros((5, 3, 48, 8), np.float32)
    for letter, colour in enumerate([(-1, -1, 1), (-1, 1, -1), (1, -1, -1)], 1):
        colours[letter] = 10 / (48 * 8) * np.reshape(colour, (3, 1, 1))
    return {
        "detection": {
            "core.weight": np.full((1, 3, 1, 1), -5, np.float32),
            "core.bias": np.full(1, 5, np.float32),
        },
        "orientation": {"ends.weight": ends, "ends.bias": np.zeros(2, np.float32)},
        "recognition": {"colours.weight": colours, "colours.bias": np.array([3, 0, 0, 0, -100], np.float32)},
    }


def save(path, tensors):
    header, data = {}, b""
    for key, array in tensors.items():
        header[key] = {"dtype": "F32", "shape": array.shape, "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
(folder / "characters.txt").write_text("a\nb\nc\n")
for name, tensors in weights().items():
    (folder / f"{name}.net").write_text(NETWORKS[name])
    save(folder / f"{name}.safetensors", tensors)
