"""Loss, gradients and moved statistics of every backbone, by torchvision and timm.

usage: python gradients.py OUT [NAME...]

OUT is Tests/GoldenTests/Goldens/Gradients. Weights and pictures come from a formula, clear of
kinks (kinks.py), with batch norm in train mode and with frozen statistics; dropout is off. Computed
in double; a gradient is kept as eight numbers (compact.py). How far torch's own float32 is from
that stands beside it. Writes one file per backbone and manifest.json.
"""

import json
import sys
from pathlib import Path

import numpy
import timm
import torch
import torchvision

import compact
import formula
import kinks
import manifest

TORCHVISION = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "squeezenet1_0", "squeezenet1_1"]
TIMM = ["tf_efficientnet_lite0"]
CLASSES = 10
# Two sides, so that padding and pooling meet maps of odd and of even size.
SHAPE = (4, 3, 62, 64)
LABELS = [index * 7 % CLASSES for index in range(SHAPE[0])]
# What torch's float32 may be away from its float64, else nothing is known about xrun's.
LIMIT = 1e-4
# By what the scales of the last batch norm of a bottleneck are multiplied. With the formula's own
# scales, gradients grow a thousandfold through ResNet-152 in train mode, and rounding with them.
DAMPING = 0.125


def tolerance(own):
    """What xrun may be away from torch's double, given how far torch's own float32 is."""
    return max(1e-4, float(f"{4 * own:.2g}"))


def model(name):
    if name in TIMM:
        made = timm.create_model(name, num_classes=CLASSES)
    else:
        made = getattr(torchvision.models, name)(num_classes=CLASSES)
    formula.load(made)
    for key, parameter in made.named_parameters():
        if key.startswith("layer") and key.endswith(".bn3.weight"):
            parameter.data *= DAMPING
    return made


def prepared(made, mode):
    """Batch norm in one of two modes, and no dropout."""
    made.train()
    for module in made.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if mode == "frozen" and isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    return made


def step(made, pictures):
    made.zero_grad()
    loss = torch.nn.functional.cross_entropy(
        made(pictures.to(next(made.parameters()).dtype)), torch.tensor(LABELS))
    loss.backward()
    return loss.item(), {
        name: parameter.grad.double().numpy() for name, parameter in made.named_parameters()}


def golden(name, mode):
    for salt in range(100):
        pictures = torch.tensor((formula.uniform(f"pictures {salt}", int(numpy.prod(SHAPE))) * 4)
                                .astype("float32").reshape(SHAPE))
        try:
            nudges = kinks.find(prepared(model(name), mode), pictures)
            break
        except kinks.Tie:
            continue
    results = {}
    for dtype in [torch.float32, torch.float64]:
        made = model(name)
        kinks.nudge(made, nudges)
        made = prepared(made, mode).to(dtype)
        loss, gradients = step(made, pictures)
        after = {n: b.double().numpy() for n, b in made.named_buffers() if "running_" in n}
        results[dtype] = (loss, gradients, after if mode == "train" else {})
    loss, gradients, after = results[torch.float64]
    kept = compact.of_gradients(gradients)
    moved = {n: compact.of(g) for n, g in after.items()}
    single = results[torch.float32]
    own = compact.distances(single[1], kept)
    own_after = max((compact.distance(single[2][n], moved[n]) for n in moved), default=0.0)
    whole = max(
        float(numpy.abs(single[1][n] - g).max() / numpy.abs(g).max())
        for n, g in gradients.items() if kept[n][2])
    norms = [k[2] for k in kept.values() if k[2]]
    print(f"{name} {mode}: pictures {salt}, {sum(map(len, nudges.values()))} nudges, loss {loss:.4f}, "
          f"norms {min(norms):.1e} to {max(norms):.1e}, torch's float32 differs by {own:.1e} "
          f"(elements {whole:.1e}), statistics {own_after:.1e}; {len(kept) - len(norms)} vanish", flush=True)
    assert whole < LIMIT, "too close to a kink"
    return {
        "pictures": f"pictures {salt}", "nudges": nudges, "loss": loss,
        "float32": float(f"{own:.2g}"), "tolerance": tolerance(own), "gradients": kept, "after": moved}


def lines(value, depth=0):
    """JSON with one line for each tensor, so that a change shows what moved."""
    if depth == 3 or not isinstance(value, dict):
        return json.dumps(value)
    inner = ",\n".join(
        " " * (depth + 1) + json.dumps(key) + ": " + lines(item, depth + 1)
        for key, item in value.items())
    return "{\n" + inner + "\n" + " " * depth + "}" if inner else "{}"


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    names = sys.argv[2:] or TORCHVISION + TIMM
    own = {}
    for name in names:
        has_norm = any(isinstance(m, torch.nn.BatchNorm2d) for m in model(name).modules())
        modes = {mode: golden(name, mode) for mode in ["train", "frozen"][:2 if has_norm else 1]}
        own[name] = {mode: kept["float32"] for mode, kept in modes.items()}
        (out / f"{name}.json").write_text(lines(
            {"shape": SHAPE, "classes": CLASSES, "labels": LABELS, "damping": DAMPING, "modes": modes}) + "\n")
    if sys.argv[2:]:
        return
    manifest.write(
        out, __file__, {f"{n}.json": {"float32_of_torch": own[n]} for n in names},
        modules=["compact", "formula", "kinks"],
        libraries=["torch", "torchvision", "timm", "numpy"], seed=None,
        tolerance="1e-4, or four times what torch's own float32 differs from its double",
        why="torch computed in double, xrun computes in float32: torch's own float32 differs from "
        f"its double by up to {max(d for m in own.values() for d in m.values()):.0e}, and a "
        "Winograd kernel rounds ten times as much as a direct one")


if __name__ == "__main__":
    main()
