"""What `xrun plan` says beforehand of time and memory, beside what runs take."""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess

from measuring import Failed

TITLE = "predictions"
ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPERIMENTS = ["fc_only", "finetune_all", "two_phase"]
FLOWERS = ["squeezenet1_0_corrected", "tf_efficientnet_lite0_corrected"]
EPOCHS = 3
SECONDS, BYTES = 0.2, 0.1


def minutes(bench):
    return bench.fewer * (1.5 + (2.5 if bench.flowers else 0))


def run(bench):
    page = ["| experiment | phase | epoch, s: predicted | measured | ratio | peak, MiB: predicted | measured | ratio |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    files = [ROOT / "experiments" / f"{name}.yaml" for name in EXPERIMENTS]
    if bench.flowers:
        files += [ROOT / "experiments" / "flowers102" / f"{name}.yaml" for name in FLOWERS]
    for file in files:
        try:
            rounds = [once(bench, file) for _ in range(bench.fewer)]
        except Failed as error:
            page.append(f"| {file.stem} | not measured: {error} | | | | | | |")
            continue
        memory = [middle(round["memory"] for round in rounds), middle(round["peak"] for round in rounds)]
        bench.judge(f"{file.stem}: memory", 1 + BYTES - abs(memory[0] / memory[1] - 1), 1)
        for index, phase in enumerate(rounds[0]["epochs"]):
            said, took = (middle(round[key][phase] for round in rounds) for key in ("epochs", "took"))
            bench.judge(f"{file.stem}, {phase}: time", 1 + SECONDS - abs(said / took - 1), 1)
            peak = f"{memory[0]:.0f} | {memory[1]:.0f} | {memory[0] / memory[1]:.2f}" if index == 0 else "| |"
            page.append(f"| {file.stem} | {phase} | {said:.2f} | {took:.2f} | {said / took:.2f} | {peak} |")
    return page


def middle(values):
    return statistics.median(list(values))


def once(bench, file):
    """A plan and a run of some epochs, one right after the other, the cache filled by a run before."""
    place = bench.scratch / "prediction"
    place.mkdir(parents=True, exist_ok=True)
    environment = {"XRUN_CACHE": str(place / "cache")}
    changes = [f"runs={place / 'runs'}"]
    told = json.loads(call(bench, environment, "plan", file, *changes, "--json"))
    phases = told["phases"]
    changes += [f"epochs={EPOCHS}" if len(phases) == 1 else f"phases.{phase['name']}.epochs={EPOCHS}"
                for phase in phases]
    told = json.loads(call(bench, environment, "plan", file, *changes, "--json"))
    shutil.rmtree(place / "runs", ignore_errors=True)
    call(bench, environment, file, *changes)
    folder = next((place / "runs").iterdir())
    epochs = [json.loads(line) for line in (folder / "timing.jsonl").read_text().splitlines()]
    peak = re.search(r"peak resident memory: (\d+) MiB", (folder / "log.txt").read_text())
    took = {phase["name"]: middle(epoch["train_seconds"] + epoch["val_seconds"]
                                  for epoch in epochs if epoch["phase"] == phase["name"])
            for phase in phases}
    return {"memory": told["memory"]["peak_bytes"] / 2**20, "peak": int(peak.group(1)), "took": took,
            "epochs": {phase["name"]: phase["time"]["epoch_seconds"] for phase in told["phases"]}}


def call(bench, environment, *arguments):
    done = subprocess.run([bench.xrun, *map(str, arguments)], capture_output=True, text=True,
                          env=os.environ | environment)
    if done.returncode:
        raise Failed(f"xrun {arguments[0]}: " + done.stderr[-500:])
    return done.stdout
