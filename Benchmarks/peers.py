"""PyTorch's processes, and the settings at which each task is fastest."""
import pathlib

from measuring import Failed, Side

HERE = pathlib.Path(__file__).parent / "peer"

# glibc gives large blocks back to the system at once and has them zeroed again; told not to, PyTorch is faster.
ENVIRONMENTS = {
    "malloc as it is": {},
    "malloc keeps memory": {
        "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
        "MALLOC_TOP_PAD_": str(64 << 20),
    },
}
LAYOUTS = ("nchw", "channels_last")


class Peer:
    """One process for each environment, and the better settings for each task."""

    def __init__(self, python, threads, extra=None, tunes=True):
        self.tunes = tunes
        self.sides = {
            name: Side([python, HERE / "tasks.py", threads], {**environment, **(extra or {})})
            for name, environment in ENVIRONMENTS.items()
        }
        self.title = next(iter(self.sides.values())).title

    def tuned(self, task, seconds):
        """Tries all settings; gives what measures the fastest, and its name."""
        settings = [(name, layout) for name in self.sides for layout in LAYOUTS]
        rates = {
            (name, layout): self.sides[name].number(f"{task} 0.5 {layout}")
            for name, layout in (settings if self.tunes else settings[-1:])
        }
        name, layout = max(rates, key=rates.get)
        side = self.sides[name]
        # Where both processes keep a network, its memory is wanted twice.
        for other in self.sides.values():
            if other is not side:
                other.ask("drop")
        return lambda: side.number(f"{task} {seconds} {layout}"), f"{layout}, {name}"

    def close(self):
        for side in self.sides.values():
            side.close()


__all__ = ["ENVIRONMENTS", "Failed", "HERE", "LAYOUTS", "Peer"]
