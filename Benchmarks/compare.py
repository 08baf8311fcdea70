"""Alternates xrun and PyTorch on ResNet-18, 64 px, batch 128, and prints medians and ratios.

usage: python Benchmarks/compare.py [--ours .build/release/xrun-bench] [--rounds 7] [--threads N]
           [--markdown docs/performance.md]

Each round runs both sides of each task one after the other (about 1.2 s each), the order swapped from
round to round, with a short matrix product before and after: rounds in which the machine ran at
less than 0.8 of its best are marked and left out where enough others remain. The ratio is the
median of the rounds' ratios. With --markdown they also replace what stands between the page's marks.
"""
import argparse
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import numpy

parser = argparse.ArgumentParser()
parser.add_argument("--ours", default=".build/release/xrun-bench")
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--markdown")
options = parser.parse_args()
FLOORS = {"forward": 1.5, "step": 1.5, "fc": 1.5}
NAMES = {
    "forward": "forward, eval",
    "step": "full step, SGD with momentum",
    "fc": "step of the head alone, nothing cached",
}


class Side:
    """One process that answers a task's name with a rate."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.title = self.process.stdout.readline().strip()
        if not self.title:
            sys.exit(f"{command[0]} did not start")

    def rate(self, task):
        self.process.stdin.write(task + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def calibration():
    """GFLOP/s of a product of two matrices, the best of three."""
    a = numpy.ones((768, 768), numpy.float32)
    best = 0.0
    for _ in range(3):
        begin = time.perf_counter()
        a @ a
        best = max(best, 2 * 768**3 / (time.perf_counter() - begin) / 1e9)
    return best


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


here = pathlib.Path(__file__).parent
ours = Side([options.ours, "--threads", str(options.threads)])
peer = Side([sys.executable, str(here / "peer" / "torch_peer.py"), str(options.threads)])
page = []


def say(line):
    print(line, flush=True)
    page.append(line)


say(f"- {processor()}, {options.threads} threads")
say(f"- {ours.title}")
say(f"- {peer.title}")

rounds = []
for number in range(options.rounds):
    before = calibration()
    measured = {}
    for task in FLOORS:
        sides = [("ours", ours), ("peer", peer)]
        if number % 2:
            sides.reverse()
        measured[task] = {name: side.rate(task) for name, side in sides}
    state = min(before, calibration())
    rounds.append((state, measured))
best = max(state for state, _ in rounds)
good = [measured for state, measured in rounds if state >= 0.8 * best]
if len(good) < 3:
    good = [measured for _, measured in rounds]
states = [state for state, _ in rounds]
say(
    f"- {time.strftime('%Y-%m-%d')}; calibration {min(states):.0f} to {max(states):.0f} GFLOP/s; "
    f"{len(good)} of {len(rounds)} rounds used\n"
)
say("| ResNet-18, 64 px, batch 128 | xrun, images/s | PyTorch, images/s | ratio | least to most |")
say("| --- | --- | --- | --- | --- |")
failed = False
for task, floor in FLOORS.items():
    ratios = [measured[task]["ours"] / measured[task]["peer"] for measured in good]
    ratio = statistics.median(ratios)
    failed |= ratio < floor
    mine = statistics.median(m[task]["ours"] for m in good)
    theirs = statistics.median(m[task]["peer"] for m in good)
    say(
        f"| {NAMES[task]} | {mine:.0f} | {theirs:.0f} | {ratio:.2f} | "
        f"{min(ratios):.2f} to {max(ratios):.2f} |"
    )
if failed:
    print(f"\nbelow the floor of {FLOORS['step']} somewhere: on an idle machine this is a defect")
if options.markdown:
    path = pathlib.Path(options.markdown)
    begin, end = "<!-- make bench: begin -->\n", "<!-- make bench: end -->"
    head, rest = path.read_text().split(begin)
    path.write_text(head + begin + "\n".join(page) + "\n" + end + rest.split(end)[1])
