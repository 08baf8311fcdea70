"""Pictures by a formula, and the exact results that tell which bytes rounding may decide."""
from fractions import Fraction

import numpy
from PIL import Image


def picture(width, height, salt):
    """The test picture `salt`: odd ones are smooth, even ones are not. uint8 [H, W, 3]."""
    y, x, c = numpy.mgrid[0:height, 0:width, 0:3].astype(numpy.int64)
    if salt % 2:
        values = x * (3 + c) + y * (5 - c) + c * 57 + salt * 31
        values = numpy.where((values // 256) % 2 == 0, values % 256, 255 - values % 256)
    else:
        values = (x * x * 7 + y * 13 * (c + 1) + x * y * 3 + c * 57 + salt * 31) % 256
    return Image.fromarray(values.astype(numpy.uint8), "RGB")


def is_midway(exact, margin=1e-4):
    """Where the exact sums are so near to a half that single precision may round either way."""
    return numpy.abs(exact - numpy.floor(exact) - 0.5) < margin


def blurred(image, sides, sigma):
    """GaussianBlur's sums in double precision: [H, W, 3]."""
    pixels = numpy.asarray(image).astype(numpy.float64)
    for axis, side in ((1, sides[0]), (0, sides[1])):
        half = side // 2
        weights = numpy.exp(-(numpy.arange(-half, half + 1) / sigma) ** 2 / 2)
        margins = [(half, half) if i == axis else (0, 0) for i in range(3)]
        padded = numpy.pad(pixels, margins, "reflect")
        pixels = sum(
            weight * numpy.take(padded, range(i, i + pixels.shape[axis]), axis)
            for i, weight in enumerate(weights / weights.sum()))
    return pixels


def coefficients(start, end):
    """RandomPerspective's eight numbers, exact and then rounded once; None where there are none."""
    rows = []
    for (x, y), (u, v) in zip(end, start):
        rows.append([*map(Fraction, (x, y, 1, 0, 0, 0, -u * x, -u * y, u))])
        rows.append([*map(Fraction, (0, 0, 0, x, y, 1, -v * x, -v * y, v))])
    for column in range(8):
        pivot = next((row for row in range(column, 8) if rows[row][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(8):
            factor = rows[row][column] / rows[column][column]
            if row != column and factor:
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column])]
    return [float(numpy.float32(float(rows[i][8] / rows[i][i]))) for i in range(8)]
