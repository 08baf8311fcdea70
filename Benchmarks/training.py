"""Whole trainings: xrun by its own command, PyTorch by a script, each as a process of its own."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from measuring import Failed
from peers import ENVIRONMENTS, HERE, LAYOUTS

# Threads that wait without spinning leave the processors to the loader's workers.
WAITING = {"OMP_WAIT_POLICY": "PASSIVE"}

EXPERIMENT = """\
name: bench-{kind}
data: {{folder: {folder}, splits: {{test: null}}}}
transforms:
  train:
    - Resize: [96, 96]
    - RandomRotation: 45
    - CenterCrop: 64
    - RandomHorizontalFlip
    - RandomVerticalFlip
    - ColorJitter: {{brightness: 0.2, contrast: 0.1, saturation: 0.1, hue: 0.1}}
    - RandomGrayscale: {{p: 0.025}}
    - ToTensor
    - Normalize: imagenet
  eval:
    - Resize: [96, 96]
    - CenterCrop: 64
    - ToTensor
    - Normalize: imagenet
model: {{backbone: resnet18, weights: none}}
train: {{batch_size: 128}}
{freeze}optimizer: {{SGD: {{lr: 0.01, momentum: 0.9}}}}
epochs: {epochs}
runs: {runs}
"""
FREEZE = {"fc": "freeze: {all_but: head, bn: eval}\n", "full": ""}


class Training:
    """What a process told: seconds until the first epoch was over, and images/s of the later ones."""

    def __init__(self, first, pictures, later):
        self.first = pictures / first
        self.later = pictures * len(later) / sum(later) if later else float("nan")


class OurTraining:
    """`xrun FILE` on a folder of pictures, with a cache that is new each time unless kept."""

    def __init__(self, bench, folder, kind, epochs):
        self.bench = bench
        self.place = bench.scratch / "xrun"
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        self.file = self.place / "experiment.yaml"
        self.file.write_text(EXPERIMENT.format(
            kind=kind, folder=json.dumps(str(folder)), epochs=epochs, freeze=FREEZE[kind],
            runs=json.dumps(str(self.place / "runs"))))
        self.pictures = sum(1 for split in ("train", "val") for _ in (folder / split).glob("*/*.jpg"))

    def run(self, cache=None, until=None):
        """Runs to the end, or until the log says something: then it is interrupted.

        Gives the training, or the seconds until then.
        """
        shutil.rmtree(self.place / "runs", ignore_errors=True)
        given = cache or pathlib.Path(tempfile.mkdtemp(dir=self.place, prefix="cache-"))
        errors = self.place / "errors.txt"
        try:
            with open(errors, "w") as sink:
                begin = time.perf_counter()
                process = subprocess.Popen(
                    [self.bench.xrun, self.file, "--threads", str(self.bench.threads)],
                    stdout=subprocess.DEVNULL, stderr=sink,
                    env={**os.environ, "XRUN_CACHE": str(given)})
                seen = self.wait(process, until or r'"train_seconds"',
                                 "log.txt" if until else "timing.jsonl")
                first = time.perf_counter() - begin
                if until and seen:
                    process.send_signal(signal.SIGINT)
                process.wait()
            if not seen or process.returncode not in ((0, 75) if until else (0,)):
                raise Failed(f"xrun ended with {process.returncode}: "
                             + errors.read_text()[-500:].strip())
        finally:
            if not cache:
                shutil.rmtree(given, ignore_errors=True)
        if until:
            return first
        timing, = (self.place / "runs").glob("*/timing.jsonl")
        epochs = [json.loads(line) for line in timing.read_text().splitlines()]
        return Training(first, self.pictures,
                        [epoch["train_seconds"] + epoch["val_seconds"] for epoch in epochs[1:]])

    def wait(self, process, pattern, name):
        """Whether a line like this came to a file of the run folder before the process ended."""
        while process.poll() is None:
            for path in (self.place / "runs").glob("*/" + name):
                if re.search(pattern, path.read_text()):
                    return True
            # Looking takes time from a processor that the run could use.
            time.sleep(0.002 if name == "log.txt" else 0.01)
        return any(re.search(pattern, path.read_text())
                   for path in (self.place / "runs").glob("*/" + name))


class PeerTraining:
    """`peer/training.py` with the settings at which it is fastest."""

    def __init__(self, bench, folder, kind, epochs, loading=False):
        self.bench = bench
        self.words = [str(folder), kind]
        self.loading = ["--loading"] if loading else []
        self.epochs = epochs
        self.settings = {"workers": 2, "layout": "channels_last", "environment": {}}
        self.title = "2 workers, channels_last, malloc as it is"

    def lines(self, *words, **changes):
        settings = {**self.settings, **changes}
        done = subprocess.run(
            [self.bench.python, HERE / "training.py", *self.words, *self.loading,
             "--workers", str(settings["workers"]), "--layout", settings["layout"], *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **settings["environment"]})
        if done.returncode:
            raise Failed("PyTorch's script: " + done.stderr.strip()[-500:])
        return [json.loads(line) for line in done.stdout.splitlines()]

    def rate(self, **changes):
        """Images a second of a second epoch over a few batches."""
        epochs = [line for line in self.lines("--epochs", "2", "--limit", "384", **changes)
                  if line["event"] == "epoch"]
        return epochs[1]["pictures"] / (epochs[1]["train"] + epochs[1]["val"])

    def tune(self):
        """One setting after the other: workers, the allocator and how threads wait, the layout."""
        if not self.bench.tunes:
            return self
        environments = {f"{name}{', ' + waits if waits else ''}": {**environment, **waiting}
                        for name, environment in ENVIRONMENTS.items()
                        for waits, waiting in (("", {}), ("threads wait passively", WAITING))}
        if self.loading:
            environments = {"": {}}
        tried = {}
        for workers in (0, 1, 2):
            for name, environment in environments.items():
                # Without workers nobody takes the threads' processors away.
                if workers or "passively" not in name:
                    tried[workers, name] = self.rate(workers=workers, environment=environment)
        workers, name = max(tried, key=tried.get)
        self.settings.update(workers=workers, environment=environments[name])
        if not self.loading:
            rates = {layout: self.rate(layout=layout) for layout in LAYOUTS}
            self.settings["layout"] = max(rates, key=rates.get)
        workers = f"{workers} worker{'' if workers == 1 else 's'}"
        self.title = ", ".join(
            [workers] + ([] if self.loading else [self.settings["layout"], name]))
        return self

    def run(self):
        epochs = [line for line in self.lines("--epochs", str(self.epochs))
                  if line["event"] == "epoch"]
        return Training(epochs[0]["seconds"], epochs[0]["pictures"],
                        [epoch["train"] + epoch["val"] for epoch in epochs[1:]])

    def firstStep(self):
        """Seconds from the start of the process until its first step is done."""
        begin = time.perf_counter()
        process = subprocess.Popen(
            [self.bench.python, HERE / "training.py", *self.words, "--epochs", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = process.stdout.readline()
        seconds = time.perf_counter() - begin
        process.terminate()
        process.wait()
        if '"step"' not in line:
            raise Failed("PyTorch's script did not take a step")
        return seconds
