"""xrun and PyTorch, alternating in the same minutes, as ratios.

usage: python Benchmarks/compare.py [--rows resnet18,epochs] [--markdown docs/performance.md] …

The interpreter that runs this is PyTorch's as well: it needs torch, torchvision, timm, numpy and
pillow. Each kind of row is a module of `rows/`. Both sides of a row run one right after the other,
in an order that is swapped from round to round, between short calibrations; a round in which the
machine gave less than 0.8 of its best is repeated. A ratio is the median of its rounds' ratios.
With --markdown each kind replaces its own section of the page as soon as it is measured.
"""
import argparse
import importlib
import os
import pathlib
import platform
import sys
import time

from measuring import Calibration, Failed
from page import Page

# In this order: the short ones first.
ROWS = ("resnet18", "roofline", "startup", "memory", "prediction", "pipeline", "epochs", "flowers", "others", "avx2")
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


class Bench:
    """What all kinds of rows are given."""

    def __init__(self, options):
        self.ours = pathlib.Path(options.ours).resolve()
        self.xrun = pathlib.Path(options.xrun).resolve()
        self.python = sys.executable
        cpu = pathlib.Path(options.cpu_python)
        # Not resolved: a venv's interpreter is a link, and is what it is by its place.
        self.cpuPython = str(cpu.absolute()) if cpu.exists() else self.python
        self.threads = options.threads
        self.rounds = options.rounds
        # Where a round takes long.
        self.fewer = max(1, min(options.rounds, round(options.rounds * 0.6)))
        self.seconds = options.seconds
        self.tunes = not options.quick
        self.pictures = options.pictures
        self.scratch = pathlib.Path(options.scratch).resolve()
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.shared = pathlib.Path(os.environ.get("XRUN_SHARED") or ROOT.parent / "shared").resolve()
        self.calibration = Calibration(self.ours, options.threads)
        self.missed = []

    @property
    def flowers(self):
        """The flower pictures beside the repository; None where there are none."""
        folder = self.shared / "data" / "flowers102"
        return folder if folder.is_dir() else None

    def judge(self, name, ratio, floor):
        """Notes what is below its floor."""
        if floor and ratio < floor:
            self.missed.append(f"{name}: {ratio:.2f}, at least {floor} is wanted")


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="all", help="some of: " + ",".join(ROWS))
    parser.add_argument("--markdown", help="the page whose sections are replaced")
    parser.add_argument("--ours", default=".build/release/xrun-bench")
    parser.add_argument("--xrun", default=".build/release/xrun")
    parser.add_argument("--cpu-python", default=".venv/bin/python",
                        help="an interpreter with the build of PyTorch without CUDA, for memory")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.2, help="of each measurement in memory")
    parser.add_argument("--quick", action="store_true",
                        help="one short round, PyTorch untuned: to try this program, not for figures")
    parser.add_argument("--pictures", type=int, default=1440, help="in the generated folder")
    parser.add_argument("--scratch", default=".bench", help="generated pictures, runs, caches")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.pictures = 1, 0.1, 320
        if options.markdown:
            parser.error("no page is made of --quick")

    names = ROWS if options.rows == "all" else options.rows.split(",")
    for name in names:
        if name not in ROWS:
            parser.error(f"no rows '{name}'; there are {', '.join(ROWS)}")
    page = Page(options.markdown)
    for name in names:
        page.check(name)
    bench = Bench(options)
    kinds = {name: importlib.import_module(f"rows.{name}") for name in names}
    minutes = {name: kind.minutes(bench) for name, kind in kinds.items()}
    for name, kind in kinds.items():
        print(f"{minutes[name]:6.1f} min  {name}: {kind.TITLE}")
    print(f"{sum(minutes.values()):6.1f} min in all, if the machine is left alone\n", flush=True)

    failed = False
    for name, kind in kinds.items():
        begin, first = time.time(), len(bench.calibration.states)
        bench.calibration.now()
        try:
            lines = kind.run(bench)
        except Failed as error:
            failed = True
            print(f"{name} failed: {error}\n", file=sys.stderr, flush=True)
            continue
        states = bench.calibration.states[first:]
        if not lines[0].startswith("- "):
            lines.insert(0, "")
        head = (f"- {time.strftime('%Y-%m-%d', time.gmtime(begin))}, {processor()}, "
                f"{options.threads} threads; calibration {min(states):.0f} to {max(states):.0f} GFLOP/s")
        print(f"## {kind.TITLE}, {(time.time() - begin) / 60:.1f} min\n")
        print("\n".join([head, *lines]) + "\n", flush=True)
        page.write(name, [head, *lines])
    for line in bench.missed:
        print(f"missed: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
