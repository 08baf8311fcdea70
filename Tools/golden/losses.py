"""Losses of single samples, their mean and the gradients to the logits, by torch.

usage: python losses.py OUT

OUT is Tests/GoldenTests/Goldens/Losses. Writes cases.json, losses.safetensors (`<case>/losses`
[N], `<case>/mean` [1], `<case>/gradient` [N, K]) and manifest.json. Logits are a formula
(formula.py). Compared in Tests/GoldenTests/LossGoldenTests.swift.

torch computes in float64 from logits that are exact in float32; results are rounded once.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
from safetensors.numpy import save_file

import formula
import manifest

TOLERANCE = 2e-7
SMOOTHINGS = [None, 0.0, 0.05, 0.1, 0.5, 1.0]

# Shape, scale, shift, levels (0 for any number), and how much greater the label's logit is.
LOGITS = {
    "few classes": ([7, 5], 6.0, 0.0, 0, 0.0),
    "two classes": ([6, 2], 6.0, 0.0, 0, 0.0),
    "one class": ([3, 1], 6.0, 0.0, 0, 0.0),
    "one sample": ([1, 17], 6.0, 0.0, 0, 0.0),
    "1000 classes": ([3, 1000], 12.0, 0.0, 0, 0.0),
    "102 classes, 33 samples": ([33, 102], 2.0, 0.0, 0, 0.0),
    "equal logits": ([4, 9], 0.0, 3.0, 0, 0.0),
    "equal zeros": ([4, 10], 0.0, 0.0, 0, 0.0),
    "logits of -10000, 0 and 10000": ([8, 6], 30000.0, 5000.0, 3, 0.0),
    "two classes of -10000 and 10000": ([6, 2], 40000.0, 10000.0, 2, 0.0),
    "near 10000": ([5, 7], 4.0, 10000.0, 0, 0.0),
    "near -10000": ([5, 7], 4.0, -10000.0, 0, 0.0),
    "nearly sure": ([5, 7], 2.0, 0.0, 0, 9.0),
    "sure and wrong": ([5, 7], 2.0, 0.0, 0, -30.0),
}


def uniform(name, shape, scale, shift, levels):
    u = formula.uniform(name, int(numpy.prod(shape)))
    if levels:
        u = numpy.floor((u + 0.5) * levels) / levels - 0.5
    return (u * scale + shift).astype("float32").reshape(shape)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    cases, tensors = [], {}
    for about, (shape, scale, shift, levels, more) in LOGITS.items():
        for smoothing in SMOOTHINGS:
            arguments = {} if smoothing is None else {"label_smoothing": smoothing}
            name = f"{about}, {'default' if smoothing is None else smoothing}"
            logits = uniform(f"{about}/logits", shape, scale, shift, levels)
            labels = numpy.floor(
                (formula.uniform(f"{about}/labels", shape[0]) + 0.5) * shape[1]).astype(int)
            logits[numpy.arange(shape[0]), labels] += numpy.float32(more)
            z = torch.tensor(logits).double().requires_grad_()
            each = torch.nn.CrossEntropyLoss(reduction="none", **arguments)(
                z, torch.tensor(labels))
            mean = torch.nn.CrossEntropyLoss(**arguments)(z, torch.tensor(labels))
            gradient, = torch.autograd.grad(mean, z)
            for quantity, value in (
                    ("losses", each), ("mean", mean.reshape(1)), ("gradient", gradient)):
                tensors[f"{name}/{quantity}"] = value.detach().numpy().astype("float32")
            cases.append({
                "name": name, "loss": "CrossEntropyLoss", "arguments": arguments, "about": about,
                "shape": shape, "scale": scale, "shift": shift, "levels": levels, "more": more})
    save_file(tensors, out / "losses.safetensors")
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    (out / "cases.json").write_text("[\n" + lines + "\n]\n")
    manifest.write(
        out, __file__, ["cases.json", "losses.safetensors"],
        libraries=["torch", "numpy", "safetensors"], seed=None, modules=["formula"],
        tolerance=TOLERANCE, why=
        "of the greatest element: the kernel computes in double and rounds once, as the goldens "
        "were; each rounding is 6e-8 at most, and that of label_smoothing to float32 comes on top")
    print(f"{len(cases)} cases, {sum(t.nbytes for t in tensors.values()) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
