"""Other networks, at 64 and 224 px."""
from rows import networks

TITLE = "other networks"


def minutes(bench):
    # The large ones take seconds for a step, whatever time they are given.
    return 0.3 + 12 * (15 + bench.fewer * (2 * max(bench.seconds, 3) + 2)) / 60


def run(bench):
    return networks.compare(bench, "network", networks.second(1), bench.fewer, bench.seconds)
