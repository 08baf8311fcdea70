"""A tensor in eight numbers, and how far two tensors are from each other by them.

Tests/GoldenTests/CompactTensor.swift computes the same.
"""

import numpy

import formula

# A prime, so that no row or column of a matrix meets one part of the vectors again and again.
PERIOD = 65521
ENTRIES = 3
VECTORS = [formula.uniform(f"projection {name}", PERIOD) * 12.0**0.5 for name in "ab"]


def of(tensor):
    """The place of the greatest element and its value, the L2 norm, the products with two formula
    vectors of variance 1, and ENTRIES elements spread over the tensor."""
    flat = numpy.asarray(tensor, "float64").reshape(-1)
    place = int(numpy.abs(flat).argmax())
    products = [float(flat @ numpy.resize(vector, len(flat))) for vector in VECTORS]
    spread = [
        float(flat[len(flat) * (2 * index + 1) // (2 * ENTRIES)]) for index in range(ENTRIES)]
    return [
        place, *(float(f"{number:.6g}") for number in (
            flat[place], numpy.sqrt(flat @ flat), *products, *spread))]


def distance(tensor, golden, scale=None):
    """Norm and products in parts of the golden's norm, elements in parts of its greatest one; the
    whole norm in parts of `scale` where the golden vanishes."""
    place, greatest, norm, *rest = golden
    flat = numpy.asarray(tensor, "float64").reshape(-1)
    found = of(flat)
    if norm == 0:
        return found[2] / scale
    by_norm = numpy.abs(numpy.subtract(found[2:5], [norm, *rest[:2]])).max() / norm
    entries = [flat[place] - greatest, *numpy.subtract(found[5:], rest[2:])]
    return float(max(by_norm, numpy.abs(entries).max() / abs(greatest)))


def of_gradients(gradients):
    """Each gradient in eight numbers; zeros where it vanishes, as that of a shift does which the
    next batch norm takes away: what doubles leave there is rounding."""
    kept = {name: of(gradient) for name, gradient in gradients.items()}
    greatest = max(golden[2] for golden in kept.values())
    return {
        name: golden if golden[2] > 1e-9 * greatest else [0] * len(golden)
        for name, golden in kept.items()}


def distances(gradients, goldens):
    """The greatest distance; a vanishing gradient is measured by that of its layer's weights."""
    return max(
        distance(gradients[name], golden, goldens[name.rpartition(".")[0] + ".weight"][2])
        for name, golden in goldens.items())
