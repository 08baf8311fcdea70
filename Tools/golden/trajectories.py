"""Training runs of ResNet-18 by torch, from the experiments that xrun runs.

usage: python trajectories.py OUT [NAME...]

OUT is Tests/GoldenTests/Goldens/Trajectories. Each file of Tests/GoldenTests/Trajectories is an
experiment: this script reads it and does with torch, torchvision and twenty lines of loop what it
says. Weights are those of formula.py; so are the pictures: one of each of 32 classes to train on,
in batches of 8 in the order of the classes, and one to validate with.

Each is run twice, on 1 and on 2 threads: their distance shows how far rounding alone leads. It
grows where an activation within rounding of ReLU's kink falls to the other side, so learning rates
are low enough to keep it far below 1e-3. (Two counts of threads share torch's forward kernels, so
they differ less than other kernels do.) Writes trajectories.json: for each experiment and run
  losses   of each of 20 steps, before its update
  val      mean loss over the validation pictures after each epoch
  moved    for each parameter and statistic, the norm of its whole change and the change's
           projection on formula values, over the root of its size
and manifest.json. With NAMEs only these are made and printed, and nothing is written.
"""

import copy
import fnmatch
import json
import os
import sys
from pathlib import Path

import numpy
import torch
import torchvision
import yaml
from torch.optim import lr_scheduler

import formula
import manifest

CASES = Path(__file__).resolve().parents[2] / "Tests" / "GoldenTests" / "Trajectories"
CLASSES, SIZE, BATCH = 32, 64, 8
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
RUNS = {"one thread": 1, "two threads": 2}


def merged(base, top):
    if not (isinstance(base, dict) and isinstance(top, dict)):
        return top
    return {**base, **{key: merged(base.get(key), value) for key, value in top.items()}}


def experiment(name):
    content = yaml.safe_load((CASES / f"{name}.yaml").read_text())
    base = content.pop("extends", None)
    return merged(experiment(base.removesuffix(".yaml")), content) if base else content


def picture(split, label):
    """Squares of 8 x 8 pixels whose colours belong to the class, and noise: uint8 [64, 64, 3]."""
    squares = formula.uniform(f"class {label}", 8 * 8 * 3).reshape(8, 8, 3)
    noise = formula.uniform(f"{split} {label}", SIZE * SIZE * 3).reshape(SIZE, SIZE, 3)
    values = 128 + 160 * squares.repeat(8, 0).repeat(8, 1) + 80 * noise
    return numpy.floor(values).clip(0, 255).astype("uint8")


def pictures(split):
    """As ToTensor and Normalize give them, [32, 3, 64, 64]."""
    bytes_ = numpy.stack([picture(split, label) for label in range(CLASSES)])
    x = torch.tensor(bytes_).permute(0, 3, 1, 2).to(torch.float32) / 255
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


def component(value):
    """A name and its arguments; null where there is none."""
    if value is None or isinstance(value, str):
        return value, {}
    (name, arguments), = value.items()
    return name, dict(arguments or {})


def frozen(policy, names):
    """The names of the parameters that a policy freezes; names are in the order of the layers."""
    if policy in (None, "none"):
        return set()
    is_head = lambda name: name.startswith("fc.")
    matches = lambda name, globs: any(fnmatch.fnmatchcase(name, glob) for glob in globs)
    if policy.get("all_but") == "head":
        return {name for name in names if not is_head(name)}
    if "all_but" in policy:
        return {n for n in names if not is_head(n) and not matches(n, policy["all_but"])}
    if "only" in policy:
        return {n for n in names if not is_head(n) and matches(n, policy["only"])}
    last = max(i for i, name in enumerate(names) if name.startswith(policy["until"] + "."))
    return set(names[: last + 1])


def run(content, threads):
    torch.set_num_threads(threads)
    model = formula.load(torchvision.models.resnet18(num_classes=CLASSES))
    before = copy.deepcopy(model.state_dict())
    train, val = pictures("train"), pictures("val")
    labels = torch.arange(CLASSES)
    losses, validation = [], []
    phases = content.get("phases") or [{}]
    for number, phase in enumerate(phases):
        phase = merged(content, phase)
        if number > 0 and phase.get("start_from"):
            model.load_state_dict(best if phase["start_from"] == "best" else last)
        policy = phase.get("freeze")
        out = frozen(policy, [name for name, _ in model.named_parameters()])
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name not in out)
            parameter.grad = None
        name, arguments = component(phase["optimizer"])
        optimizer = getattr(torch.optim, name)(
            [p for p in model.parameters() if p.requires_grad], **arguments)
        name, arguments = component(phase.get("scheduler"))
        by = arguments.pop("by", "epoch")
        scheduler = getattr(lr_scheduler, name)(optimizer, **arguments) if name else None
        name, arguments = component(phase.get("loss", "CrossEntropyLoss"))
        criterion = getattr(torch.nn, name)(**arguments)
        limit = phase["train"].get("clip_grad_norm")
        best_loss = None
        for _ in range(phase["epochs"]):
            model.train()
            if isinstance(policy, dict) and policy.get("bn", "eval") == "eval":
                for path, module in model.named_modules():
                    if isinstance(module, torch.nn.BatchNorm2d) and (
                            {f"{path}.weight", f"{path}.bias"} & out):
                        module.eval()
            for start in range(0, CLASSES, BATCH):
                optimizer.zero_grad()
                loss = criterion(
                    model(train[start:start + BATCH]), labels[start:start + BATCH])
                losses.append(loss.item())
                loss.backward()
                if limit is not None:
                    torch.nn.utils.clip_grad_norm_(model.parameters(), limit)
                optimizer.step()
                if scheduler and by == "step":
                    scheduler.step()
            if scheduler and by == "epoch":
                scheduler.step()
            model.eval()
            with torch.no_grad():
                validation.append(criterion(model(val), labels).item())
            last = copy.deepcopy(model.state_dict())
            if best_loss is None or validation[-1] < best_loss:
                best_loss, best = validation[-1], last
    moved = {}
    for name, tensor in model.state_dict().items():
        if not tensor.is_floating_point():
            continue
        change = (tensor.double() - before[name].double()).numpy().ravel()
        weights = formula.uniform("projection " + name, change.size)
        root = change.size ** 0.5
        moved[name] = [
            float(numpy.linalg.norm(change)) / root, float(change @ weights) / root]
    return {"losses": losses, "val": validation, "moved": moved}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value]


def main():
    out, chosen = Path(sys.argv[1]), sys.argv[2:]
    out.mkdir(parents=True, exist_ok=True)
    names = sorted(path.stem for path in CASES.glob("*.yaml") if path.stem != "common")
    cases = {}
    for name in chosen or names:
        content = experiment(name)
        runs = {key: run(content, threads) for key, threads in RUNS.items()}
        one, two = (numpy.array(runs[key]["losses"]) for key in RUNS)
        print(
            f"{name:18} loss {one[0]:.3f} to {one[-1]:.3f}, val {runs['one thread']['val'][-1]:.3f};"
            f" threads differ by {abs(one / two - 1).max():.1e}", flush=True)
        cases[name] = rounded(runs)
    if chosen:
        return
    lines = ",\n".join(
        f" {json.dumps(name)}: {json.dumps(case, separators=(',', ':'))}"
        for name, case in cases.items())
    (out / "trajectories.json").write_text("{\n" + lines + "\n}\n")
    manifest.write(
        out, __file__, ["trajectories.json"], modules=["formula"],
        libraries=["torch", "torchvision", "numpy", "pyyaml"], seed=None, tolerance=1e-3,
        why="relative; where rounding grows, three times what torch on one thread differs from "
        "itself on two",
        experiments={path.name: manifest.sha256(path) for path in sorted(CASES.glob("*.yaml"))})


main()
