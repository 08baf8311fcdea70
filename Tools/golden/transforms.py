"""Goldens of the transforms, by torchvision on PIL's pictures.

usage: python transforms.py OUT

Pictures are given by a formula that the tests know too, draws are explicit, and outputs are kept as
SHA-256 of their bytes (with the first ones in clear): all of it is integer arithmetic or a fixed
order of float32 operations, so the tolerance is zero. Where torch's order of sums is its own
(GaussianBlur, and tiny pictures in RandomPerspective), all bytes are kept, and which of them rounding
may decide otherwise. OUT gets <Transform>.json, one per transform of the catalogue, draws.json with
how torchvision's draws are distributed, and manifest.json.
"""
import base64
import hashlib
import itertools
import json
import sys
from pathlib import Path

import numpy
import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

import manifest
from pixels import blurred, coefficients, is_midway, picture


def case(name, size, salt, arguments, draw, output):
    if isinstance(output, torch.Tensor):
        data, shape = output.numpy().astype("<f4").tobytes(), list(output.shape)
    else:
        data, shape = output.tobytes(), [3, output.height, output.width]
    return {
        "width": size[0], "height": size[1], "salt": salt, "arguments": arguments, "draw": draw,
        "shape": shape, "first": list(data[:12]), "sha256": hashlib.sha256(data).hexdigest(),
    }


def near(is_tie, *arguments):
    """A case whose bytes may differ by one where `is_tie`, of the picture's shape, says so."""
    kept = base64.b64encode(arguments[-1].tobytes()).decode()
    return {**case(*arguments), "bytes": kept, "ties": numpy.flatnonzero(is_tie).tolist()}


SIZES = [(1, 1), (3, 5), (17, 11), (64, 64), (97, 61), (200, 150)]


def over_sizes(name, variants, apply):
    cases = []
    for number, size in enumerate(SIZES):
        for salt, (arguments, draw) in enumerate(variants, number):
            image = picture(*size, salt)
            cases.append(case(name, size, salt, arguments, draw, apply(image, arguments, draw)))
    return cases


def resize():
    variants = [({"size": [h, w]}, {}) for h, w in [(96, 96), (64, 64), (1, 1), (31, 77)]]
    variants += [({"size": s}, {}) for s in (64, 33, [45])]
    variants += [({"size": 20, "max_size": 24}, {})]
    variants += [
        ({"size": s, "interpolation": mode.value}, {})
        for mode in InterpolationMode if mode.value != "nearest-exact"
        for s in ([48, 40], 50)
    ]

    def apply(image, arguments, _):
        mode = InterpolationMode(arguments.get("interpolation", "bilinear"))
        return transforms.Resize(arguments["size"], mode, arguments.get("max_size"))(image)

    return over_sizes("Resize", variants, apply)


def center_crop():
    variants = [({"size": s}, {}) for s in (1, 2, 16, 63, 64, 101, [5, 40], [201, 7], [33])]
    return over_sizes(
        "CenterCrop", variants, lambda image, a, _: transforms.CenterCrop(a["size"])(image))


def rotation():
    angles = [0.0, 45.0, -45.0, 13.37, -0.4, 90.0, 180.0, 271.5]
    variants = [({"degrees": 360}, {"angle": a}) for a in angles]
    variants += [({"degrees": 360, "fill": fill}, {"angle": 20.0}) for fill in (7, [7, 200, 33])]
    variants += [
        ({"degrees": 360, "interpolation": "bilinear"}, {"angle": a}) for a in (33.3, -60.0)]

    def apply(image, a, draw):
        mode = InterpolationMode(a.get("interpolation", "nearest"))
        return F.rotate(image, draw["angle"], mode, False, None, a.get("fill", 0))

    return over_sizes("RandomRotation", variants, apply)


def flips(function):
    variants = [({}, {"flips": flag}) for flag in (False, True)]
    return over_sizes(
        "flip", variants, lambda image, _, draw: function(image) if draw["flips"] else image)


def jitter():
    factors = {"brightness": 1.17, "contrast": 0.93, "saturation": 1.08, "hue": -0.07}
    everything = {"brightness": 0.2, "contrast": 0.1, "saturation": 0.1, "hue": 0.1}
    names = list(factors)
    variants = [
        (everything, {"order": list(order), **factors})
        for order in itertools.permutations(range(4))
    ]
    for name, values in {
        "brightness": (0.0, 0.5, 1.0, 1.9), "contrast": (0.0, 0.6, 1.7),
        "saturation": (0.0, 0.3, 2.5), "hue": (-0.5, -0.2, 0.0, 0.1, 0.5),
    }.items():
        variants += [
            ({name: [-0.5, 0.5] if name == "hue" else [0.0, 3.0]},
             {"order": [0, 1, 2, 3], name: v})
            for v in values
        ]

    def apply(image, _, draw):
        functions = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]
        for number in draw["order"]:
            if draw.get(names[number]) is not None:
                image = functions[number](image, draw[names[number]])
        return image

    return over_sizes("ColorJitter", variants, apply)


def grayscale():
    variants = [({}, {"turnsGrey": flag}) for flag in (False, True)]
    return over_sizes(
        "RandomGrayscale", variants,
        lambda image, _, draw: F.rgb_to_grayscale(image, 3) if draw["turnsGrey"] else image)


def pad():
    modes = ("constant", "edge", "reflect", "symmetric")
    variants = [
        ({"padding": padding, "padding_mode": mode}, {})
        for mode in modes for padding in (3, [2, 5], [1, 0, 7, 4], [0, 40, 23, 0])
    ]
    variants += [({"padding": [0]}, {}), ({"padding": [2]}, {}), ({"padding": 4, "fill": 9}, {})]
    variants += [
        ({"padding": 2, "fill": [7, 200, 33], "padding_mode": mode}, {}) for mode in modes]

    def apply(image, a, _):
        return transforms.Pad(
            a["padding"], tupled(a.get("fill", 0)), a.get("padding_mode", "constant"))(image)

    return over_sizes("Pad", variants, apply)


def tupled(value):
    return tuple(value) if isinstance(value, list) else value


def random_crop():
    """Draws at both ends of what is possible and between, for every way to pad."""
    cases = []
    for number, size in enumerate(SIZES):
        for salt, a in enumerate([
            {"size": [1]}, {"size": 2, "padding": [2]}, {"size": [1, 3], "padding": 1}, {"size": [16, 9], "padding": [8, 9]},
            {"size": 11, "padding": [3, 12, 8, 2], "fill": [9, 0, 201]},
            {"size": [60, 90], "pad_if_needed": True},
            {"size": [90, 60], "pad_if_needed": True, "fill": 77},
            *({"size": [70, 41], "padding": [2, 1], "pad_if_needed": True, "padding_mode": mode,
               "fill": 5} for mode in ("constant", "edge", "reflect", "symmetric")),
            {"size": [size[1], size[0]]}, {"size": [200, 300], "pad_if_needed": True},
        ], number):
            crop = transforms.RandomCrop(
                a["size"], a.get("padding"), a.get("pad_if_needed", False),
                tupled(a.get("fill", 0)), a.get("padding_mode", "constant"))
            image, seen = picture(*size, salt), {}
            for place in (0.0, 0.4, 1.0):
                # torchvision pads inside `forward`, so the draw is made there.
                def fixed(padded, output_size):
                    height, width = output_size
                    seen["top"] = round(place * (padded.height - height))
                    seen["left"] = round((1 - place) * (padded.width - width))
                    return seen["top"], seen["left"], height, width

                height, width = crop.size
                if not crop.pad_if_needed:
                    padded = F.pad(image, a.get("padding", 0))
                    if padded.height < height or padded.width < width:
                        continue
                crop.get_params = fixed
                cut = crop(image)
                cases.append(case("RandomCrop", size, salt, a, dict(seen), cut))
    return cases


def resized_crop():
    cases = []
    for number, size in enumerate(SIZES):
        width, height = size
        windows = [(0, 0, height, width), (height // 3, width // 4, (height + 1) // 2, 1),
                   (height // 2, width // 2, (height + 1) // 2, (width + 1) // 2),
                   (0, width // 5, 1, width - width // 5)]
        for salt, (a, window) in enumerate([
            *(({"size": s}, window) for s in (1, 24, [21], [17, 40]) for window in windows),
            *(({"size": [33, 20], "interpolation": mode.value}, windows[2])
              for mode in InterpolationMode if mode.value != "nearest-exact"),
            ({"size": 16, "scale": [0.5, 0.75], "ratio": [1.0, 1.25]}, windows[2]),
        ], number):
            mode = InterpolationMode(a.get("interpolation", "bilinear"))
            out = transforms.RandomResizedCrop(a["size"], interpolation=mode)
            out.get_params = lambda *_, window=window: window
            top, left, rows, columns = window
            draw = {"top": top, "left": left, "height": rows, "width": columns}
            cases.append(case(
                "RandomResizedCrop", size, salt, a, draw, out(picture(*size, salt))))
    return cases


def always_grey():
    variants = [({"num_output_channels": 3}, {})] * 2
    return over_sizes(
        "Grayscale", variants,
        lambda image, a, _: transforms.Grayscale(a["num_output_channels"])(image))


def blur():
    """The sums in double precision tell where those in single precision could round either way."""
    cases = []

    for salt, (size, kernel, sigma) in enumerate([
        ((1, 1), 1, 0.7), ((3, 5), 3, 0.1), ((3, 5), [5, 9], 1.3), ((5, 3), [1, 3], 2.0),
        ((5, 3), [9, 1], 0.5), ((17, 11), 3, 1.0), ((17, 11), [7, 21], 2.9),
        ((17, 11), 5, 0.33), ((64, 64), 23, 2.0), ((64, 64), 5, 0.1), ((97, 61), [9, 5], 1.6),
        ((40, 33), 7, 40.0), ((40, 33), 3, 0.001), ((40, 33), 1, 1.0),
    ]):
        for salt in (2 * salt, 2 * salt + 1):
            a, draw = {"kernel_size": kernel, "sigma": [sigma, sigma]}, {"sigma": sigma}
            step = transforms.GaussianBlur(kernel, (sigma, sigma))
            image = picture(*size, salt)
            cases.append(near(
                is_midway(blurred(image, step.kernel_size, sigma)), "GaussianBlur", size, salt, a, draw,
                step(image)))
    # A number, and the default, change nothing but the draw.
    for a in ({"kernel_size": [3], "sigma": 0.9}, {"kernel_size": 3}):
        image = picture(17, 11, 5)
        cases.append(near(
            is_midway(blurred(image, (3, 3), 0.9)), "GaussianBlur", (17, 11), 5, a, {"sigma": 0.9},
            F.gaussian_blur(image, [3, 3], [0.9, 0.9])))
    return cases


def erasing():
    cases = []
    torch.manual_seed(3)
    for number, size in enumerate(SIZES):
        width, height = size
        rectangles = [(0, 0, 0, 0), (0, 0, height // 2, width // 2),
                      (height // 3, width // 3, height - 1 - height // 3, 1),
                      (height - 1, 0, 1, width - 1)]
        for salt, (a, (top, left, rows, columns)) in enumerate(itertools.product(
            [{}, {"value": 0.25}, {"value": 3}, {"value": [0.5]}, {"value": [0.1, -2, 1.5]},
             {"value": "random"}], rectangles), number):
            columns = columns if rows < height and columns < width else 0
            if a.get("value") == "random" and 3 * rows * columns > 300:
                rows, columns = min(rows, 10), min(columns, 9)
            noise = torch.randn(3, rows, columns) if a.get("value") == "random" else None
            step = transforms.RandomErasing(1, value=tupled(a.get("value", 0)))

            def fixed(image, scale, ratio, value):
                v = noise if value is None else torch.tensor(value)[:, None, None]
                return top, left, rows, columns, v

            step.get_params = fixed
            draw = {"top": top, "left": left, "height": rows, "width": columns}
            if noise is not None:
                draw["noise"] = noise.flatten().tolist()
            cases.append(case(
                "RandomErasing", size, salt, a, draw, step(F.to_tensor(picture(*size, salt)))))
    return cases


def affine():
    variants = [
        ({"degrees": 0}, {"angle": 0.0}),
        *(({"degrees": 180}, {"angle": a}) for a in (0.0, 30.0, -13.37, 90.0, 180.0)),
        ({"degrees": 0, "translate": [0.5, 0.25]}, {"across": 2, "down": -1}),
        ({"degrees": 9, "translate": [1, 1], "fill": 9}, {"angle": 4.5, "across": -5, "down": 7}),
        *(({"degrees": 0, "scale": [0.01, 50]}, {"scale": s}) for s in (0.5, 0.9, 1.3, 2.0, 50.0)),
        ({"degrees": 0, "shear": 30}, {"shearAcross": 21.5}),
        ({"degrees": 0, "shear": [-10, 20]}, {"shearAcross": -7.25}),
        ({"degrees": [-30, 60], "shear": [-9, 9, -45, 45], "scale": [0.8, 1.25],
          "translate": [0.1, 0.2], "fill": [7, 200, 33]},
         {"angle": 41.3, "across": 3, "down": -2, "scale": 1.17, "shearAcross": 4.2,
          "shearDown": -33.3}),
        # Coordinates beyond what fixed point holds.
        ({"degrees": 0, "shear": [-90, 90]}, {"angle": 1.0, "shearAcross": 89.999}),
        ({"degrees": 0, "scale": [1e-9, 1]}, {"angle": 1.0, "scale": 1e-6}),
    ]
    variants = [
        (a if mode == "nearest" else {**a, "interpolation": mode}, draw)
        for a, draw in variants for mode in ("nearest", "bilinear")]
    whole = {"angle": 0.0, "across": 0, "down": 0, "scale": 1.0, "shearAcross": 0.0,
             "shearDown": 0.0}

    def apply(image, a, draw):
        step = transforms.RandomAffine(
            a["degrees"], a.get("translate"), a.get("scale"), a.get("shear"),
            InterpolationMode(a.get("interpolation", "nearest")), a.get("fill", 0))
        step.get_params = lambda *_: (
            draw["angle"], (draw["across"], draw["down"]), draw["scale"],
            (draw["shearAcross"], draw["shearDown"]))
        return step(image)

    return over_sizes(
        "RandomAffine", [(a, {**whole, **draw}) for a, draw in variants], apply)


def perspective():
    """torchvision's solver leaves some 1e-16 where coefficients are zero. What PIL makes of the exact ones
    tells where that decides: in tiny pictures, where places lie on a pixel's edge or middle."""
    cases = []

    def on_a_line(corners):
        (x0, y0), (x1, y1), (x2, y2) = corners
        return (x1 - x0) * (y2 - y0) == (y1 - y0) * (x2 - x0)

    torch.manual_seed(5)
    for size in SIZES[1:]:
        for salt, (scale, mode, fill) in enumerate(itertools.product(
                (0.1, 0.5, 1.0), ("nearest", "bilinear"), (0, 8, [7, 200, 33]))):
            image = picture(*size, salt)
            while True:
                start, end = transforms.RandomPerspective.get_params(*size, scale)
                exact = coefficients(start, end)
                if exact is None or any(map(on_a_line, itertools.combinations(end, 3))):
                    continue  # The solver fails, or its rounding decides.
                output = F.perspective(image, start, end, InterpolationMode(mode), fill)
                plain = image.transform(
                    size, Image.PERSPECTIVE, exact,
                    Image.NEAREST if mode == "nearest" else Image.BILINEAR,
                    fillcolor=tuple(fill) if isinstance(fill, list) else (fill,) * 3)
                ties = numpy.asarray(plain) != numpy.asarray(output)
                if mode == "bilinear" or not ties.any():
                    break  # The nearest of two equally near pixels may be any number of levels off.
            a = {"distortion_scale": scale, "fill": fill}
            if mode == "nearest":
                a["interpolation"] = mode
            arguments = ("RandomPerspective", size, salt, a,
                         {"corners": [x for corner in end for x in corner]}, output)
            cases.append(near(ties, *arguments) if ties.any() else case(*arguments))
        cases.append(case("RandomPerspective", size, 3, {}, {"corners": []}, picture(*size, 3)))
    cases.append(case("RandomPerspective", (1, 1), 3, {}, {"corners": []}, picture(1, 1, 3)))
    return cases


def to_tensor():
    return over_sizes("ToTensor", [({}, {})], lambda image, *_: F.to_tensor(image))


def normalize():
    variants = [
        ({"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}, {}),
        ({"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}, {}),
        ({"mean": [0.45], "std": [0.23]}, {}), ({"mean": [-0.3], "std": [2.0, 3.0, 0.7]}, {}),
    ]
    return over_sizes(
        "Normalize", variants,
        lambda image, a, _: F.normalize(F.to_tensor(image), a["mean"], a["std"]))


DRAWS = 20000


def draws():
    """How often torchvision's own draws fall between certain edges: one entry per quantity."""
    entries = []

    def edges_of(values, bins):
        if not isinstance(bins, int):
            return [float(edge) for edge in bins]
        return numpy.unique(
            numpy.quantile(values, numpy.arange(1, bins) / bins, method="higher")).tolist()

    def add(transform, size, arguments, samples, **quantities):
        """`quantities`: how many bins, or their inner edges; bins are [edge, next edge).

        Each two quantities are counted together too, in quarters of each: draws that are right one by one
        can still depend on each other in the wrong way."""
        head = {"transform": transform, "width": size[0], "height": size[1],
                "arguments": arguments}
        values = {name: numpy.array([sample[name] for sample in samples], dtype=numpy.float64)
                  for name in quantities}

        def places(name, edges):
            return numpy.searchsorted(edges, values[name], side="right")

        for name, bins in quantities.items():
            edges = edges_of(values[name], bins)
            counts = numpy.bincount(places(name, edges), minlength=len(edges) + 1)
            entries.append({**head, "quantity": name, "edges": edges, "counts": counts.tolist()})
        quarters = {name: edges_of(values[name], 4) for name in quantities}
        for one, other in itertools.combinations(quantities, 2):
            columns = len(quarters[other]) + 1
            cells = places(one, quarters[one]) * columns + places(other, quarters[other])
            counts = numpy.bincount(cells, minlength=(len(quarters[one]) + 1) * columns)
            entries.append({
                **head, "quantity": one, "edges": quarters[one], "with": other,
                "with_edges": quarters[other], "counts": counts.tolist()})

    def draw(transform, size, arguments, get, **quantities):
        torch.manual_seed(7)
        add(transform, size, arguments, [get() for _ in range(DRAWS)], **quantities)

    # Windows: each place by itself, and row and column together.
    def crop_of(size, arguments, padded):
        def get():
            top, left, _, _ = transforms.RandomCrop.get_params(
                Image.new("RGB", padded), tuple(arguments["size"]))
            return {"top": top, "left": left, "place": top * 100 + left}
        return get

    for size, arguments, padded in (
        ((13, 9), {"size": [5, 8]}, (13, 9)),
        ((13, 9), {"size": [5, 8], "padding": [1, 2]}, (15, 13)),
        ((6, 9), {"size": [5, 8], "pad_if_needed": True}, (10, 9)),
    ):
        rows, columns = padded[1] - 5 + 1, padded[0] - 8 + 1
        draw("RandomCrop", size, arguments, crop_of(size, arguments, padded),
             top=range(1, rows), left=range(1, columns),
             place=sorted(100 * t + l for t in range(rows) for l in range(columns))[1:])

    def resized_of(size, arguments):
        image = Image.new("RGB", size)
        scale, ratio = arguments.get("scale", (0.08, 1.0)), arguments.get("ratio", (3 / 4, 4 / 3))

        def get():
            top, left, height, width = transforms.RandomResizedCrop.get_params(
                image, scale, ratio)
            return window(size, top, left, height, width, width / height)
        return get

    def window(size, top, left, height, width, ratio):
        return {
            "area": height * width / (size[0] * size[1]), "ratio": ratio,
            "top": top, "left": left, "height": height, "width": width,
        }

    # The last ones fit seldom: there the number of attempts and what follows them show.
    for size, arguments in (
        ((500, 375), {"size": 224}), ((333, 500), {"size": 224, "scale": [0.25, 0.5]}),
        ((640, 200), {"size": 64, "scale": [0.3, 1.0]}),
        ((200, 300), {"size": 64, "scale": [0.6, 1.0], "ratio": [0.9, 2.0]}),
        ((120, 80), {"size": 64, "scale": [0.9, 1.0], "ratio": [0.5, 2.0]}),
    ):
        draw("RandomResizedCrop", size, arguments, resized_of(size, arguments),
             area=20, ratio=20, top=20, left=20, height=20, width=20)

    def erasing_of(size, arguments):
        step = transforms.RandomErasing(**arguments)
        tensor, seen = torch.zeros(3, size[1], size[0]), {}

        def erase(image, top, left, height, width, v, inplace):
            seen.update(top=top, left=left, height=height, width=width)
            if v is image:  # None of ten fits: the picture stays as it is.
                seen.update(height=0, width=0)
            elif arguments.get("value") == "random":
                seen.update(zip(("noise0", "noise1"), v.flatten()[:2].tolist()))
            return image

        def get():
            seen.clear()
            seen.update(top=0, left=0, height=0, width=0)
            F.erase, kept = erase, F.erase
            step(tensor)
            F.erase = kept
            sides = seen["height"] * seen["width"]
            return {**seen, "area": sides / (size[0] * size[1]),
                    "ratio": seen["height"] / seen["width"] if sides else 0}
        return get

    for size, arguments in (
        ((224, 224), {}), ((64, 48), {"p": 1.0}), ((300, 40), {"p": 0.9, "scale": [0.2, 0.6]}),
        ((40, 60), {"p": 1.0, "scale": [0.7, 1.0], "ratio": [0.5, 4.0]}),
    ):
        draw("RandomErasing", size, arguments, erasing_of(size, arguments),
             area=20, ratio=20, top=20, left=20, height=20, width=20)
    arguments = {"p": 1.0, "scale": [0.05, 0.1], "ratio": [0.5, 2.0], "value": "random"}
    draw("RandomErasing", (6, 6), arguments, erasing_of((6, 6), arguments), noise0=40, area=20, ratio=20,
         noise1=40, top=20, left=20, height=20, width=20)

    def affine_of(size, arguments):
        step = transforms.RandomAffine(**arguments)

        def get():
            angle, (across, down), scale, (shear_x, shear_y) = step.get_params(
                step.degrees, step.translate, step.scale, step.shear, list(size))
            return {"angle": angle, "across": across, "down": down, "scale": scale,
                    "shearAcross": shear_x, "shearDown": shear_y}
        return get

    for size, arguments in (
        ((400, 300), {"degrees": 30, "translate": [0.1, 0.3], "scale": [0.5, 2.0], "shear": 9}),
        # Few whole pixels, of which the outermost get half as many draws.
        ((20, 12), {"degrees": [-10, 80], "translate": [0.1, 0.25],
                    "shear": [-5, 20, -40, -30]}),
        ((20, 12), {"degrees": 0, "translate": [0.125, 0.2], "shear": [3, 30]}),
    ):
        draw("RandomAffine", size, arguments, affine_of(size, arguments),
             angle=20, across=20, down=20, scale=20, shearAcross=20, shearDown=20)

    def perspective_of(size, arguments):
        step, seen = transforms.RandomPerspective(**arguments), {}
        image = Image.new("RGB", size)

        def moved(image, start, end, *_):
            seen.update({f"corners{i}": x for i, x in enumerate(itertools.chain(*end))})
            return image

        def get():
            seen.clear()
            seen.update({f"corners{i}": -1 for i in range(8)})
            F.perspective, kept = moved, F.perspective
            step(image)
            F.perspective = kept
            return dict(seen)
        return get

    for size, arguments in (
        ((224, 160), {}), ((11, 14), {"distortion_scale": 0.6, "p": 0.8}),
        ((9, 4), {"distortion_scale": 1.0, "p": 1.0}),
    ):
        draw("RandomPerspective", size, arguments, perspective_of(size, arguments),
             **{f"corners{i}": 16 for i in range(8)})

    for sigma in ([0.1, 2.0], [1.0, 5.0]):
        draw("GaussianBlur", (9, 9), {"kernel_size": 3, "sigma": sigma},
             lambda: {"sigma": transforms.GaussianBlur.get_params(*sigma)}, sigma=20)

    pair = picture(2, 2, 1)
    for name, quantity in (("RandomHorizontalFlip", "flips"), ("RandomVerticalFlip", "flips"),
                           ("RandomGrayscale", "turnsGrey")):
        for arguments in ({}, {"p": 0.025}, {"p": 0.9}):
            step = getattr(transforms, name)(**arguments)
            draw(name, (2, 2), arguments,
                 lambda: {quantity: float(step(pair) is not pair)}, **{quantity: [1]})

    for degrees in (45, [-10, 30], [0, 400]):
        step = transforms.RandomRotation(degrees)
        draw("RandomRotation", (9, 9), {"degrees": degrees},
             lambda: {"angle": step.get_params(step.degrees)}, angle=20)

    names = ("brightness", "contrast", "saturation", "hue")
    for arguments in (
        {"brightness": 0.2, "contrast": 0.5, "saturation": 1.5, "hue": 0.1},
        {"brightness": [0.5, 0.6], "hue": [-0.5, 0.25]}, {"contrast": [0.0, 3.0]},
        {"saturation": [1.0, 1.5]},
    ):
        step = transforms.ColorJitter(**arguments)

        def get():
            order, *factors = step.get_params(*(getattr(step, name) for name in names))
            factors = {n: -1 if f is None else f for n, f in zip(names, factors)}
            return {"order": sum(int(i) * 10 ** (3 - k) for k, i in enumerate(order)), **factors}

        orders = sorted(
            int("".join(map(str, order))) for order in itertools.permutations(range(4)))
        draw("ColorJitter", (9, 9), arguments, get, order=orders[1:],
             **{name: 20 for name in names if name in arguments})
    return entries


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    contents = {
        "Resize": resize(), "CenterCrop": center_crop(), "RandomRotation": rotation(),
        "RandomHorizontalFlip": flips(F.hflip), "RandomVerticalFlip": flips(F.vflip),
        "ColorJitter": jitter(), "RandomGrayscale": grayscale(), "ToTensor": to_tensor(),
        "Normalize": normalize(), "Pad": pad(), "RandomCrop": random_crop(),
        "RandomResizedCrop": resized_crop(), "Grayscale": always_grey(), "draws": draws(),
        "GaussianBlur": blur(), "RandomErasing": erasing(), "RandomAffine": affine(),
        "RandomPerspective": perspective(),
    }
    for name, content in contents.items():
        lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in content)
        (out / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    manifest.write(
        out, __file__, [f"{name}.json" for name in contents], modules=["pixels"],
        libraries=["pillow", "torch", "torchvision", "numpy"],
        seed="7 before each setting of draws, 5 for the corners, 3 for the noise", tolerance=0,
        why="integer arithmetic, and float32 operations in torch's order; GaussianBlur: one level "
        "where the exact sum is within 1e-4 of a half, as torch's order of sums is its own; "
        "RandomPerspective: one level where PIL makes another byte of exact coefficients than of "
        "torchvision's; draws: chi-square, see DrawTests")


if __name__ == "__main__":
    main()
