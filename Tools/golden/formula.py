"""Weights and pictures that need no file: every number is a hash of a name and an index.

Tests/TestSupport/Formula.swift computes the same numbers.
"""

import numpy


def uniform(name, count):
    """Numbers in [-0.5, 0.5), exact in float32."""
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = numpy.uint32(start) ^ (numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(0x9E3779B1))
    x ^= x >> numpy.uint32(16)
    x *= numpy.uint32(0x7FEB352D)
    x ^= x >> numpy.uint32(15)
    x *= numpy.uint32(0x846CA68B)
    x ^= x >> numpy.uint32(16)
    return (x >> numpy.uint32(8)).astype("float64") / 2.0**24 - 0.5


def values(name, shape):
    """A model's tensor as float32, spread over a range that its kind and size decide.

    Matrices and kernels have variance 2 / fan-in; one-dimensional weights lie round 0.5, running
    variances round 1.
    """
    u = uniform(name, int(numpy.prod(shape)))
    if name.endswith("running_var"):
        u = u + 1.0
    elif name.endswith("running_mean"):
        u = u * 0.5
    elif len(shape) == 1:
        u = u * 0.25 + 0.5 if name.endswith(".weight") else u * 0.5
    else:
        u = u * (24.0 / float(numpy.prod(shape[1:]))) ** 0.5
    return u.astype("float32").reshape(shape)


def load(model):
    """Gives every floating tensor of a torch model its values."""
    import torch

    model.load_state_dict({
        name: torch.tensor(values(name, tensor.shape)) if tensor.is_floating_point() else tensor
        for name, tensor in model.state_dict().items()})
    return model
