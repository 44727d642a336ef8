"""A photograph as a network's input.

    photograph.py OUT.npy [PICTURE]     the cat of scikit-image's sample pictures unless PICTURE is given

Writes f32[n=1, c=3, h=224, w=224]: the middle of the picture, cropped without scaling, RGB from 0 to 1, normalized by
ImageNet's mean and standard deviation as in the training of most vision networks.
"""
import importlib.util
import pathlib
import sys

import numpy
from PIL import Image

SIZE = 224
MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], numpy.float32)


def sample_picture():
    package = importlib.util.find_spec("skimage").submodule_search_locations[0]
    return pathlib.Path(package) / "data" / "chelsea.png"


def network_input(picture):
    pixels = numpy.asarray(Image.open(picture).convert("RGB"))
    top, left = ((size - SIZE) // 2 for size in pixels.shape[:2])
    pixels = pixels[top : top + SIZE, left : left + SIZE].astype(numpy.float32) / 255
    return numpy.ascontiguousarray(((pixels - MEAN) / DEVIATION).transpose(2, 0, 1)[None])


if __name__ == "__main__":
    picture = sys.argv[2] if len(sys.argv) > 2 else sample_picture()
    numpy.save(sys.argv[1], network_input(picture))
    print(f"{picture}: {SIZE} x {SIZE} pixels from the middle")
