"""Logits of every backbone with weights from a formula, by torchvision and timm.

usage: python logits.py OUT

OUT is Tests/ModelsTests/Goldens/Logits. The weights need no file: element i of a tensor is a hash
of the tensor's name and i, spread over a range that its kind decides (`values`). Writes
logits.json and manifest.json.
"""

import hashlib
import json
import platform
import sys
from pathlib import Path

import numpy
import timm
import torch
import torchvision

TORCHVISION = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "squeezenet1_0", "squeezenet1_1"]
TIMM = ["tf_efficientnet_lite0"]
CLASSES = 10
# An odd and an even side, so that padding and pooling meet both.
SHAPE = (2, 3, 47, 64)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


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
    u = uniform(name, int(numpy.prod(shape)))
    if name.endswith("running_var"):
        u = u + 1.0
    elif name.endswith("running_mean"):
        u = u * 0.5
    elif len(shape) == 1:
        u = u * 0.25 + 0.5 if name.endswith(".weight") else u * 0.5
    else:
        u = u * (24.0 / float(numpy.prod(shape[1:]))) ** 0.5
    return torch.tensor(u.astype("float32").reshape(shape))


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    pictures = torch.tensor(
        (uniform("pictures", int(numpy.prod(SHAPE))) * 4).astype("float32").reshape(SHAPE))
    models = [(n, getattr(torchvision.models, n)(num_classes=CLASSES)) for n in TORCHVISION]
    models += [(n, timm.create_model(n, num_classes=CLASSES)) for n in TIMM]
    logits = {}
    for name, model in models:
        state = model.state_dict()
        model.load_state_dict({
            key: values(key, tensor.shape) if tensor.is_floating_point() else tensor
            for key, tensor in state.items()})
        model.double().eval()
        with torch.no_grad():
            logits[name] = model(pictures.double()).flatten().tolist()
    (out / "logits.json").write_text(json.dumps(
        {"shape": SHAPE, "classes": CLASSES, "logits": logits}) + "\n")
    manifest = {
        "generator": "Tools/golden/logits.py",
        "generator_sha256": sha256(__file__),
        "versions": {
            "python": platform.python_version(), "torch": torch.__version__,
            "torchvision": torchvision.__version__, "timm": timm.__version__,
            "numpy": numpy.__version__,
        },
        "seed": "none is drawn: weights are hashes of names and indices",
        "tolerance": "1e-4 of the greatest logit: torch computed in double, we in float32",
        "files": {"logits.json": {"sha256": sha256(out / "logits.json")}},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


main()
