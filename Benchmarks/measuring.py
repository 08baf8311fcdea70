"""Processes that answer tasks, rounds in which they take turns, and what comes of them."""
import os
import statistics
import subprocess
import sys

# A round in which the machine gave less than this of its best is left out.
GOOD = 0.8


class Failed(Exception):
    """A side that cannot do what it was asked; the text says why."""


class Side:
    """One process that answers a line with a line."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, **(environment or {})},
        )
        self.title = self.process.stdout.readline().strip()
        if not self.title:
            raise Failed(f"'{command[0]}' did not start")

    def ask(self, task):
        self.process.stdin.write(task + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith(("failed", "unknown")):
            raise Failed(f"'{task}': {answer or 'the process ended'}")
        return answer

    def number(self, task):
        return float(self.ask(task))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Calibration:
    """What the processors give now: chained multiply-adds on all of them, a tenth of a second."""

    def __init__(self, ours, threads):
        self.side = Side([ours, "--threads", threads])
        self.states = []
        # The first threads wake sleeping processors.
        for _ in range(3):
            self.now()
        self.states = self.states[1:]

    def now(self):
        self.states.append(self.side.number("peak flops 0.1"))
        return self.states[-1]

    @property
    def best(self):
        return max(self.states)


class Rounds:
    """Sides that took turns, with the machine's state before and after each of them."""

    def __init__(self, calibration, sides, count, note=""):
        """`sides`: by name, what measures one. Rounds in a bad state are repeated, up to twice as many."""
        self.calibration = calibration
        self.all = []
        for number in range(2 * count):
            order = list(sides.items())
            if number % 2:
                order.reverse()
            state = calibration.now()
            values = {}
            for name, measure in order:
                values[name] = measure()
                state = min(state, calibration.now())
            self.all.append((state, values))
            if note:
                print(f"  {note}: round {number + 1}, machine at {state / calibration.best:.0%}",
                      file=sys.stderr, flush=True)
            # The best may have risen since, so that all are judged again.
            if len(self.good) >= count:
                break
        # Too few are as good as none: then all count, and the page says so.
        self.isCalm = len(self.good) >= min(3, count)
        self.used = self.good if self.isCalm else [values for _, values in self.all]

    @property
    def good(self):
        return [values for state, values in self.all if state >= GOOD * self.calibration.best]

    def median(self, name, part=lambda value: value):
        return statistics.median(part(values[name]) for values in self.used)

    def ratios(self, mine, theirs, part=lambda value: value):
        """How many times `mine` is `theirs`, round by round."""
        return [part(values[mine]) / part(values[theirs]) for values in self.used]

    def counted(self):
        return f"{len(self.used)} of {len(self.all)}" + ("" if self.isCalm else ", busy machine")


def spread(ratios):
    """Median, least and most, for a table."""
    return f"{statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f}"
