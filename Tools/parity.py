"""Makes docs/parity.md of what tests recorded (TestSupport/Parity.swift).

usage: python parity.py RECORDS XRUN > docs/parity.md

RECORDS is the file that XRUN_PARITY named, XRUN the program, which says what this machine is.
"""
import json
import math
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

TITLES = {
    "decoding": (
        "Decoding",
        "Pixels as of `Image.open(file).convert(\"RGB\")`, which is how torchvision's `ImageFolder` "
        "reads: EXIF does not turn pictures. *Odd files* are of every kind: baseline, progressive, "
        "arithmetic, grey, CMYK and YCCK, every sampling, restart markers; PNG of every depth, "
        "interlaced, with palette, alpha, gamma. PIL reads some files that xrun refuses by name: "
        "lossless JPEG, pictures whose lower part is missing though the file ends properly, and PNG "
        "that ends within its last chunk of pixels. Files without their last scans are guessed from "
        "what is there, and libjpeg-turbo before 3.0.1 guesses otherwise than PIL's own copy."),
    "transform": (
        "Transforms",
        "What comes out, given the same draws. How the draws are distributed is compared by "
        "chi-square tests, each quantity of a draw and each two of them together."),
    "layer": ("Layers", "Alone and fused, forward and backward."),
    "backbone": ("Backbones", "Whole networks with the same weights."),
    "loss": ("Losses", "Losses and their gradients."),
    "optimizer": ("Optimizers", "Parameters after given gradients, with every option."),
    "scheduler": ("Schedulers", "Learning rates."),
    "trajectory": (
        "Trajectories",
        "Whole runs of ResNet-18 at 64 px by the experiments in `Tests/GoldenTests/Trajectories`, from "
        "the same weights on the same batches, 20 steps. Where everything is trained, rounding grows "
        "with each activation that falls to the other side of ReLU's kink, in torch's own runs too: "
        "where three times what torch on one thread differs from torch on two is more than the "
        "tolerance, that is allowed. Frozen tensors stay to the bit. Learning rates are low here, so that "
        "mistakes are seen and not rounding. At usual ones a full fine-tuning of few pictures parts by "
        "1 % of the loss within some four steps, in torch too where its kernels change (oneDNN off) or "
        "its weights by one part in 10^7: compare runs by their mean over seeds. Training a head alone "
        "stays within 1e-6."),
}

INTRODUCTION = """\
# Parity

An experiment that moves from PyTorch to xrun should give what it gave there. This page says how far
each component is from the one whose name it bears, by the greatest difference that the tests found.
It is made by the tests: `make parity` runs them and writes it.

- **With what**: torch, torchvision, timm and PIL computed the expected numbers once, by the scripts
  in `Tools/golden`; they are kept beside the tests (*goldens*), and a manifest says which script and
  which versions made them. `make golden` makes them anew and shows what moved. Versions:
{versions}.
- **Tolerances** come from the arithmetic: nothing where PIL computes in integers or floats are
  computed in torch's order; one level where torch's own rounding decides; elsewhere float32's
  epsilon (1.2e-7) times what the length of the sums allows, or, where rounding grows along the way,
  a small multiple of what torch's own float32 differs from its double. Each manifest says why.
- **Kernels** are who computed: oneDNN, OpenBLAS with our own, or the plain reference; `fast` and
  `plain` are our own with and without vector instructions. Of all who are named in a row, and of
  all instruction sets that this machine has, the greatest difference is shown.
- **Measured on** {machine}.

`levels` are steps of a byte from 0 to 255. *equal* means bit for bit.
"""


def sections():
    lines = Path(sys.argv[1]).read_text().splitlines()
    groups = {}
    for line in lines:
        record = json.loads(line)
        key = tuple(record[name] for name in ("kind", "component", "quantity", "against", "unit"))
        provider = record.get("provider") or ""
        groups.setdefault(key, {}).setdefault(provider, []).append(record)
    made = {}
    for (kind, component, quantity, against, unit), providers in groups.items():
        rows = {}
        for provider, records in providers.items():
            worst = max(records, key=lambda r: (share(r), float(r["difference"])))
            cases = sum(r["cases"] for r in records)
            rows[provider] = (float(worst["difference"]), float(worst["tolerance"]), cases)
        # Kernels whose tolerances agree share a row; the worst of them counts.
        by_tolerance = {}
        for provider, (difference, tolerance, cases) in rows.items():
            by_tolerance.setdefault(tolerance, []).append((provider, difference, cases))
        for tolerance, members in by_tolerance.items():
            names = ", ".join(sorted({kernels(name) for name, _, _ in members if name}))
            difference = max(difference for _, difference, _ in members)
            made.setdefault(kind, []).append(
                (component, quantity, against, names, max(cases for _, _, cases in members),
                 difference, tolerance, unit))
    return {kind: sorted(rows, key=in_order) for kind, rows in made.items()}


def in_order(row):
    """Numbers in names count as numbers: resnet18 comes before resnet101."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", row[0])], row[1:]


def share(record):
    difference, tolerance = float(record["difference"]), float(record["tolerance"])
    if tolerance == 0:
        return math.inf if difference else 0
    return difference / tolerance


def kernels(provider):
    """Of `onednn with AVX2` the library: the greatest difference is that of all instruction sets."""
    name = provider.split(" with ")[0]
    return name.replace("onednn", "oneDNN").replace("openblas", "OpenBLAS")


def number(value):
    if value == 0:
        return "equal"
    if value == int(value) and value < 1000:
        return str(int(value))
    text = f"{value:.1e}"
    mantissa, exponent = text.split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def allowed(tolerance, unit):
    if tolerance == 1 and unit == "levels":
        return "1 level"
    return "nothing" if tolerance == 0 else f"{number(tolerance)} {unit}"


def table(rows):
    has_kernels = any(row[3] for row in rows)
    head = ["component", "what", "against", *(["kernels"] if has_kernels else []), "cases",
            "greatest difference", "allowed"]
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join(
        "---:" if name in ("cases", "greatest difference") else "---" for name in head) + " |"]
    for component, quantity, against, kernels, cases, difference, tolerance, unit in rows:
        cells = [f"`{component}`", quantity, against, *([kernels] if has_kernels else []), str(cases),
                 number(difference), allowed(tolerance, unit)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def versions():
    found = {}
    for path in sorted(ROOT.glob("Tests/**/Goldens/**/manifest.json")):
        found.update(json.loads(path.read_text())["versions"])
        decoders = json.loads(path.read_text()).get("decoders", {})
        found.update({f"its {name}": version for name, version in decoders.items()})
    order = ["torch", "torchvision", "timm", "pillow", "its libjpeg-turbo", "its zlib", "numpy", "python"]
    return textwrap.indent(textwrap.fill(
        ", ".join(f"{name} {found[name]}" for name in order if name in found), 98), "  ")


def machine():
    lines = subprocess.run(
        [sys.argv[2], "doctor"], check=True, capture_output=True, text=True).stdout.splitlines()
    facts = {}
    for line in lines:
        key, _, value = line.partition(" ")
        if key:
            facts[key] = value.strip()
    processor = facts["processor"].split(",")[0]
    libraries = [f"{name} {facts[name].split(',')[0]}" for name in ("oneDNN", "OpenBLAS") if name in facts]
    return f"{processor} ({facts['kernels'].upper()}), {' and '.join(libraries)}"


def main():
    print(INTRODUCTION.format(versions=versions(), machine=machine()))
    made = sections()
    for kind, (title, text) in TITLES.items():
        if kind not in made:
            continue
        print(f"## {title}\n\n{textwrap.fill(text, 100)}\n")
        print("\n".join(table(made[kind])) + "\n")


if __name__ == "__main__":
    main()
