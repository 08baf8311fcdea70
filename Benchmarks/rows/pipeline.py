"""The input pipeline alone: files to augmented batches, with nobody computing."""
import statistics
import tempfile

import pictures
from measuring import Failed, Rounds, Side, spread
from training import PeerTraining

TITLE = "input pipeline alone"
SECONDS = 4


def minutes(bench):
    sets = 2 if bench.flowers else 1
    return sets * (3 * 6 + bench.fewer * (2 * SECONDS + 16)) / 60


def run(bench):
    page = ["| training pictures | xrun, images/s | PyTorch, images/s | ratio | least to most | rounds | "
            "PyTorch's settings |",
            "| --- | --- | --- | --- | --- | --- | --- |"]
    made = pictures.generated(bench.scratch, bench.pictures)
    page += lines(bench, f"{bench.pictures * 4 // 5} JPEG of 500 x 600 px", made, 2.5)
    if bench.flowers:
        page += lines(bench, "flowers102, 64 px", bench.flowers, None)
    else:
        page.append("| flowers102, 64 px | not measured: no such folder | | | | | |")
    return page


def lines(bench, name, folder, floor):
    """From files on both sides, and from xrun's cache, which PyTorch has no like of."""
    side = Side([bench.ours, "--threads", bench.threads])
    try:
        with tempfile.TemporaryDirectory(dir=bench.scratch) as cache:
            peer = PeerTraining(bench, folder, "fc", 2, loading=True).tune()
            sides = {"files": lambda: side.number(f"pipeline {folder} {SECONDS}"),
                     # After a first epoch, in which the workers start.
                     "peer": lambda: peer.run().later,
                     "cached": lambda: side.number(f"cached {folder} {cache} {SECONDS}")}
            done = Rounds(bench.calibration, sides, bench.fewer, note=name)
    except Failed as error:
        return [f"| {name} | not measured: {error} | | | | | |"]
    finally:
        side.close()
    bench.judge(f"pipeline, {name}", statistics.median(done.ratios("files", "peer")), floor)
    return [
        f"| {name}, {how} | {done.median(key):.0f} | {done.median('peer'):.0f} | "
        f"{spread(done.ratios(key, 'peer'))} | {done.counted()} | {peer.title} |"
        for key, how in (("files", "nothing cached"), ("cached", "xrun from its cache"))
    ]
