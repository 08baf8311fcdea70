"""The input pipeline alone: files to augmented batches, with nobody computing."""
import statistics

import pictures
from measuring import Failed, Rounds, Side, spread
from training import PeerTraining

TITLE = "input pipeline alone"
SECONDS = 4


def minutes(bench):
    sets = 2 if bench.flowers else 1
    return sets * (3 * 6 + bench.fewer * (SECONDS + 14)) / 60


def run(bench):
    page = ["| training pictures, decoded and augmented, nothing cached | xrun, images/s | "
            "PyTorch, images/s | ratio | least to most | rounds | PyTorch's settings |",
            "| --- | --- | --- | --- | --- | --- | --- |"]
    made = pictures.generated(bench.scratch, bench.pictures)
    page.append(line(bench, f"{bench.pictures * 4 // 5} JPEG of 500 x 600 px", made, 2.5))
    if bench.flowers:
        page.append(line(bench, "flowers102, 64 px", bench.flowers, None))
    else:
        page.append("| flowers102, 64 px | not measured: no such folder | | | | | |")
    return page


def line(bench, name, folder, floor):
    side = Side([bench.ours, "--threads", bench.threads])
    try:
        peer = PeerTraining(bench, folder, "fc", 2, loading=True).tune()
        sides = {"ours": lambda: side.number(f"pipeline {folder} {SECONDS}"),
                 # After a first epoch, in which the workers start.
                 "peer": lambda: peer.run().later}
        done = Rounds(bench.calibration, sides, bench.fewer, note=name)
    except Failed as error:
        return f"| {name} | not measured: {error} | | | | | |"
    finally:
        side.close()
    ratios = done.ratios("ours", "peer")
    bench.judge(f"pipeline, {name}", statistics.median(ratios), floor)
    return (f"| {name} | {done.median('ours'):.0f} | {done.median('peer'):.0f} | {spread(ratios)} | "
            f"{done.counted()} | {peer.title} |")
