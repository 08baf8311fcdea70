"""All networks once more, where neither side may use more than AVX2."""
from rows import networks

TITLE = "AVX2 only"
# The libraries' own switches; xrun-bench has one for the kernels of xrun.
OURS = {
    "ONEDNN_MAX_CPU_ISA": "AVX2", "DNNL_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell",
}
PEER = {
    "ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
}


def minutes(bench):
    return 0.3 + 15 * (15 + bench.fewer * (2 * max(bench.seconds, 3) + 2)) / 60


def run(bench):
    floors = {"forward": 1, "step": 1, "fc": 1}
    lines = [(f"resnet18, 64 px, batch 128: {task.split()[0]}", task, floor)
             for _, task, floor in networks.resnet18(floors)]
    return networks.compare(
        bench, "network", lines + networks.second(1), bench.fewer, bench.seconds,
        ours=["--isa", "avx2"], environment=OURS, peer=PEER)
