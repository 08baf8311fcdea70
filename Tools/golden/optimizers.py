"""Trajectories of optimizers, sequences of learning rates, and clipped gradients, by torch.

usage: python optimizers.py OUT

OUT is Tests/OptimizersTests/Goldens. Writes optimizers.json, schedulers.json, clipping.json and
manifest.json. Gradients are given, not computed, so that each update is seen alone.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy
import torch
from torch.optim import lr_scheduler

import manifest

SEED = 20
STEPS = 50
SHOWN = [1, 2, 3, 10, 50]
ELEMENTS = 19

OPTIMIZERS = [
    ("SGD", {}),
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.02}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.03}),
    ("Adam", {}),
    ("Adam", {"lr": 0.02}),
    ("Adam", {"lr": 0.02, "betas": [0.8, 0.95]}),
    ("Adam", {"lr": 0.02, "betas": [0.3, 0.5]}),
    ("Adam", {"lr": 0.02, "betas": [0.0, 0.9]}),
    ("Adam", {"lr": 0.02, "eps": 0.1}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "amsgrad": True}),
    ("Adam", {"lr": 0.02, "amsgrad": True, "weight_decay": 0.1, "betas": [0.8, 0.9]}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.02}),
    ("AdamW", {"lr": 0.02, "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.02, "weight_decay": 0.0}),
    ("AdamW", {"lr": 0.02, "betas": [0.8, 0.95], "eps": 1e-3}),
    ("AdamW", {"lr": 0.02, "amsgrad": True}),
]

SCHEDULERS = [
    ("StepLR", {"step_size": 7}),
    ("StepLR", {"step_size": 1, "gamma": 0.9}),
    ("MultiStepLR", {"milestones": [3, 10, 11]}),
    ("MultiStepLR", {"milestones": [12, 4, 4], "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.95}),
    ("CosineAnnealingLR", {"T_max": 20}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.001}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.01, "total_iters": 30}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 12}),
]


def numbers(array):
    """The shortest decimals that read back as the same float32."""
    return [float(str(numpy.float32(value))) for value in numpy.asarray(array).ravel()]


def trajectories(random):
    start = random.normal(size=ELEMENTS).astype("float32")
    # Several magnitudes, so that epsilon and decay are seen.
    scale = 10.0 ** random.integers(-4, 2, size=ELEMENTS)
    gradients = (random.normal(size=(STEPS, ELEMENTS)) * scale).astype("float32")
    cases = []
    for name, arguments in OPTIMIZERS:
        parameter = torch.nn.Parameter(torch.tensor(start))
        optimizer = getattr(torch.optim, name)([parameter], foreach=False, **{
            key: tuple(value) if key == "betas" else value for key, value in arguments.items()})
        shown = {}
        for step in range(1, STEPS + 1):
            parameter.grad = torch.tensor(gradients[step - 1])
            optimizer.step()
            if step in SHOWN:
                shown[str(step)] = numbers(parameter.detach())
        cases.append({"optimizer": name, "arguments": arguments, "after": shown})
    return {
        "start": numbers(start), "gradients": [numbers(g) for g in gradients], "cases": cases}


def rates():
    cases = []
    for name, arguments in SCHEDULERS:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.05)
        scheduler = getattr(lr_scheduler, name)(optimizer, **arguments)
        sequence = []
        for _ in range(60):
            sequence.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        cases.append(
            {"scheduler": name, "arguments": arguments, "base": 0.05, "rates": sequence})
    return {"cases": cases}


def clipping(random):
    gradients = [random.normal(size=n).astype("float32") for n in (3, 17, 1000)]
    cases = []
    for limit in (0.5, 10.0, 1000.0):
        parameters = [torch.nn.Parameter(torch.zeros(len(g))) for g in gradients]
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = torch.tensor(gradient)
        norm = torch.nn.utils.clip_grad_norm_(parameters, limit, foreach=False)
        cases.append({
            "limit": limit, "norm": float(norm),
            "clipped": [numbers(p.grad[:17]) for p in parameters]})
    return {"gradients": [numbers(g) for g in gradients], "cases": cases}


def main():
    warnings.simplefilter("ignore")
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(SEED)
    contents = {
        "optimizers.json": trajectories(random),
        "schedulers.json": rates(),
        "clipping.json": clipping(random),
    }
    for name, content in contents.items():
        (out / name).write_text(json.dumps(content, indent=None) + "\n")
    manifest.write(
        out, __file__, list(contents), libraries=["torch", "numpy"], seed=SEED, tolerance=1e-6,
        why="relative to the larger of 1 and the value: updates in float32 whose products may be "
        "fused; rates in double, where torch chains its factors")


main()
