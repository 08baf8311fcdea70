"""Generated photographs: folders of JPEG files that a benchmark can have anywhere."""
import pathlib
import shutil
import sys

import numpy
from PIL import Image, ImageDraw

CLASSES = 9
# The longer and the shorter side.
SIDES = (600, 500)
# What `Resize` makes of them.
RESIZED = 96


def generated(folder, count):
    """A folder of `count` pictures in train/ and val/, four to one; made where it is not there yet."""
    folder = pathlib.Path(folder) / f"pictures-{count}"
    if not folder.exists():
        print(f"making {count} pictures in {folder}", file=sys.stderr, flush=True)
        new = folder.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        for number in range(count):
            split = "val" if number % 5 == 4 else "train"
            place = new / split / f"class{number // 5 % CLASSES}" / f"{number:05}.jpg"
            place.parent.mkdir(parents=True, exist_ok=True)
            photograph(number).save(place, quality=90)
        new.rename(folder)
    return folder


def resized(folder):
    """Copies as a careful user of PyTorch makes them once: of the size that `Resize` wants."""
    copy = folder.with_name(folder.name + f"-{RESIZED}px")
    if not copy.exists():
        new = copy.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        for path in sorted(folder.glob("*/*/*.jpg")):
            place = new / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            picture = Image.open(path).convert("RGB").resize((RESIZED, RESIZED), Image.BILINEAR)
            picture.save(place, quality=95)
        new.rename(copy)
    return copy


def photograph(number):
    """Smooth colours on four scales, some shapes with sharp edges, a little grain: about 80 KB as JPEG."""
    random = numpy.random.default_rng(number)
    width, height = SIDES if number % 2 else SIDES[::-1]
    values = numpy.full((height, width, 3), 128, numpy.float32)
    for cells, strength in ((4, 50), (12, 25), (40, 12), (120, 6)):
        rough = random.standard_normal((cells, cells, 3)).astype(numpy.float32) * strength
        for channel in range(3):
            layer = Image.fromarray(rough[..., channel]).resize((width, height), Image.BICUBIC)
            values[..., channel] += numpy.asarray(layer)
    picture = Image.fromarray(numpy.clip(values, 0, 255).astype(numpy.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y, radius = (int(random.integers(0, limit)) for limit in (width, height, 110))
        colour = tuple(int(value) for value in random.integers(0, 255, 3))
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        box = (x - radius, y - radius, x + radius, y + radius)
        shape(box, outline=colour, width=3, fill=colour if random.random() < 0.5 else None)
    grain = random.standard_normal((height, width, 1)) * 4
    return Image.fromarray(numpy.clip(numpy.asarray(picture) + grain, 0, 255).astype(numpy.uint8))
