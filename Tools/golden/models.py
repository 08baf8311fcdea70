"""Logits of whole backbones on real photographs, by torch, torchvision, timm and PIL.

usage: python models.py SHARED OUT

SHARED has weights/ and data/hymenoptera/; OUT is Tests/GoldenTests/Goldens. Writes one
safetensors file per backbone (`logits`, float32 `[32, 1000]`; the pictures' names are in the
manifest) and manifest.json.
"""

import json
import sys
from pathlib import Path

import PIL
import safetensors
import timm
import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file, save_file
from torchvision import transforms

import manifest

COUNT = 32
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = ([0.5] * 3, [0.5] * 3)


def squeezenet1_0(weights):
    model = torchvision.models.squeezenet1_0()
    model.load_state_dict(load_file(weights))
    return model


def tf_efficientnet_lite0(weights):
    model = timm.create_model("tf_efficientnet_lite0")
    result = model.load_state_dict(load_file(weights), strict=False)
    missing = [name for name in result.missing_keys if not name.endswith("num_batches_tracked")]
    assert not missing and not result.unexpected_keys, result
    return model


BACKBONES = {
    "squeezenet1_0": (squeezenet1_0, "squeezenet1_0_caffe.safetensors", IMAGENET),
    "tf_efficientnet_lite0": (
        tf_efficientnet_lite0, "tf_efficientnet_lite0.safetensors", HALF),
}


def main():
    shared, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    folder = shared / "data" / "hymenoptera" / "val"
    pictures = sorted(str(path.relative_to(folder)) for path in folder.glob("*/*.jpg"))[:COUNT]
    assert len(pictures) == COUNT
    backbones = {}
    for name, (build, weights, (mean, std)) in BACKBONES.items():
        preprocess = transforms.Compose([
            transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
            transforms.Normalize(mean, std)])
        batch = torch.stack([
            preprocess(Image.open(folder / picture).convert("RGB")) for picture in pictures])
        model = build(shared / "weights" / weights).eval()
        with torch.inference_mode():
            logits = model(batch)
        file = out / f"{name}.safetensors"
        save_file({"logits": logits.contiguous()}, file)
        backbones[name] = {
            "file": file.name, "weights": f"weights/{weights}",
            "weights_sha256": manifest.sha256(shared / "weights" / weights), "mean": mean, "std": std,
            "top1": logits.argmax(1).tolist(),
        }
        print(name, tuple(logits.shape), f"range {logits.min():.3f} to {logits.max():.3f}")
    manifest.write(
        out, __file__, [backbone["file"] for backbone in backbones.values()],
        libraries=["torch", "torchvision", "timm", "pillow", "safetensors"], seed=None,
        tolerance=1e-4,
        why="of the range of all logits: float32 sums in another order over about 50 layers; the "
        "first choice is equal on every picture",
        preprocessing="RGB, Resize(256), CenterCrop(224), ToTensor, Normalize(mean, std)",
        pictures=[
            {"path": f"data/hymenoptera/val/{name}", "sha256": manifest.sha256(folder / name)}
            for name in pictures],
        backbones=backbones)


if __name__ == "__main__":
    main()
