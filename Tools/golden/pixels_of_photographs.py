"""200 real photographs: decoded by PIL, through torchvision's transforms, and whole pipelines.

usage: python pixels_of_photographs.py SHARED OUT

SHARED has data/hymenoptera and data/flowers102; of each, 100 pictures at even distances in the
order of their paths. OUT gets photographs.json and manifest.json. Of results only the first 96 bits
of their SHA-256 are kept. Each picture goes through a quarter of the transforms, so that each
transform sees 50 pictures, with its variants by turns. Where rounding may decide a byte otherwise
(GaussianBlur and RandomPerspective: see transforms.py) its place and torchvision's byte are kept, and
the hash is that of all bytes: a test puts these in before it hashes, having seen that its own are
within one level.
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

import manifest
from pixels import blurred, coefficients, is_midway

IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def digest(output):
    if isinstance(output, torch.Tensor):
        data = output.numpy().astype("<f4").tobytes()
    else:
        data = output.tobytes()
    return hashlib.sha256(data).hexdigest()[:24]


def mode(a, otherwise="bilinear"):
    return InterpolationMode(a.get("interpolation", otherwise))


def tupled(value):
    return tuple(value) if isinstance(value, list) else value


# Per transform: variants of arguments, each with its draw or a function from the picture to it,
# and what torchvision makes of picture, arguments and draw.


def crop(image, a, draw):
    step = transforms.RandomCrop(
        a["size"], a.get("padding"), a.get("pad_if_needed", False), tupled(a.get("fill", 0)),
        a.get("padding_mode", "constant"))
    step.get_params = lambda *_: (draw["top"], draw["left"], *step.size)
    return step(image)


def jitter(image, a, draw):
    names = ["brightness", "contrast", "saturation", "hue"]
    for number in draw["order"]:
        if names[number] in draw:
            image = getattr(F, f"adjust_{names[number]}")(image, draw[names[number]])
    return image


def affine(image, a, draw):
    step = transforms.RandomAffine(
        a["degrees"], a.get("translate"), a.get("scale"), a.get("shear"), mode(a, "nearest"),
        a.get("fill", 0))
    step.get_params = lambda *_: (
        draw["angle"], (draw["across"], draw["down"]), draw["scale"],
        (draw["shearAcross"], draw["shearDown"]))
    return step(image)


def resized(image, a, draw):
    return F.resized_crop(
        image, draw["top"], draw["left"], draw["height"], draw["width"],
        transforms.RandomResizedCrop(a["size"]).size, mode(a))


def erased(image, a, draw):
    value = a.get("value", 0)
    value = torch.tensor(value if isinstance(value, list) else [value], dtype=torch.float32)
    return F.erase(
        F.to_tensor(image), draw["top"], draw["left"], draw["height"], draw["width"],
        value[:, None, None])


def corners(image, shift):
    """Whole pixels off each corner towards the middle, all of them different."""
    width, height = image.size
    across, down = int(shift * width / 2), int(shift * height / 2)
    return {"corners": [
        across // 2, down, width - 1 - across, down // 3, width - 1 - across // 5,
        height - 1 - down // 2, across, height - 1 - down // 4]}


def perspective(image, a, draw):
    width, height = image.size
    start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    end = [draw["corners"][i:i + 2] for i in range(0, 8, 2)]
    output = F.perspective(image, start, end, mode(a), a.get("fill", 0))
    fill = tupled(a.get("fill", 0))
    plain = image.transform(
        image.size, Image.PERSPECTIVE, coefficients(start, end),
        Image.NEAREST if mode(a) == InterpolationMode.NEAREST else Image.BILINEAR,
        fillcolor=fill if isinstance(fill, tuple) else (fill,) * 3)
    return output, numpy.asarray(plain) != numpy.asarray(output)


def blur(image, a, draw):
    step = transforms.GaussianBlur(a["kernel_size"], (draw["sigma"], draw["sigma"]))
    # Errors of single precision grow with the number of its terms.
    margin = max(1e-4, 4e-6 * step.kernel_size[0] * step.kernel_size[1])
    return step(image), is_midway(blurred(image, step.kernel_size, draw["sigma"]), margin)


def window(image, top, left, height, width):
    return {"top": int(top * image.height), "left": int(left * image.width),
            "height": int(height * image.height), "width": int(width * image.width)}


WHOLE = {"angle": 0.0, "across": 0, "down": 0, "scale": 1.0, "shearAcross": 0.0, "shearDown": 0.0}

CASES = {
    "CenterCrop": ([
        ({"size": 224}, {}), ({"size": [301, 123]}, {}), ({"size": 900}, {})],
        lambda image, a, _: transforms.CenterCrop(a["size"])(image)),
    "ColorJitter": ([
        ({"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1},
         {"order": [2, 0, 3, 1], "brightness": 1.31, "contrast": 0.67, "saturation": 1.24, "hue": 0.08}),
        ({"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1},
         {"order": [3, 1, 2, 0], "brightness": 0.62, "contrast": 1.4, "saturation": 0.7, "hue": -0.1}),
        ({"contrast": 0.5}, {"order": [0, 1, 2, 3], "contrast": 0.51}),
        ({"hue": 0.5}, {"order": [0, 1, 2, 3], "hue": -0.37})], jitter),
    "GaussianBlur": ([
        ({"kernel_size": 5, "sigma": [1.1, 1.1]}, {"sigma": 1.1}),
        ({"kernel_size": [7, 3], "sigma": [1.6, 1.6]}, {"sigma": 1.6}),
        ({"kernel_size": 3, "sigma": [0.1, 0.1]}, {"sigma": 0.1})], blur),
    "Grayscale": ([({"num_output_channels": 3}, {})],
                  lambda image, a, _: transforms.Grayscale(3)(image)),
    "Normalize": ([(IMAGENET, {}), ({"mean": [0.5], "std": [0.25]}, {})],
                  lambda image, a, _: F.normalize(F.to_tensor(image), a["mean"], a["std"])),
    "Pad": ([
        ({"padding": [3, 17], "fill": [124, 116, 104]}, {}),
        *(({"padding": [40, 0, 7, 90], "padding_mode": name}, {})
          for name in ("edge", "reflect", "symmetric"))],
        lambda image, a, _: transforms.Pad(
            a["padding"], tupled(a.get("fill", 0)), a.get("padding_mode", "constant"))(image)),
    "RandomAffine": ([
        ({"degrees": 30}, {"angle": 17.25}),
        ({"degrees": 15, "translate": [0.1, 0.1], "scale": [0.8, 1.2], "shear": 10,
          "interpolation": "bilinear", "fill": [124, 116, 104]},
         {"angle": -8.5, "across": 21, "down": -14, "scale": 0.91, "shearAcross": 6.5}),
        ({"degrees": 0, "shear": [-20, 20, -20, 20], "interpolation": "bilinear"},
         {"shearAcross": -13.0, "shearDown": 11.5})], affine),
    "RandomCrop": ([
        ({"size": 48}, {"top": 13, "left": 5}),
        ({"size": [70, 60], "padding": 8, "padding_mode": "reflect"}, {"top": 1, "left": 20}),
        ({"size": 1100, "pad_if_needed": True, "fill": 77}, {"top": 3, "left": 2})], crop),
    "RandomErasing": ([
        ({}, lambda image: window(image, 0.2, 0.1, 0.3, 0.5)),
        ({"value": [0.485, 0.456, 0.406]}, lambda image: window(image, 0, 0.5, 0.9, 0.2))], erased),
    "RandomGrayscale": ([({}, {"turnsGrey": True}), ({}, {"turnsGrey": False})],
                        lambda image, _, d: F.rgb_to_grayscale(image, 3) if d["turnsGrey"] else image),
    "RandomHorizontalFlip": ([({}, {"flips": True}), ({}, {"flips": False})],
                             lambda image, _, d: F.hflip(image) if d["flips"] else image),
    "RandomPerspective": ([
        ({}, lambda image: corners(image, 0.45)),
        ({"distortion_scale": 0.2, "fill": [124, 116, 104]}, lambda image: corners(image, 0.19)),
        ({"interpolation": "nearest"}, lambda image: corners(image, 0.31))], perspective),
    "RandomResizedCrop": ([
        ({"size": 224}, lambda image: window(image, 0.1, 0.25, 0.62, 0.5)),
        ({"size": [96, 128], "interpolation": "bicubic"},
         lambda image: window(image, 0.3, 0, 0.21, 0.8)),
        ({"size": 64, "interpolation": "nearest"}, lambda image: window(image, 0, 0, 1, 1))],
        resized),
    "RandomRotation": ([
        ({"degrees": 45}, {"angle": 29.5}), ({"degrees": 180}, {"angle": -101.0}),
        ({"degrees": 30, "interpolation": "bilinear", "fill": 128}, {"angle": -11.75})],
        lambda image, a, d: F.rotate(
            image, d["angle"], mode(a, "nearest"), False, None, a.get("fill", 0))),
    "RandomVerticalFlip": ([({}, {"flips": True}), ({}, {"flips": False})],
                           lambda image, _, d: F.vflip(image) if d["flips"] else image),
    "Resize": ([
        *(({"size": [224, 160], "interpolation": m.value}, {})
          for m in InterpolationMode if m.value != "nearest-exact"),
        ({"size": 300, "max_size": 333}, {}), ({"size": 700, "interpolation": "bicubic"}, {})],
        lambda image, a, _: transforms.Resize(a["size"], mode(a), a.get("max_size"))(image)),
    "ToTensor": ([({}, {})], lambda image, *_: F.to_tensor(image)),
}

# Steps with their draws; all go on to ToTensor and Normalize.
PIPELINES = [
    [("Resize", {"size": 256}, {}), ("CenterCrop", {"size": 224}, {})],
    [("Resize", {"size": 256, "interpolation": "bicubic"}, {}), ("CenterCrop", {"size": 224}, {})],
    [("Resize", {"size": 96}, {}), ("CenterCrop", {"size": 64}, {})],
    [("RandomResizedCrop", {"size": 40}, {"top": 3, "left": 11, "height": 61, "width": 50}),
     ("RandomHorizontalFlip", {}, {"flips": True})],
]


def through(steps, image):
    for name, arguments, draw in steps:
        image = CASES[name][1](image, arguments, draw)
    return F.normalize(F.to_tensor(image), **IMAGENET)


def photographs(data):
    found = []
    for folder in ("hymenoptera", "flowers102"):
        paths = sorted(data.glob(f"{folder}/*/*/*.jpg"), key=str)
        found += [paths[len(paths) * i // 100] for i in range(100)]
    return found


def main():
    data, out = Path(sys.argv[1], "data"), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    entries = []
    for number, path in enumerate(photographs(data)):
        image = Image.open(path).convert("RGB")
        entry = {
            "path": f"data/{path.relative_to(data)}", "file": manifest.sha256(path)[:24],
            "width": image.width, "height": image.height, "pixels": digest(image),
            "pipelines": [digest(through(steps, image)) for steps in PIPELINES], "transforms": [],
        }
        for place, (name, (variants, apply)) in enumerate(CASES.items()):
            if (number + place) % 4:
                continue
            variant = number // 4 % len(variants)
            arguments, draw = variants[variant]
            draw = draw(image) if callable(draw) else draw
            draw = {**WHOLE, **draw} if name == "RandomAffine" else draw
            output = apply(image, arguments, draw)
            case = {"name": name, "variant": variant, "draw": draw}
            if isinstance(output, tuple):
                output, ties = output
                places = numpy.flatnonzero(ties).tolist()
                # The nearest of two equally near pixels may be any number of levels off.
                assert not places or arguments.get("interpolation") != "nearest", path
                bytes = numpy.asarray(output).ravel()[places].tolist()
                case["ties"] = [list(pair) for pair in zip(places, bytes)]
            entry["transforms"].append({**case, "sha": digest(output)})
        entries.append(entry)
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    arguments = {name: [a for a, _ in variants] for name, (variants, _) in CASES.items()}
    head = json.dumps({"variants": arguments, "pipelines": PIPELINES, "normalize": IMAGENET})[:-1]
    (out / "photographs.json").write_text(f'{head}, "photographs": [\n{lines}\n]}}\n')
    manifest.write(
        out, __file__, ["photographs.json"], modules=["pixels"],
        libraries=["pillow", "torch", "torchvision", "numpy"], seed=None, tolerance=0,
        why="integer arithmetic, and float32 operations in torch's order; GaussianBlur: one level "
        "where the exact sum is within 1e-4 of a half, and 4e-6 for each term of it; RandomPerspective: one level where PIL makes "
        "another byte of exact coefficients than of torchvision's")


if __name__ == "__main__":
    main()
