"""Forward passes and steps of whole networks over random pictures in memory."""
import statistics

from measuring import Failed, Rounds, Side, spread
from peers import Peer

WORKS = {
    "forward": "forward, eval",
    "step": "full step, SGD with momentum",
    "fc": "step of the head alone, nothing cached",
}
HEAD = ["| {} | xrun, images/s | PyTorch, images/s | ratio | least to most | rounds | PyTorch's settings |",
        "| --- | --- | --- | --- | --- | --- | --- |"]


def compare(bench, title, lines, rounds, seconds, *, ours=(), environment=None, peer=None):
    """A table of `lines`: (what it is called, the task's words, the least ratio)."""
    mine = Side([bench.ours, "--threads", bench.threads, *ours], environment)
    try:
        theirs = Peer(bench.python, bench.threads, peer, bench.tunes)
    except Failed as error:
        mine.close()
        return [f"- not measured: {error}"]
    page = [f"- {mine.title}", f"- {theirs.title}", ""] + [line.format(title) for line in HEAD]
    for name, task, floor in lines:
        try:
            measure, settings = theirs.tuned(task, seconds)
            sides = {"ours": lambda: mine.number(f"{task} {seconds}"), "peer": measure}
            done = Rounds(bench.calibration, sides, rounds, note=task)
        except Failed as error:
            page.append(f"| {name} | not measured: {error} | | | | | |")
            continue
        ratios = done.ratios("ours", "peer")
        bench.judge(name, statistics.median(ratios), floor)
        page.append(
            f"| {name} | {number(done.median('ours'))} | {number(done.median('peer'))} | "
            f"{spread(ratios)} | {done.counted()} | {settings} |")
    mine.close()
    theirs.close()
    return page


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def resnet18(floors):
    return [(name, f"{work} resnet18 64 128", floors[work]) for work, name in WORKS.items()]


def second(floor):
    """ResNet-50, SqueezeNet and EfficientNet-Lite0, small and large."""
    return [
        (f"{network}, {side} px, batch {batch}: {work}", f"{work} {network} {side} {batch}", floor)
        for network in ("resnet50", "squeezenet1_0", "tf_efficientnet_lite0")
        for side, batch in ((64, 64), (224, 16))
        for work in ("forward", "step")
    ]
