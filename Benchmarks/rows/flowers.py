"""Training and validation end to end on flowers102, whose pictures are 64 px already."""
from rows.epochs import KINDS, RATES, heads, rounds, table

TITLE = "training end to end, flowers102"
PICTURES = 7370


def minutes(bench):
    seconds = sum(11 * 9 + rounds(bench) * (PICTURES / first + PICTURES / later + 2 * PICTURES / peer / 1.5 + 5)
                  for first, later, peer in RATES.values())
    return seconds / 60 if bench.flowers else 0


def run(bench):
    page = heads()
    for kind, name in KINDS.items():
        if bench.flowers:
            page += table(bench, bench.flowers, f"{name}, flowers102", kind, {"as they are": bench.flowers}, 2)
        else:
            page.append(f"| {name}, flowers102 | not measured: no such folder | | | | | |")
    return page
