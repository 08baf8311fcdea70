"""What a process that does nothing else has resident at most."""
from measuring import Failed, Side
from peers import ENVIRONMENTS, HERE, LAYOUTS

TITLE = "peak resident memory"
WORKS = {"step": ("full step, SGD with momentum", 0.5), "forward": ("forward, eval", None)}


def minutes(bench):
    return 2 * (3 + 4 * 2 * 5 * (1 if bench.cpuPython == bench.python else 2)) / 60


def run(bench):
    page = ["| ResNet-18, 64 px, batch 128 | xrun, MiB | PyTorch, MiB | share | build of PyTorch, settings |",
            "| --- | --- | --- | --- | --- |"]
    for work, (name, limit) in WORKS.items():
        task = f"memory {work} resnet18 64 128"
        # The most of ours, the least of theirs.
        mine = max(once([bench.ours, "--threads", bench.threads], task)[0] for _ in range(2))
        for python in dict.fromkeys([bench.cpuPython, bench.python]):
            try:
                theirs = least(python, bench, task)
            except Failed as error:
                page.append(f"| {name} | {mine:.0f} | not measured: {error} | | |")
                continue
            (value, title), settings = theirs
            build = title.split()[1]
            page.append(f"| {name} | {mine:.0f} | {value:.0f} | {mine / value:.2f} | {build}, {settings} |")
            if limit and python == bench.cpuPython:
                bench.judge(f"memory: {name}", value / mine, 1 / limit)
    return page


def once(command, task, environment=None):
    side = Side(command, environment)
    value = side.number(task)
    side.close()
    return value, side.title


def least(python, bench, task):
    """The settings with which PyTorch takes the least, the better of two tries each."""
    found = {}
    for name, environment in ENVIRONMENTS.items():
        for layout in LAYOUTS:
            tries = [once([python, HERE / "tasks.py", bench.threads], f"{task} {layout}", environment)
                     for _ in range(2 if bench.tunes else 1)]
            found[f"{layout}, {name}"] = min(tries)
    settings = min(found, key=lambda name: found[name][0])
    return found[settings], settings
