"""Draws the pictures of the test, and damaged files: read_text_pictures.py FOLDER"""

import pathlib
import sys
import zlib

from PIL import Image, ImageDraw

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
COLOURS = {"a": "red", "b": "lime", "c": "blue", " ": "black"}


def line(letters):
    """A strip with a square of 40 x 40 for each letter."""
    strip = Image.new("RGB", (40 * len(letters), 40), "white")
    draw = ImageDraw.Draw(strip)
    for index, letter in enumerate(letters):
        draw.rectangle((40 * index, 0, 40 * index + 39, 39), COLOURS[letter])
    return strip


page = Image.new("RGB", (736, 736), "white")
page.paste(line("abc "), (400, 100))
page.paste(line("a a "), (60, 104))
page.paste(line("cba ").rotate(180), (60, 300))
page.paste(line("bac ").rotate(90, expand=True), (560, 400))
page.save(folder / "page.png")
page.save(folder / "page.jpg", quality=95, subsampling=0)
# As cameras held in all ways save it, with the orientation that they note.
for orientation, kept in enumerate([None, 0, 3, 1, 5, 2, 6, 4], 1):
    noted = Image.Exif()
    noted[0x112] = orientation
    turned = page if kept is None else page.transpose(Image.Transpose(kept))
    turned.save(folder / f"turned{orientation}.jpg", quality=95, subsampling=0, exif=noted)
page.quantize(8).save(folder / "palette.png")
wide = Image.new("RGB", (1310, 736), "white")
wide.paste(line("abc" * 5 + " "), (100, 300))
wide.save(folder / "wide.png")
Image.new("L", (1500, 736), 255).save(folder / "sizes.png")
Image.new("RGB", (1, 1), "white").save(folder / "dot.png")
Image.new("L", (736, 736), 255).save(folder / "empty.png")
Image.new("L", (9000, 20), 255).save(folder / "thread.png")
page.crop((374, 74, 586, 166)).save(folder / "line.png")
line("abc ").convert("CMYK").save(folder / "cmyk.jpg")

png, jpeg = (folder / "page.png").read_bytes(), (folder / "page.jpg").read_bytes()
(folder / "cut.png").write_bytes(png[: len(png) // 2])
(folder / "header.png").write_bytes(png[:20])
(folder / "cut.jpg").write_bytes(jpeg[: len(jpeg) // 2])
(folder / "header.jpg").write_bytes(jpeg[:2])
header = b"IHDR" + (20000).to_bytes(4, "big") * 2 + png[24:29]
(folder / "huge.png").write_bytes(png[:12] + header + zlib.crc32(header).to_bytes(4, "big") + png[33:])
(folder / "nothing.png").write_bytes(b"")
(folder / "text.png").write_text("not a picture")
