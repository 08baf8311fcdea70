"""What share of the processor's measured peak and bandwidth each node of a training step reaches."""
import json

from measuring import Side

TITLE = "roofline of a step of ResNet-18"
PASSES = {"convolution": "forward", "convolution_grad_input": "input gradient",
          "convolution_grad_weights": "weight gradient"}


def minutes(bench):
    return 0.4


def run(bench):
    side = Side([bench.ours, "--threads", bench.threads])
    # The best that was seen before and after stands for the processor.
    peaks = [side.number("peak flops 0.3")]
    memory = [side.number("peak bandwidth 0.3")]
    step = json.loads(side.ask("profile step resnet18 64 128 4"))
    forward = json.loads(side.ask("profile forward resnet18 64 128 2"))
    peaks.append(side.number("peak flops 0.3"))
    memory.append(side.number("peak bandwidth 0.3"))
    side.close()
    roof = Roof(max(peaks) * 1e9, max(memory) * 1e9)
    page = [
        f"- {side.title}",
        f"- peak {roof.flops / 1e9:.0f} GFLOP/s (chained multiply-adds), "
        f"{roof.bytes / 1e9:.1f} GB/s (triad)",
        f"- {roof.whole('a step', step)}", f"- {roof.whole('an evaluation', forward)}", "",
        "Convolutions, as a share of the peak in nominal operations: those of the plain sum of",
        "products, so that Winograd's algorithm, which needs fewer, may exceed 100 %.", "",
        "| layer | " + " | ".join(PASSES.values()) + " | ms together | kernels |",
        "| --- |" + " --- |" * (len(PASSES) + 2),
    ]
    layers = {}
    for node in step:
        if node["operation"] in PASSES:
            name = node["node"].removesuffix(".grad_input").removesuffix(".grad_weights")
            layers.setdefault(name, {})[node["operation"]] = node
    for name, nodes in layers.items():
        cells = [f"{roof.share(nodes[kind]):.0%}" if kind in nodes else "" for kind in PASSES]
        together = sum(node["seconds"] for node in nodes.values()) * 1e3
        kernels = ", ".join(dict.fromkeys(node["kernel"] for node in nodes.values()))
        page.append(f"| {name} | " + " | ".join(cells) + f" | {together:.1f} | {kernels} |")
    page += ["", "Everything else, as a share of the bandwidth: each input and result counted once, so that what",
             "stays in a cache may exceed 100 %.", "",
             "| operation | nodes | ms together | GB/s | share | share of the step |",
             "| --- | --- | --- | --- | --- | --- |"]
    groups = {}
    for node in step:
        if node["operation"] not in PASSES:
            groups.setdefault(node["operation"], []).append(node)
    total = sum(node["seconds"] for node in step)
    for kind, nodes in sorted(groups.items(), key=lambda item: -sum(n["seconds"] for n in item[1])):
        seconds = sum(node["seconds"] for node in nodes)
        rate = sum(node["bytes"] for node in nodes) / seconds
        page.append(f"| {kind} | {len(nodes)} | {seconds * 1e3:.2f} | {rate / 1e9:.1f} | "
                    f"{rate / roof.bytes:.0%} | {seconds / total:.1%} |")
    return page


class Roof:
    def __init__(self, flops, bytes):
        self.flops = flops
        self.bytes = bytes

    def share(self, node):
        return node["flops"] / node["seconds"] / self.flops

    def least(self, node):
        """Seconds that the node takes at the peak, or where memory gives its bytes, if that is longer."""
        return max(node["flops"] / self.flops, node["bytes"] / self.bytes)

    def whole(self, name, nodes):
        seconds = sum(node["seconds"] for node in nodes)
        flops = sum(node["flops"] for node in nodes) / seconds
        least = sum(self.least(node) for node in nodes)
        return (f"{name}: {seconds * 1e3:.1f} ms, {flops / 1e9:.0f} GFLOP/s nominal, {flops / self.flops:.0%} "
                f"of the peak; with each node under its roof {least * 1e3:.1f} ms, {least / seconds:.0%}")
