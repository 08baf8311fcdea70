"""Names, shapes and types of the tensors of every backbone, as torchvision and timm list them.

usage: python state_dicts.py OUT

OUT is Tests/ModelsTests/Goldens. Writes one text file per backbone (a line per tensor of the
state_dict: name, type, lengths) and manifest.json.
"""

import json
import sys
from pathlib import Path

import timm
import torch
import torchvision

import manifest

TORCHVISION = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "squeezenet1_0", "squeezenet1_1"]
TIMM = ["tf_efficientnet_lite0"]


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    files = {}
    models = [(name, getattr(torchvision.models, name)) for name in TORCHVISION]
    models += [(name, lambda name=name: timm.create_model(name)) for name in TIMM]
    for name, make in models:
        model = make()
        lines = []
        for key, tensor in model.state_dict().items():
            kind = str(tensor.dtype).removeprefix("torch.")
            lines.append(" ".join([key, kind] + [str(length) for length in tensor.shape]))
        path = out / f"{name}.txt"
        path.write_text("\n".join(lines) + "\n")
        files[path.name] = {"parameters": sum(p.numel() for p in model.parameters())}
    manifest.write(
        out, __file__, files, libraries=["torch", "torchvision", "timm"], seed=None, tolerance=0,
        why="names, order, types and shapes are equal or not")


main()
