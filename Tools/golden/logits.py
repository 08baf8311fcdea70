"""Logits of every backbone with weights from a formula, by torchvision and timm.

usage: python logits.py OUT

OUT is Tests/ModelsTests/Goldens/Logits. The weights need no file: element i of a tensor is a hash
of the tensor's name and i (spread.py). Writes logits.json and manifest.json.
"""

import json
import sys
from pathlib import Path

import numpy
import torch

import formula
import manifest
import spread

CLASSES = 10
# An odd and an even side, so that padding and pooling meet both.
SHAPE = (2, 3, 47, 64)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    pictures = torch.tensor(
        (formula.uniform("pictures", int(numpy.prod(SHAPE))) * 4).astype("float32").reshape(SHAPE))
    logits = {
        name: {"scales": spread.scale(name), "logits": spread.logits(name, CLASSES, pictures)}
        for name in spread.NAMES}
    (out / "logits.json").write_text(json.dumps(
        {"shape": SHAPE, "classes": CLASSES, "shifts": spread.SHIFTS, "backbones": logits}) + "\n")
    manifest.write(
        out, __file__, ["logits.json"], modules=["formula", "spread"],
        libraries=["torch", "torchvision", "timm", "numpy"], seed=None, tolerance=1e-4,
        why="of the greatest logit: torch computed in double, xrun computes in float32")


main()
