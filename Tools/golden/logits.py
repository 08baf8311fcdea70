"""Logits of every backbone with weights from a formula, by torchvision and timm.

usage: python logits.py OUT

OUT is Tests/ModelsTests/Goldens/Logits. The weights need no file: element i of a tensor is a hash
of the tensor's name and i (formula.py). Writes logits.json and manifest.json.
"""

import json
import sys
from pathlib import Path

import numpy
import timm
import torch
import torchvision

import formula
import manifest

TORCHVISION = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "squeezenet1_0", "squeezenet1_1"]
TIMM = ["tf_efficientnet_lite0"]
CLASSES = 10
# An odd and an even side, so that padding and pooling meet both.
SHAPE = (2, 3, 47, 64)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    pictures = torch.tensor(
        (formula.uniform("pictures", int(numpy.prod(SHAPE))) * 4).astype("float32").reshape(SHAPE))
    models = [(n, getattr(torchvision.models, n)(num_classes=CLASSES)) for n in TORCHVISION]
    models += [(n, timm.create_model(n, num_classes=CLASSES)) for n in TIMM]
    logits = {}
    for name, model in models:
        formula.load(model).double().eval()
        with torch.no_grad():
            logits[name] = model(pictures.double()).flatten().tolist()
    (out / "logits.json").write_text(json.dumps(
        {"shape": SHAPE, "classes": CLASSES, "logits": logits}) + "\n")
    manifest.write(
        out, __file__, ["logits.json"], modules=["formula"],
        libraries=["torch", "torchvision", "timm", "numpy"], seed=None, tolerance=1e-4,
        why="of the greatest logit: torch computed in double, xrun computes in float32")


main()
