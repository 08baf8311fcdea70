"""One training step of tf_efficientnet_lite0 with its real weights on photographs, by timm.

usage: python efficientnet_step.py SHARED OUT

OUT is Tests/GoldenTests/Goldens/Step. Batch norm in train mode, 64 px, Adam, computed in double.
The real weights are moved clear of kinks (kinks.py). Gradients, running statistics and what Adam
moved are kept as eight numbers each (compact.py). Writes step.json and manifest.json.
"""

import copy
import sys
from pathlib import Path

import torch
from PIL import Image
from torchvision import transforms

import compact
import kinks
import manifest
from gradients import lines, tolerance
from models import BACKBONES, HALF

NAME = "tf_efficientnet_lite0"
SIZE = 64
CLASSES = {"ants": 310, "bees": 309}
EACH = 4
RATE = 1e-3
# With Adam's usual 1e-8 the first step is the gradient's sign, and that of an element near zero is
# rounding: torch's float32 then moves the parameters of unused channels the other way.
EPSILON = 1e-3
LIMIT = 1e-4


def step(model, pictures, labels):
    """Loss before and after, gradients, statistics after one step, and what the optimizer moved."""
    model.train()
    pictures = pictures.to(next(model.parameters()).dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, eps=EPSILON)
    before = {n: p.detach().double().clone() for n, p in model.named_parameters()}
    loss = torch.nn.functional.cross_entropy(model(pictures), labels)
    loss.backward()
    gradients = {n: p.grad.double().numpy() for n, p in model.named_parameters()}
    after = {
        n: b.double().numpy().copy() for n, b in model.named_buffers() if "running_" in n}
    optimizer.step()
    moved = {n: (p.detach().double() - before[n]).numpy() for n, p in model.named_parameters()}
    with torch.no_grad():
        second = torch.nn.functional.cross_entropy(model(pictures), labels)
    return loss.item(), second.item(), gradients, after, moved


def main():
    shared, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    build, weights, _ = BACKBONES[NAME]
    folder = shared / "data" / "hymenoptera" / "train"
    paths = [path for part in CLASSES for path in sorted((folder / part).glob("*.jpg"))[:EACH]]
    labels = torch.tensor([CLASSES[path.parent.name] for path in paths])
    preprocess = transforms.Compose([
        transforms.Resize((SIZE, SIZE)), transforms.ToTensor(), transforms.Normalize(*HALF)])
    pictures = torch.stack([preprocess(Image.open(path).convert("RGB")) for path in paths])

    real = build(shared / "weights" / weights)
    nudges = kinks.find(copy.deepcopy(real).train(), pictures)
    kinks.nudge(real, nudges)
    single = step(copy.deepcopy(real), pictures, labels)
    loss, second, gradients, after, moved = step(real.double(), pictures, labels)
    kept = compact.of_gradients(gradients)
    moves = {n: compact.of(m) for n, m in moved.items() if kept[n][2]}
    statistics = {n: compact.of(a) for n, a in after.items()}
    own = {
        "loss": abs(single[0] - loss) / loss, "second_loss": abs(single[1] - second) / second,
        "gradients": compact.distances(single[2], kept),
        "after": max(compact.distance(single[3][n], statistics[n]) for n in statistics),
        "moves": max(compact.distance(single[4][n], moves[n]) for n in moves)}
    own = {key: float(f"{value:.2g}") for key, value in own.items()}
    print(f"loss {loss:.4f}, then {second:.4f}; {sum(map(len, nudges.values()))} nudges; "
          f"{len(kept) - len(moves)} vanish; torch's float32 differs by {own}")
    assert own["gradients"] < LIMIT, "too close to a kink"
    allowed = {key: tolerance(value) for key, value in own.items()}
    (out / "step.json").write_text(lines({
        "weights": f"weights/{weights}",
        "weights_sha256": manifest.sha256(shared / "weights" / weights),
        "pictures": [str(path.relative_to(shared)) for path in paths], "labels": labels.tolist(),
        "mean": HALF[0], "std": HALF[1], "size": SIZE, "rate": RATE, "epsilon": EPSILON, "nudges": nudges,
        "loss": loss, "second_loss": second, "float32": own, "tolerance": allowed,
        "gradients": kept, "after": statistics, "moves": moves}, 1) + "\n")
    manifest.write(
        out, __file__, ["step.json"],
        modules=["compact", "formula", "gradients", "kinks", "models"],
        libraries=["torch", "torchvision", "timm", "pillow", "numpy"], seed=None,
        tolerance="1e-4, or four times what torch's own float32 differs from its double",
        why="torch computed in double, xrun computes in float32",
        pictures={str(p.relative_to(shared)): manifest.sha256(p) for p in paths})


if __name__ == "__main__":
    main()
