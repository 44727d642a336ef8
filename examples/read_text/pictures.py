"""Renders pictures with text, the same each time: pictures.py FOLDER

FOLDER/pages: pages, signs, banners and what else text is on, each of another size, as PNG and JPEG.
FOLDER/lines: single lines in the installed fonts, at sizes, blurs and contrasts.
Needs Pillow, and TrueType fonts in /usr/share/fonts.
"""

import pathlib
import random
import sys

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WORDS = """time year people way day man thing woman life child world school state family student group country problem
hand part place case week company system program question work government number night point home water room mother area
money story fact month lot right study book eye job word business issue side kind head house service friend father power
hour game line end member law car city community name president team minute idea kid body information back parent face
Invoice No. 2026-11 Total: $1,284.50 (incl. 19% VAT) e-mail: office@example.org +49 30 1234567 Room 4/17
A&B Exit""".split()
PAGES = 24
LINES = 216
LARGEST_ANGLE = 6


def fonts():
    """The paths of the fonts, Latin ones first to come by name."""
    found = sorted(path for path in pathlib.Path("/usr/share/fonts").rglob("*.ttf") if "Math" not in path.name)
    if not found:
        sys.exit("pictures.py: there is no TrueType font in /usr/share/fonts")
    return found


def sentence(rng, words):
    return " ".join(rng.choice(WORDS) for _ in range(words))


def colours(rng):
    """(background, ink): dark on light or light on dark, grey or tinted."""
    light, dark = [tuple(rng.randint(*limits) for _ in range(3)) for limits in ((200, 255), (0, 90))]
    return (light, dark) if rng.random() < 0.7 else (dark, light)


def noisy(image, rng, strength):
    """The image with as much noise on its pixels, in grey levels."""
    noise = Image.frombytes("L", image.size, rng.randbytes(image.width * image.height))
    noise = noise.point(lambda level: level * 2 * strength // 255)
    return Image.blend(image, Image.merge("RGB", [noise] * 3), 0.2)


def page(rng, size, index):
    """A page of lines in a few sizes, turned a little; every few pages stand on their head or on their side."""
    background, ink = colours(rng)
    image = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(image)
    y = rng.randint(4, 20)
    while True:
        height = min(rng.choice([12, 14, 18, 24, 32, 48]), max(9, size[1] - 8))
        font = ImageFont.truetype(str(rng.choice(fonts())), height)
        if y + height > size[1]:
            break
        x = rng.randint(2, max(3, size[0] // 4))
        text = sentence(rng, 12)
        while text and x + draw.textlength(text, font) > size[0] - 4:
            text = text[:-1].rstrip()
        draw.text((x, y), text, fill=ink, font=font)
        y += int(height * rng.choice([1.3, 1.6, 2.5]))
    if index % 3 == 1:
        angle = rng.uniform(-LARGEST_ANGLE, LARGEST_ANGLE)
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=background)
    if index % 5 == 2:
        image = image.filter(ImageFilter.GaussianBlur(rng.choice([0.5, 0.8, 1.2])))
    if index % 6 == 3:
        image = image.transpose(Image.Transpose.ROTATE_180)
    if index % 11 == 4:
        image = image.transpose(Image.Transpose.ROTATE_90)
    return noisy(image, rng, 64) if index % 4 == 3 else image


def save_pages(folder):
    rng = random.Random(1)
    sizes = [(20, 20), (900, 64), (64, 700), (320, 240), (1600, 1200), (2400, 900)]
    while len(sizes) < PAGES:
        sizes.append((rng.randint(120, 1300), rng.randint(80, 1000)))
    for index, size in enumerate(sizes):
        image = page(rng, size, index)
        path = folder / f"page-{index:02}-{image.width}x{image.height}"
        if index % 4 == 1:
            image.save(f"{path}.jpg", quality=rng.choice([60, 85, 95]))
        elif index % 4 == 2:
            image.convert("L").save(f"{path}.png")
        else:
            image.save(f"{path}.png")


def save_lines(folder):
    rng = random.Random(2)
    for index in range(LINES):
        font = ImageFont.truetype(str(fonts()[index % len(fonts())]), rng.choice([12, 16, 20, 24, 32, 40, 56]))
        text = sentence(rng, rng.choice([1, 1, 2, 3, 4, 6]))
        left, top, right, bottom = font.getbbox(text)
        margin = rng.randint(1, 6)
        background, ink = colours(rng)
        image = Image.new("RGB", (right - left + 2 * margin, bottom - top + 2 * margin), background)
        ImageDraw.Draw(image).text((margin - left, margin - top), text, fill=ink, font=font)
        if index % 3 == 1:
            image = image.filter(ImageFilter.GaussianBlur(rng.choice([0.4, 0.8, 1.2])))
        if index % 7 == 3:
            image = image.transpose(Image.Transpose.ROTATE_180)
        (noisy(image, rng, 64) if index % 5 == 4 else image).save(folder / f"line-{index:03}.png")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, save in (("pages", save_pages), ("lines", save_lines)):
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        save(folder)


if __name__ == "__main__":
    main()
