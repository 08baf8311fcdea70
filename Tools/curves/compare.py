"""Mean val/acc1 per epoch of PyTorch and xrun over seeds, and how far they lie apart.

usage: compare.py FOLDER... [--limit 2]

Each FOLDER has torch-SETTING-SEED.txt (what flowers.py prints), and xrun-SETTING-SEED/ or run
folders of the flower experiments under their own names; several folders are read as one. A difference is given in standard errors of the
difference of means, sqrt(s1^2/n1 + s2^2/n2). With a few seeds an epoch's own estimate of a
standard error is itself off by half, and near zero by luck, so a second one pools the seeds'
variances over the epochs of a phase and over both sides, which have the same noise where the
experiments are the same. Both are printed; the exit code is 1 where the pooled one is beyond
--limit.
"""

import argparse
import json
import math
import re
import statistics
import sys
from pathlib import Path


def torch_curve(path):
    """`[(phase, val/acc1, train/acc1)]` from flowers.py's lines."""
    curve = []
    for line in path.read_text().splitlines():
        words = line.split()  # stage epoch train_loss train_acc val_loss val_acc seconds
        if len(words) == 7 and words[0] in ("fc", "all"):
            phase = "head" if words[0] == "fc" else "all"
            curve.append((phase, float(words[5]), float(words[3])))
    return curve


def xrun_curve(folder):
    """The same from a run folder."""
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    epochs = [json.loads(line) for line in lines]
    epochs = [line for line in epochs if "val/acc1" in line and "train/acc1" in line]
    phases = list(dict.fromkeys(line["phase"] for line in epochs))
    names = {phase: "head" if index == 0 else "all" for index, phase in enumerate(phases)}
    return [(names[line["phase"]], line["val/acc1"], line["train/acc1"]) for line in epochs]


BACKBONES = {"tf-efficientnet-lite0": "eff", "squeezenet1-0": "sq"}
RUN = re.compile(r"flowers102-(.+)-(as-written|corrected)-[0-9a-f]{8}-s(\d+)")


def name(path):
    """`(side, setting, seed)` of a result, or None."""
    if match := re.fullmatch(r"torch-(.+)-(\d+)\.txt", path.name):
        return "torch", match[1], int(match[2])
    if not (path / "metrics.jsonl").exists():
        return None
    if match := re.fullmatch(r"xrun-(.+)-(\d+)", path.name):
        return "xrun", match[1], int(match[2])
    if (match := RUN.fullmatch(path.name)) and match[1] in BACKBONES:
        return "xrun", f"{BACKBONES[match[1]]}-{match[2].removeprefix('as-')}", int(match[3])
    return None


def read(folders):
    """`{setting: {side: {seed: curve}}}`."""
    found = {}
    for folder in folders:
        for path in sorted(Path(folder).iterdir()):
            if (found_name := name(path)) is None:
                continue
            side, setting, seed = found_name
            curve = torch_curve(path) if side == "torch" else xrun_curve(path)
            if curve:
                found.setdefault(setting, {}).setdefault(side, {})[seed] = curve
    return found


def pooled_deviation(columns):
    """The standard deviation between seeds, pooled over columns of values."""
    squares = sum(statistics.variance(c) * (len(c) - 1) for c in columns if len(c) > 1)
    degrees = sum(len(c) - 1 for c in columns if len(c) > 1)
    return math.sqrt(squares / degrees) if degrees else math.nan


def table(setting, sides, limit):
    """Prints one setting's table; returns what lies beyond the limit."""
    beyond = []
    length = min(len(curve) for side in sides.values() for curve in side.values())
    phases = [phase for phase, _, _ in next(iter(sides["torch"].values()))[:length]]
    columns = {
        side: [[curve[e][1] for curve in runs.values()] for e in range(length)]
        for side, runs in sides.items()}
    trained = {
        side: [statistics.fmean(curve[e][2] for curve in runs.values()) for e in range(length)]
        for side, runs in sides.items()}
    seeds = {side: ", ".join(map(str, sorted(runs))) for side, runs in sides.items()}
    print(f"### {setting}: torch with seeds {seeds['torch']}; xrun with {seeds['xrun']}\n")
    print("| phase | epoch | torch val/acc1 | its se | xrun | its se | difference | in own se "
          "| in pooled se | torch train/acc1 | xrun |")
    print("| --- " * 11 + "|")
    for epoch, phase in enumerate(phases):
        same = [e for e in range(length) if phases[e] == phase]
        pooled = pooled_deviation([columns[side][e] for side in columns for e in same])
        a, b = columns["torch"][epoch], columns["xrun"][epoch]
        errors = [
            statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
            for values in (a, b)]
        difference = statistics.fmean(b) - statistics.fmean(a)
        own, common = math.hypot(*errors), pooled * math.sqrt(1 / len(a) + 1 / len(b))
        in_own = difference / own if own else math.inf
        in_common = difference / common if common else math.inf
        if not abs(in_common) <= limit:
            beyond.append(f"{setting}, epoch {epoch + 1}: {in_common:+.1f}")
        print(f"| {phase} | {epoch + 1} | {statistics.fmean(a):.3f} | {errors[0]:.3f} "
              f"| {statistics.fmean(b):.3f} | {errors[1]:.3f} | {difference:+.3f} "
              f"| {in_own:+.1f} | {in_common:+.1f} | {trained['torch'][epoch]:.3f} "
              f"| {trained['xrun'][epoch]:.3f} |")
    print()
    return beyond


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--limit", type=float, default=2)
    options = parser.parse_args()
    beyond = []
    for setting, sides in sorted(read(options.folders).items()):
        if set(sides) == {"torch", "xrun"}:
            beyond += table(setting, sides, options.limit)
        else:
            print(f"{setting}: only {', '.join(sides)}\n")
    for line in beyond:
        print(f"beyond {options.limit:g} standard errors: {line}")
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
