"""Training and validation end to end, random augmentation on: the first epoch and later ones."""
import statistics

import pictures
from measuring import Failed, Rounds, spread
from training import OurTraining, PeerTraining

TITLE = "training end to end, large pictures"
KINDS = {"fc": "fc-only", "full": "everything trained"}
# The least ratio: later epochs, later epochs against resized pictures, the first epoch.
FLOORS = {"fc": (5, 2.5, 2.2), "full": (3, 2.2, None)}
# Images a second that a slow machine does, to tell minutes: xrun first and later, PyTorch.
RATES = {"fc": (300, 1000, 160), "full": (200, 300, 110)}


def rounds(bench):
    return max(1, bench.fewer - 1)


def minutes(bench):
    seconds = 0
    for first, later, peer in RATES.values():
        small = bench.pictures
        trials = 11 * 9
        seconds += 2 * trials + rounds(bench) * (
            small / first + 2 * small / later + 3 * small / peer + 3 * small / peer / 1.5 + 8)
    return seconds / 60


def heads():
    return ["Images a second of training and validation together.", "",
            "| | xrun | PyTorch | ratio | least to most | rounds | PyTorch's settings |",
            "| --- | --- | --- | --- | --- | --- | --- |"]


def run(bench):
    page = heads()
    made = pictures.generated(bench.scratch, bench.pictures)
    small = pictures.resized(made)
    for kind, name in KINDS.items():
        peers = {"as they are": made, "resized beforehand": small}
        page += table(bench, made, f"{name}, {bench.pictures} JPEG of 500 x 600 px", kind, peers, 3)
    return page


def table(bench, folder, name, kind, peers, epochs):
    """Lines for one set: the peers differ in how their pictures lie on the disk."""
    ours = OurTraining(bench, folder, kind, epochs)
    tuned = {}
    try:
        for place, copy in peers.items():
            tuned[place] = PeerTraining(bench, copy, kind, epochs).tune()
        sides = {"ours": ours.run, **{place: peer.run for place, peer in tuned.items()}}
        done = Rounds(bench.calibration, sides, rounds(bench), note=name)
    except Failed as error:
        return [f"| {name} | not measured: {error} | | | | | |"]
    lines = []
    later, laterResized, first = FLOORS[kind]
    for place, peer in tuned.items():
        isResized = place != "as they are"
        for title, part, floor in (
            ("first epoch", lambda value: value.first, None if isResized else first),
            ("later epochs", lambda value: value.later, laterResized if isResized else later),
        ):
            ratios = done.ratios("ours", place, part)
            label = f"{name}, {title}" + (", PyTorch's resized beforehand" if isResized else "")
            bench.judge(label, statistics.median(ratios), floor)
            lines.append(
                f"| {label} | {done.median('ours', part):.0f} | {done.median(place, part):.0f} | "
                f"{spread(ratios)} | {done.counted()} | {peer.title} |")
    return lines
