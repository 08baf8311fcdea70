"""How long one waits: for `xrun check FILE`, and from `xrun FILE` until its first step is done."""
import pathlib
import statistics
import subprocess
import tempfile
import time

import pictures
from measuring import Failed, Rounds
from training import OurTraining, PeerTraining

TITLE = "start-up"
CHECKS = 11


def minutes(bench):
    sets = 2 if bench.flowers else 1
    return 0.2 + sets * (20 + bench.fewer * 12) / 60


def run(bench):
    page = ["| | xrun, ms | least to most | PyTorch's script, ms | rounds |", "| --- | --- | --- | --- | --- |"]
    made = pictures.generated(bench.scratch, bench.pictures)
    checks = check(bench, OurTraining(bench, made, "fc", 1).file)
    middle = statistics.median(checks)
    bench.judge("xrun check", 50 / middle, 1)
    page.append(f"| `xrun check FILE`, the middle of {CHECKS} | {middle:.0f} | "
                f"{min(checks):.0f} to {max(checks):.0f} | | |")
    sets = {f"{bench.pictures} JPEG of 500 x 600 px": made}
    if bench.flowers:
        sets["flowers102"] = bench.flowers
    for name, folder in sets.items():
        label = f"`xrun FILE` until its first step is done, {name}, cached"
        try:
            done = first(bench, folder, label)
        except Failed as error:
            page.append(f"| {label} | not measured: {error} | | | |")
            continue
        mine = [1e3 * values["ours"] for values in done.used]
        bench.judge(label, 500 / statistics.median(mine), 1)
        page.append(f"| {label} | {statistics.median(mine):.0f} | {min(mine):.0f} to {max(mine):.0f} | "
                    f"{1e3 * done.median('peer'):.0f} | {done.counted()} |")
    return page


def check(bench, file):
    """Milliseconds of whole processes."""
    times = []
    for _ in range(CHECKS + 1):
        begin = time.perf_counter()
        done = subprocess.run([bench.xrun, "check", file], capture_output=True, text=True)
        times.append(1e3 * (time.perf_counter() - begin))
        if done.returncode:
            raise Failed("xrun check: " + done.stderr[-500:])
    # The first one reads the program from the disk.
    return times[1:]


def first(bench, folder, label):
    ours = OurTraining(bench, folder, "fc", 1)
    peer = PeerTraining(bench, folder, "fc", 1)
    with tempfile.TemporaryDirectory(dir=bench.scratch) as cache:
        # A whole run fills the cache, as a user's run before did.
        ours.run(pathlib.Path(cache))
        sides = {"ours": lambda: ours.run(pathlib.Path(cache), until="first step done"),
                 "peer": peer.firstStep}
        return Rounds(bench.calibration, sides, bench.fewer, note=label)
