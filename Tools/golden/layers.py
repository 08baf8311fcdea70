"""Results, gradients and running statistics of single layers, and of the sequences that xrun fuses,
by torch.

usage: python layers.py OUT

OUT is Tests/GoldenTests/Goldens/Layers. Writes cases.json, which says what was computed, and
layers.safetensors, what came out: one row per case, its results one after the other; manifest.json
beside them. What goes in is a formula (formula.py): nothing of it is stored. Compared in
Tests/GoldenTests/LayerGoldenTests.swift.

Of a result with more than WHOLE elements a digest is stored: its greatest magnitude, SHOWN of its
elements, and the sums of its elements times a formula over PARTS runs of them, so that each
element counts.

torch computes in float64 from inputs that are exact in float32, and the results are rounded to
float32 once: what a test measures is xrun's own rounding. Gradients are those of the sum of
`result * given`, where `given` is a formula too.

A gradient is no continuous function at an activation's kink. So each case gets the first salt
for its formula that leaves every activation's input MARGIN away from 0 (and from 6); cases with
`levels` lie on the kinks on purpose, and exactly.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
from safetensors.numpy import save_file
from timm.layers import conv2d_same
from timm.layers.padding import pad_same
from torch.nn import functional

import formula
import manifest

MARGIN = 1e-4
TOLERANCE, NEAR_EQUAL = 3e-6, 1e-5
# TensorFlow's padding depends on both sides of the picture.
SIZES = [("even", [8, 6]), ("odd", [7, 9]), ("odd by even", [7, 8]), ("even by odd", [8, 7])]
WHOLE, SHOWN, PARTS = 80, 64, 16


def tensor_input(shape, scale=2.0, shift=0.0, levels=0):
    """levels: how many different numbers there are, equally spaced; 0 for any."""
    return {"shape": shape, "scale": scale, "shift": shift, "levels": levels}


def convolution(name, x, channels, kernel, stride=1, padding=0, groups=1, bias=False):
    """padding: a number; [top, left, bottom, right]; or "same" for TensorFlow's, as timm pads."""
    if isinstance(padding, int):
        padding = [padding] * 4
    return {
        "operation": "convolution", "name": name, "inputs": [x], "channels": channels,
        "kernel": kernel, "stride": stride, "padding": padding, "groups": groups, "bias": bias}


def norm(name, x, epsilon=1e-5, momentum=0.1, gain=1.0):
    """gain: by how much scale and shift exceed the formula's; a power of two, so exact."""
    return {
        "operation": "batch_normalization", "name": name, "inputs": [x], "epsilon": epsilon,
        "momentum": momentum, "gain": gain}


# What is normalised lies within 3 or so: only such a scale takes some of it beyond ReLU6's 6.
def gain(kind):
    return 16.0 if kind == "relu6" else 1.0


def linear(name, x, channels, bias=True):
    return {
        "operation": "linear", "name": name, "inputs": [x], "channels": channels, "bias": bias}


def relu(name, x):
    return {"operation": "relu", "name": name, "inputs": [x]}


def relu6(name, x):
    return {"operation": "relu6", "name": name, "inputs": [x]}


def addition(name, a, b):
    return {"operation": "addition", "name": name, "inputs": [a, b]}


def concatenation(name, *parts):
    return {"operation": "concatenation", "name": name, "inputs": list(parts)}


def max_pooling(name, x, kernel, stride, padding=0, ceil=False):
    return {
        "operation": "max_pooling", "name": name, "inputs": [x], "kernel": kernel,
        "stride": stride, "padding": [padding] * 4, "ceil": ceil}


def average(name, x):
    return {"operation": "global_average_pooling", "name": name, "inputs": [x]}


CASES = []


def case(component, about, inputs, layers, frozen=(), statistics="as frozen", tolerance=None):
    """
    component: what the table of parity calls it
    about: what is particular here
    inputs: by name, what goes in; each gets a gradient
    frozen: parameters without a gradient; a batch norm with one of them uses its running
        statistics, unless `statistics` is "batch"
    tolerance: where it is not TOLERANCE
    """
    CASES.append({
        "name": f"{component}: {about}", "component": component, "inputs": inputs,
        "layers": layers, "frozen": list(frozen), "statistics": statistics,
        **({} if tolerance is None else {"tolerance": tolerance})})


def convolutions():
    def one(about, shape, *arguments, **named):
        case("convolution", about, {"x": tensor_input(shape)},
             [convolution("conv", "x", *arguments, **named)])

    # Channels: whole blocks of 16 or not, read and written.
    for kernel, padding in (1, 0), (3, 1):
        for read, written in (16, 32), (24, 16), (16, 19), (17, 24):
            one(f"{kernel}x{kernel}, {read} to {written} channels", [2, read, 5, 6], written,
                kernel, padding=padding)
    one("3x3, odd everything, bias", [3, 5, 7, 4], 7, 3, padding=1, bias=True)
    one("one channel, one picture", [1, 1, 5, 4], 1, 3, padding=1)
    one("1x1, bias", [2, 16, 4, 5], 10, 1, bias=True)
    one("1x1 on one place", [3, 20, 1, 1], 6, 1, bias=True)
    # Strides without and with zeros round.
    one("1x1, stride 2, even picture", [2, 16, 6, 6], 32, 1, 2)
    one("1x1, stride 2, odd picture", [2, 17, 7, 5], 9, 1, 2)
    one("3x3, stride 2, even picture", [2, 16, 6, 8], 32, 3, 2, 1)
    one("3x3, stride 2, odd picture", [2, 17, 7, 5], 18, 3, 2, 1)
    one("3x3, stride 3", [1, 16, 9, 8], 16, 3, 3, 1)
    one("3x3, stride 2, no zeros, a row and a column unread", [2, 3, 8, 6], 16, 3, 2, bias=True)
    # First layers.
    one("7x7, stride 2: ResNet's first", [2, 3, 15, 14], 16, 7, 2, 3)
    one("7x7, stride 2, no zeros: SqueezeNet's first", [1, 3, 15, 18], 16, 7, 2, bias=True)
    one("7x7 on a smaller picture", [1, 3, 4, 5], 5, 7, padding=3)
    # TensorFlow's padding: more zeros after than before.
    for picture, size in SIZES:
        one(f"3x3, stride 2, same: EfficientNet's first, {picture} picture", [2, 3, *size], 16, 3,
            2, "same")
    one("3x3, stride 2, same, odd, 16 channels", [2, 16, 7, 9], 16, 3, 2, "same")
    one("5x5, stride 2, same", [1, 16, 8, 6], 16, 5, 2, "same")
    one("2x2, same", [2, 16, 5, 4], 16, 2, 1, "same")
    one("3x3, other zeros on each side", [2, 16, 6, 5], 17, 3, padding=[0, 2, 1, 0])
    one("3x3, zeros only before", [2, 16, 6, 6], 16, 3, 2, [1, 1, 0, 0])
    # Groups.
    one("3x3, 2 groups of 16", [2, 32, 5, 6], 32, 3, padding=1, groups=2)
    one("3x3, 3 groups of 2", [2, 6, 5, 6], 9, 3, padding=1, groups=3, bias=True)
    one("1x1, 4 groups, stride 2", [2, 12, 5, 6], 20, 1, 2, groups=4)
    one("depthwise with 2 results each", [2, 8, 5, 6], 16, 3, padding=1, groups=8)
    for channels in 16, 24:
        for kernel in 3, 5:
            half = kernel // 2
            one(f"depthwise {kernel}x{kernel}, {channels} channels", [2, channels, 7, 6],
                channels, kernel, padding=half, groups=channels)
            for picture, size in SIZES:
                one(f"depthwise {kernel}x{kernel}, stride 2, same, {channels} channels, {picture}",
                    [2, channels, *size], channels, kernel, 2, "same", channels)
    one("depthwise 3x3, bias", [1, 17, 4, 4], 17, 3, padding=1, groups=17, bias=True)
    # Algorithms of their own: Winograd's, and maps of a few places.
    one("3x3, 32 to 48 channels, 8x8", [2, 32, 8, 8], 48, 3, padding=1)
    one("3x3, 48 to 32 channels, 7x5", [3, 48, 7, 5], 32, 3, padding=1)
    one("3x3, 32 to 32 channels, 4x4, bias", [1, 32, 4, 4], 32, 3, padding=1, bias=True)
    one("3x3, 16 to 32 channels, 2x2", [5, 16, 2, 2], 32, 3, padding=1)
    one("3x3, 32 to 24 channels, 1x1", [3, 32, 1, 1], 24, 3, padding=1, bias=True)
    one("3x3, stride 2, 16 to 32 channels, 4x4 to 2x2", [3, 16, 4, 4], 32, 3, 2, 1)
    one("1x1, stride 2, 16 to 32 channels, 4x4 to 2x2", [3, 16, 4, 4], 32, 1, 2)
    one("1x1, 32 to 17 channels, 2x2", [4, 32, 2, 2], 17, 1)
    one("1x1, 16 to 32 channels, 2x2", [3, 16, 2, 2], 32, 1)
    for kernel in 3, 5:
        one(f"depthwise {kernel}x{kernel}, 2x2", [3, 16, 2, 2], 16, kernel, padding=kernel // 2,
            groups=16)
    for size in 4, 3:
        one(f"depthwise 5x5, stride 2, same, {size}x{size} to 2x2", [3, 16, size, size], 16, 5, 2,
            "same", 16)


def linears():
    for about, shape, channels, bias in (
            ("17 to 5", [3, 17], 5, True), ("one picture", [1, 64], 10, True),
            ("one class", [5, 32], 1, True), ("33 pictures, 102 classes", [33, 48], 102, True),
            ("without bias", [4, 16], 16, False)):
        case("linear", about, {"x": tensor_input(shape)}, [linear("fc", "x", channels, bias)])


def norms():
    def one(about, x, frozen=(), statistics="as frozen", tolerance=None, **named):
        case("batch_normalization", about, {"x": x}, [norm("bn", "x", **named)], frozen,
             statistics, tolerance)

    one("batch statistics", tensor_input([4, 16, 5, 6]))
    one("17 channels", tensor_input([3, 17, 3, 5], scale=6, shift=1))
    one("two values per channel", tensor_input([1, 5, 1, 2]), tolerance=NEAR_EQUAL)
    one("two pictures of one place", tensor_input([2, 20, 1, 1]), tolerance=NEAR_EQUAL)
    one("epsilon 1e-3", tensor_input([4, 16, 3, 3], scale=0.125), epsilon=1e-3)
    one("epsilon 0.5, momentum 0.01", tensor_input([4, 7, 3, 3]), epsilon=0.5, momentum=0.01)
    one("momentum 1", tensor_input([2, 5, 2, 3]), momentum=1.0)
    one("momentum 0", tensor_input([2, 5, 2, 3]), momentum=0.0)
    one("a mean of 30 deviations", tensor_input([4, 16, 4, 4], shift=18.0))
    for channels in 16, 17:
        one(f"running statistics, scale trained, {channels} channels",
            tensor_input([2, channels, 3, 4], shift=0.5), ["bn.bias"])
        one(f"running statistics, shift trained, {channels} channels",
            tensor_input([2, channels, 3, 4], shift=0.5), ["bn.weight"], epsilon=1e-3)
        one(f"running statistics, frozen, {channels} channels",
            tensor_input([2, channels, 3, 4], shift=0.5), ["bn.weight", "bn.bias"])
    one("running statistics, epsilon 0.5", tensor_input([2, 16, 3, 4]), ["bn.bias"], epsilon=0.5)
    for channels in 16, 17:
        for epsilon in 1e-5, 1e-3:
            one(f"frozen, batch statistics, epsilon {epsilon}, {channels} channels",
                tensor_input([2, channels, 3, 4]), ["bn.weight", "bn.bias"], "batch",
                epsilon=epsilon)


def point_wise():
    for kind, make in ("relu", relu), ("relu6", relu6):
        for channels in 16, 5:
            case("activation", f"{kind}, {channels} channels",
                 {"x": tensor_input([2, channels, 3, 5], scale=16)}, [make("act", "x")])
        # 64 numbers from -8 to 7.75, with 0 and 6 among them.
        case("activation", f"{kind} at its kinks",
             {"x": tensor_input([2, 16, 4, 5], scale=16, levels=64)}, [make("act", "x")])
        case("activation", f"{kind} of rows", {"x": tensor_input([7, 19], scale=16)},
             [make("act", "x")])
    for channels in 16, 5:
        pair = {"a": tensor_input([2, channels, 3, 5]), "b": tensor_input([2, channels, 3, 5])}
        case("addition", f"{channels} channels", pair, [addition("sum", "a", "b")])
        for kind, make in ("relu", relu), ("relu6", relu6):
            case("addition", f"then {kind}, {channels} channels",
                 {name: {**x, "scale": 14.0} for name, x in pair.items()},
                 [addition("sum", "a", "b"), make("act", "sum")])
    case("addition", "of itself", {"a": tensor_input([2, 5, 3, 3])},
         [addition("sum", "a", "a")])
    for parts in [16, 32], [16, 3], [3, 16], [17, 5, 1], [8, 8, 24]:
        names = "abc"[:len(parts)]
        case("concatenation", f"{parts} channels",
             {n: tensor_input([2, c, 3, 4]) for n, c in zip(names, parts)},
             [concatenation("cat", *names)])


def poolings():
    def one(about, x, *arguments, **named):
        case("max_pooling", about, {"x": x}, [max_pooling("pool", "x", *arguments, **named)])

    for size in (5, 6), (7, 8), (9, 4):
        for channels in 16, 5:
            place = f"{size[0]}x{size[1]}, {channels} channels"
            one(f"3x3, stride 2, ceil, {place}", tensor_input([2, channels, *size]), 3, 2,
                ceil=True)
            one(f"3x3, stride 2, padding 1, {place}", tensor_input([2, channels, *size]), 3, 2, 1)
    one("3x3, stride 2", tensor_input([2, 5, 8, 7]), 3, 2)
    one("all negative, padding 1", tensor_input([2, 5, 6, 7], shift=-3.0), 3, 2, 1)
    one("ceil and padding 1", tensor_input([2, 16, 6, 7]), 3, 2, 1, True)
    one("ceil, smaller than its window", tensor_input([2, 5, 2, 3]), 3, 2, ceil=True)
    one("2x2, stride 2", tensor_input([2, 16, 5, 6]), 2, 2)
    one("2x2, stride 3, ceil", tensor_input([1, 16, 7, 8]), 2, 3, ceil=True)
    one("2x2, stride 3, ceil, a last window beyond the edge", tensor_input([1, 5, 6, 9]), 2, 3,
        ceil=True)
    one("2x2, stride 2, ceil and padding 1, a last window in the zeros",
        tensor_input([1, 16, 5, 7]), 2, 2, 1, True)
    one("3x3, stride 1, padding 1", tensor_input([1, 16, 4, 5]), 3, 1, 1)
    one("equal values", tensor_input([2, 16, 7, 8], levels=3), 3, 2, ceil=True)
    one("equal values, padding 1", tensor_input([2, 5, 7, 8], levels=2), 3, 2, 1)
    for shape in [2, 17, 3, 5], [3, 16, 1, 1], [2, 32, 4, 4], [1, 1, 7, 1]:
        case("global_average_pooling", str(shape), {"x": tensor_input(shape)},
             [average("average", "x")])


def fused():
    x16, x24, x3 = (tensor_input([2, c, 6, 5]) for c in (16, 24, 3))
    wide = {kind: {"scale": 16.0} if kind == "relu6" else {} for kind in ("none", "relu", "relu6")}

    def then(kind, name, x):
        return {"relu": relu, "relu6": relu6}[kind](name, x)

    # Convolution and activation: VGG's way, and SqueezeNet's.
    for kind in "relu", "relu6":
        for bias in False, True:
            case(f"convolution + {kind}", f"bias {bias}", {"x": {**x16, **wide[kind]}},
                 [convolution("conv", "x", 17, 3, padding=1, bias=bias),
                  then(kind, "act", "conv")])
    case("convolution + relu", "1x1, bias", {"x": x16},
         [convolution("conv", "x", 16, 1, bias=True), relu("act", "conv")])
    case("convolution + relu", "Winograd's shape, bias", {"x": tensor_input([1, 32, 6, 6])},
         [convolution("conv", "x", 32, 3, padding=1, bias=True), relu("act", "conv")])
    case("convolution + relu", "few places, bias", {"x": tensor_input([3, 16, 2, 2])},
         [convolution("conv", "x", 24, 3, padding=1, bias=True), relu("act", "conv")])
    case("convolution + relu", "SqueezeNet's first", {"x": tensor_input([1, 3, 11, 12])},
         [convolution("conv", "x", 16, 7, 2, bias=True), relu("act", "conv")])
    case("convolution + relu", "SqueezeNet 1.1's first", {"x": tensor_input([1, 3, 11, 12])},
         [convolution("conv", "x", 16, 3, 2, bias=True), relu("act", "conv")])
    # Convolution, sum and activation.
    for kind in "none", "relu", "relu6":
        for about, channels, size in (
                ("16 channels", 16, [6, 5]), ("17 channels", 17, [6, 5]),
                ("Winograd's shape", 32, [6, 6]), ("few places", 32, [2, 2])):
            layers = [
                convolution("conv", "x", channels, 3, padding=1, bias=True),
                addition("sum", "conv", "r")]
            case("convolution + addition" + ("" if kind == "none" else f" + {kind}"), about,
                 {"x": tensor_input([1, 16 if channels < 32 else 32, *size], **wide[kind]),
                  "r": tensor_input([1, channels, *size])},
                 layers + ([] if kind == "none" else [then(kind, "act", "sum")]))
    case("convolution + addition + relu", "of its own input", {"x": x16},
         [convolution("conv", "x", 16, 3, padding=1), addition("sum", "conv", "x"),
          relu("act", "sum")])
    # Convolution and batch norm, trained (batch statistics) and frozen (multiplied in).
    frozen = ["conv.weight", "bn.weight", "bn.bias"]
    for about, arguments in {
            "3x3": dict(channels=17, kernel=3, padding=1),
            "3x3 of Winograd's shape": dict(channels=32, kernel=3, padding=1, x=32),
            "1x1": dict(channels=24, kernel=1),
            "1x1, stride 2": dict(channels=32, kernel=1, stride=2),
            "3x3, stride 2": dict(channels=32, kernel=3, stride=2, padding=1),
            "few places": dict(channels=32, kernel=3, padding=1, size=[2, 2]),
            "7x7, stride 2, 3 channels": dict(channels=16, kernel=7, stride=2, padding=3, x=3),
            "depthwise 3x3": dict(channels=24, kernel=3, padding=1, groups=24, x=24),
            "depthwise 5x5": dict(channels=16, kernel=5, padding=2, groups=16)}.items():
        x = tensor_input([2, arguments.pop("x", 16), *arguments.pop("size", [6, 8])])
        for kind in "none", "relu", "relu6":
            for held in [], frozen:
                layers = [convolution("conv", "x", **arguments),
                          norm("bn", "conv", 1e-3 if kind == "relu6" else 1e-5, gain=gain(kind))]
                case("convolution + batch_normalization" + ("" if kind == "none" else f" + {kind}"),
                     about + (", frozen" if held else ""), {"x": x},
                     layers + ([] if kind == "none" else [then(kind, "act", "bn")]), held)
    # EfficientNet's, frozen, with TensorFlow's padding.
    for picture, size in SIZES:
        for about, read, arguments in (
                ("first", 3, dict(channels=32, kernel=3)),
                ("depthwise 3x3", 16, dict(channels=16, kernel=3, groups=16)),
                ("ragged depthwise 3x3", 24, dict(channels=24, kernel=3, groups=24)),
                ("depthwise 5x5", 16, dict(channels=16, kernel=5, groups=16))):
            case("convolution + batch_normalization + relu6",
                 f"{about}, stride 2, same, {picture} picture, frozen",
                 {"x": tensor_input([2, read, *size])},
                 [convolution("conv", "x", stride=2, padding="same", **arguments),
                  norm("bn", "conv", epsilon=1e-3, gain=gain("relu6")), relu6("act", "bn")],
                 frozen)
    case("convolution + batch_normalization + relu", "frozen, with a bias of its own", {"x": x16},
         [convolution("conv", "x", 17, 3, padding=1, bias=True), norm("bn", "conv"),
          relu("act", "bn")], [*frozen, "conv.bias"])
    case("convolution + batch_normalization + relu", "weights trained, norm frozen", {"x": x16},
         [convolution("conv", "x", 17, 3, padding=1), norm("bn", "conv"), relu("act", "bn")],
         ["bn.weight", "bn.bias"])
    # Residual blocks' ends: the sum on either side, with and without an activation.
    for held in [], frozen:
        end = ", frozen" if held else ""
        for kind in "none", "relu", "relu6":
            name = "convolution + batch_normalization + addition" + (
                "" if kind == "none" else f" + {kind}")
            epsilon = 1e-3 if kind != "relu" else 1e-5
            for about, kernel, channels, order in (
                    ("3x3", 3, 17, ["bn", "r"]), ("3x3, summand first", 3, 16, ["r", "bn"]),
                    ("1x1", 1, 16, ["bn", "r"]), ("1x1, ragged", 1, 24, ["bn", "r"]),
                    ("3x3 of Winograd's shape", 3, 32, ["bn", "r"])):
                read = 32 if channels == 32 else 16
                layers = [
                    convolution("conv", "x", channels, kernel, padding=kernel // 2),
                    norm("bn", "conv", epsilon, gain=gain(kind)), addition("sum", *order)]
                case(name, about + end,
                     {"x": tensor_input([2, read, 6, 5]), "r": tensor_input([2, channels, 6, 5])},
                     layers + ([] if kind == "none" else [then(kind, "act", "sum")]), held)
        both = [*held, *(n.replace("conv", "down").replace("bn", "down_bn") for n in held)]
        case("convolution + batch_normalization + addition + relu", "both sides" + end,
             {"x": x16},
             [convolution("conv", "x", 32, 3, 2, 1), norm("bn", "conv"),
              convolution("down", "x", 32, 1, 2), norm("down_bn", "down"),
              addition("sum", "bn", "down_bn"), relu("act", "sum")], both)
        case("convolution + batch_normalization + addition", "of its own input" + end,
             {"x": x24},
             [convolution("conv", "x", 24, 1), norm("bn", "conv", epsilon=1e-3),
              addition("sum", "bn", "x")], held)
    # Batch norm with a sum or an activation, running statistics and trained scale.
    for kind in "none", "relu", "relu6":
        for held, statistics, end in (
                ([], "as frozen", ""), (["bn.bias"], "as frozen", ", running statistics"),
                (["bn.weight", "bn.bias"], "batch", ", frozen with batch statistics")):
            for channels in 16, 5:
                name = "" if kind == "none" else f" + {kind}"
                x = tensor_input([2, channels, 4, 5], scale=2)
                bn = norm("bn", "x", 1e-5 if kind == "relu" else 1e-3, gain=gain(kind))
                if kind != "none":
                    case(f"batch_normalization{name}", f"{channels} channels{end}", {"x": x},
                         [bn, then(kind, "act", "bn")], held, statistics)
                case(f"batch_normalization + addition{name}", f"{channels} channels{end}",
                     {"x": x, "r": x},
                     [bn, addition("sum", "bn", "r"),
                      *([] if kind == "none" else [then(kind, "act", "sum")])], held, statistics)
    # A fire module: one value read twice, two joined.
    case("fire module", "whole blocks of channels", {"x": x16},
         [convolution("squeeze", "x", 16, 1, bias=True), relu("s", "squeeze"),
          convolution("left", "s", 32, 1, bias=True), relu("l", "left"),
          convolution("right", "s", 32, 3, padding=1, bias=True), relu("r", "right"),
          concatenation("cat", "l", "r")])
    case("fire module", "ragged channels", {"x": x3},
         [convolution("squeeze", "x", 5, 1, bias=True), relu("s", "squeeze"),
          convolution("left", "s", 9, 1, bias=True), relu("l", "left"),
          convolution("right", "s", 7, 3, padding=1, bias=True), relu("r", "right"),
          concatenation("cat", "l", "r")])


def given(key, spec):
    u = formula.uniform(key, int(numpy.prod(spec["shape"])))
    if spec["levels"]:
        u = numpy.floor((u + 0.5) * spec["levels"]) / spec["levels"] - 0.5
    x = (u * spec["scale"] + spec["shift"]).astype("float32")
    return torch.tensor(x.reshape(spec["shape"])).double()


class Kink(Exception):
    """An activation's input lies within MARGIN of a kink."""


class Run:
    """One case, computed by torch's functions in float64."""

    def __init__(self, case, key, is_evaluation):
        self.case, self.key, self.is_evaluation = case, key, is_evaluation
        self.values, self.trained, self.states = {}, {}, {}
        self.is_close = False
        self.levels = any(spec["levels"] for spec in case["inputs"].values())
        for name, spec in case["inputs"].items():
            self.values[name] = self.trained[name] = given(f"{key}/{name}", spec).requires_grad_()
        for layer in case["layers"]:
            self.values[layer["name"]] = getattr(self, layer["operation"])(
                layer, *(self.values[n] for n in layer["inputs"]))
        self.y = self.values[case["layers"][-1]["name"]]

    def parameter(self, name, shape, gain=1):
        value = torch.tensor(formula.values(f"{self.key}/{name}", shape)).double() * gain
        if name not in self.case["frozen"]:
            self.trained[name] = value.requires_grad_()
        return value

    def weights(self, layer, shape):
        weight = self.parameter(layer["name"] + ".weight", shape)
        return weight, self.parameter(layer["name"] + ".bias", shape[:1]) if layer["bias"] else None

    def convolution(self, layer, x):
        kernel, stride, groups = layer["kernel"], layer["stride"], layer["groups"]
        weight, bias = self.weights(
            layer, [layer["channels"], x.shape[1] // groups, kernel, kernel])
        if layer["padding"] == "same":
            return conv2d_same(x, weight, bias, (stride, stride), groups=groups)
        top, left, bottom, right = layer["padding"]
        x = functional.pad(x, (left, right, top, bottom))
        return functional.conv2d(x, weight, bias, stride, groups=groups)

    def batch_normalization(self, layer, x):
        name, channels = layer["name"], [x.shape[1]]
        scale, shift = (
            self.parameter(f"{name}.{n}", channels, layer["gain"]) for n in ("weight", "bias"))
        mean, variance = (
            torch.tensor(formula.values(f"{self.key}/{name}.{n}", channels)).double()
            for n in ("running_mean", "running_var"))
        is_frozen = {name + ".weight", name + ".bias"} & set(self.case["frozen"])
        is_batch = not self.is_evaluation and (
            not is_frozen or self.case["statistics"] == "batch")
        if is_batch:
            self.states[name + ".running_mean"] = mean
            self.states[name + ".running_var"] = variance
        return functional.batch_norm(
            x, mean, variance, scale, shift, is_batch, layer["momentum"], layer["epsilon"])

    def linear(self, layer, x):
        weight, bias = self.weights(layer, [layer["channels"], x.shape[1]])
        return functional.linear(x, weight, bias)

    def kinks(self, x, *places):
        assert self.is_evaluation or all(
            (x < place).any() and (x > place).any() for place in places
        ), f"{self.case['name']}: a kink is never crossed"
        for place in places:
            if (x - place).abs().min() < MARGIN and not self.levels:
                raise Kink
            if self.levels:
                assert (x == place).any(), "nothing lies on the kink"

    def relu(self, layer, x):
        self.kinks(x, 0)
        return functional.relu(x)

    def relu6(self, layer, x):
        self.kinks(x, 0, 6)
        return functional.relu6(x)

    def addition(self, layer, a, b):
        return a + b

    def concatenation(self, layer, *parts):
        return torch.cat(parts, 1)

    def max_pooling(self, layer, x):
        return functional.max_pool2d(
            x, layer["kernel"], layer["stride"], layer["padding"][0], ceil_mode=layer["ceil"])

    def global_average_pooling(self, layer, x):
        return functional.adaptive_avg_pool2d(x, 1).flatten(1)


def compute(case):
    for salt in range(2000):
        key = f"{case['name']}#{salt}"
        try:
            run, evaluation = Run(case, key, False), Run(case, key, True)
        except Kink:
            continue
        break
    else:
        raise RuntimeError(f"{case['name']}: every salt leaves an activation near a kink")
    case["salt"] = salt
    incoming = given(f"{key}/given", tensor_input(list(run.y.shape)))
    gradients = torch.autograd.grad((run.y * incoming).sum(), list(run.trained.values()))
    results = {"y": run.y}
    for name, gradient in zip(run.trained, gradients):
        results[f"gradient/{name}"] = gradient
    for name, state in run.states.items():
        results[f"after/{name}"] = state
    if any(layer["operation"] == "batch_normalization" for layer in case["layers"]):
        results["evaluation"] = evaluation.y
    results = dict(sorted(results.items()))
    case["results"] = {name: value.numel() for name, value in results.items()}
    return numpy.concatenate([
        digest(value.detach().numpy().reshape(-1)) for value in results.values()]).astype("float32")


def digest(values):
    count = len(values)
    if count <= WHOLE:
        return values
    places = numpy.floor((formula.uniform("places", SHOWN) + 0.5) * count).astype(int)
    places[:2] = 0, count - 1
    products = values * formula.uniform("factors", count)
    sums = [
        products[count * part // PARTS:count * (part + 1) // PARTS].sum()
        for part in range(PARTS)]
    return numpy.concatenate([[numpy.abs(values).max()], values[places], sums])


def dropout_scales():
    """What torch's dropout makes of ones that it keeps, in float32."""
    scales = {}
    for p in 0.1, 0.2, 0.3, 0.5, 0.7, 0.9:
        kept = torch.dropout(torch.ones(1000), p, True).unique()
        assert len(kept) == 2 and kept[0] == 0
        scales[str(p)] = float(kept[1])
    return scales


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for make in convolutions, linears, norms, point_wise, poolings, fused:
        make()
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names), "two cases of one name"
    tensors = {}
    for case in CASES:
        tensors[case["name"]] = compute(case)
    save_file(tensors, out / "layers.safetensors")
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES)
    (out / "cases.json").write_text(
        '{"dropout_scales":' + json.dumps(dropout_scales()) + ',"cases":[\n' + lines + "\n]}\n")
    manifest.write(
        out, __file__, ["cases.json", "layers.safetensors"],
        libraries=["torch", "timm", "numpy", "safetensors"], seed=None, modules=["formula"],
        tolerance=TOLERANCE, why=
        "of the greatest element: sums of some hundred terms in float32 against float64 differ by "
        "up to 1e-6 (epsilon is 1.2e-7), by Winograd's algorithm with a batch norm behind it by up "
        "to 1.7e-6; a batch norm over two values that are nearly equal loses what they share, 4e-6 "
        "of it, and is allowed 1e-5")
    print(f"{len(CASES)} cases, {sum(t.nbytes for t in tensors.values()) / 1e3:.0f} kB, greatest "
          f"salt {max(case['salt'] for case in CASES)}")


if __name__ == "__main__":
    main()
