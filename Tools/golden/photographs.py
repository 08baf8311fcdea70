"""Logits of every backbone with formula weights on photographs, and names for ants and bees.

usage: python photographs.py SHARED OUT

OUT is Tests/GoldenTests/Goldens/Photographs. Writes manifest.json and
  logits.json      four photographs, weights from a formula (spread.py), computed in double
  names.json       how many of the 40 validation ants and bees the real ImageNet weights name so,
                   with the right normalisation and with another one's by mistake, and the first
                   choice for every picture
"""

import json
import sys
from pathlib import Path

import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

import manifest
import spread
from models import BACKBONES, HALF, IMAGENET

CLASSES = 10
NAMES = {"ants": 310, "bees": 309}


def opened(path):
    return Image.open(path).convert("RGB")


def logits(folder, pictures):
    preprocess = transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize(*IMAGENET)])
    batch = torch.stack([preprocess(opened(folder / picture)) for picture in pictures])
    return {
        name: {"scales": spread.scale(name), "logits": spread.logits(name, CLASSES, batch)}
        for name in spread.NAMES}


def names(shared, folder):
    found = {}
    sizes = {"squeezenet1_0": InterpolationMode.BILINEAR,
             "tf_efficientnet_lite0": InterpolationMode.BICUBIC}
    for name, (build, weights, right) in BACKBONES.items():
        model = build(shared / "weights" / weights).eval()
        wrong = HALF if right is IMAGENET else IMAGENET
        found[name] = {
            "weights": f"weights/{weights}", "interpolation": sizes[name].value,
            "weights_sha256": manifest.sha256(shared / "weights" / weights)}
        for key, normalization in [("right", right), ("wrong", wrong)]:
            preprocess = transforms.Compose([
                transforms.Resize(256, sizes[name]), transforms.CenterCrop(224),
                transforms.ToTensor(), transforms.Normalize(*normalization)])
            entry = {"mean": normalization[0], "std": normalization[1], "counts": {}, "top1": {}}
            for part, index in NAMES.items():
                paths = sorted((folder / part).glob("*.jpg"))[:40]
                with torch.inference_mode():
                    top = torch.cat([
                        model(torch.stack([preprocess(opened(path)) for path in paths[at:at + 20]]))
                        for at in range(0, len(paths), 20)]).argmax(1).tolist()
                entry["counts"][part] = top.count(index)
                entry["top1"].update({
                    f"{part}/{path.name}": choice for path, choice in zip(paths, top)})
            print(name, key, entry["counts"], flush=True)
            found[name][key] = entry
    return found


def main():
    shared, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    folder = shared / "data" / "hymenoptera" / "val"
    pictures = [
        f"{part}/{path.name}" for part in NAMES for path in sorted((folder / part).glob("*.jpg"))[:2]]
    (out / "names.json").write_text(json.dumps(names(shared, folder), indent=1) + "\n")
    (out / "logits.json").write_text(json.dumps(
        {"classes": CLASSES, "shifts": spread.SHIFTS, "pictures": pictures, "mean": IMAGENET[0], "std": IMAGENET[1],
         "backbones": logits(folder, pictures)}) + "\n")
    used = sorted(
        {str(path.relative_to(folder)) for part in NAMES
         for path in sorted((folder / part).glob("*.jpg"))[:40]})
    manifest.write(
        out, __file__, ["logits.json", "names.json"], modules=["formula", "models", "spread"],
        libraries=["torch", "torchvision", "timm", "pillow", "numpy"], seed=None, tolerance=1e-4,
        why="of the range of all logits: torch computed in double, xrun computes in float32; of 40 "
        "names one or two may fall to the other side of a tie",
        pictures={f"data/hymenoptera/val/{name}": manifest.sha256(folder / name) for name in used})


if __name__ == "__main__":
    main()
