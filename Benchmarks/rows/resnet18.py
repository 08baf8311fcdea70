"""ResNet-18 at 64 px, batch 128, with all that the processor can do."""
from rows import networks

TITLE = "ResNet-18, 64 px, batch 128"


def minutes(bench):
    return 0.3 + 3 * (6 + bench.rounds * (2 * bench.seconds + 1)) / 60


def run(bench):
    lines = networks.resnet18({"forward": 2.4, "step": 2.2, "fc": 1})
    return networks.compare(bench, TITLE, lines, bench.rounds, bench.seconds)
