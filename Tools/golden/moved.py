"""Says what moved in the goldens since the last commit: numbers by how much, the rest by name.

usage: python moved.py [REVISION]

Compares every folder of goldens below Tests with REVISION (HEAD by default). Exit code 0, moved or not.
"""
import base64
import io
import json
import math
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def git(*arguments):
    return subprocess.run(
        ["git", "-C", ROOT, *arguments], check=True, capture_output=True).stdout


def title(value, place):
    """What an entry of a list is called: its name, or what distinguishes it."""
    if isinstance(value, dict):
        words = [str(value[key]) for key in (
            "name", "path", "optimizer", "scheduler", "transform", "quantity", "with", "arguments",
            "width", "height", "salt", "draw") if key in value]
        if words:
            return " ".join(words)[:120]
    return str(place)


class Moves:
    def __init__(self):
        self.count = 0
        self.numbers = 0
        self.absolute = (0, "")
        self.relative = (0, "")
        self.others = []

    def number(self, path, old, new):
        self.numbers += 1
        if old == new or (math.isnan(old) and math.isnan(new)):
            return
        self.count += 1
        gap = abs(new - old)
        gap = math.inf if math.isnan(gap) else gap
        self.absolute = max(self.absolute, (gap, path))
        self.relative = max(self.relative, (gap / abs(old) if old else math.inf, path))

    def compare(self, path, old, new):
        kinds = (int, float)
        if isinstance(old, kinds) and isinstance(new, kinds) and not isinstance(old, bool):
            self.number(path, old, new)
        elif isinstance(old, dict) and isinstance(new, dict):
            for key in [*old, *(key for key in new if key not in old)]:
                if key not in new:
                    self.others.append(f"{path}.{key} is gone")
                elif key not in old:
                    self.others.append(f"{path}.{key} is new")
                else:
                    self.compare(f"{path}.{key}" if path else key, old[key], new[key])
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for place, (a, b) in enumerate(zip(old, new)):
                self.compare(f"{path}[{title(a, place)}]", a, b)
        elif isinstance(old, list) and isinstance(new, list):
            # By name where entries came or went; equal entries first.
            olds = {title(value, place): value for place, value in enumerate(old)}
            news = {title(value, place): value for place, value in enumerate(new)}
            self.compare(path, olds, news)
        elif old != new:
            self.others.append(f"{path} changed")

    def report(self, limit=8):
        lines = []
        if self.count:
            lines.append(
                f"{self.count} of {self.numbers} numbers moved: most by {self.absolute[0]:.3g} "
                f"({self.absolute[1]}), relatively by {self.relative[0]:.3g} ({self.relative[1]})")
        if self.others:
            ends = ("is new", "is gone", "changed")
            counts = [(sum(text.endswith(end) for text in self.others), end) for end in ends]
            lines.append(", ".join(f"{count} {end}" for count, end in counts if count) + ":")
            lines += [f"  {text.lstrip('.')}" for text in self.others[:limit]]
            if len(self.others) > limit:
                lines.append(f"  and {len(self.others) - limit} more")
        return lines


def safetensors(data):
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    codes = {"F64": "d", "F32": "f", "F16": "e", "I64": "q", "I32": "i", "U8": "B", "BOOL": "?"}
    found = {}
    for name, entry in header.items():
        if name == "__metadata__":
            found[name] = entry
            continue
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        code = codes.get(entry["dtype"])
        raw = data[start:end]
        found[name] = {"dtype": entry["dtype"], "shape": entry["shape"], "values": (
            list(struct.unpack(f"<{len(raw) // struct.calcsize(code)}{code}", raw)) if code
            else base64.b64encode(raw).decode())}
    return found


def archive(data):
    """The members of a zip; the same for those that differ in dates alone."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: base64.b64encode(file.read(name)).decode() for name in file.namelist()}


def parsed(name, data):
    if name.endswith(".json"):
        return json.loads(data)
    if name.endswith(".safetensors"):
        return safetensors(data)
    if name.endswith(".txt"):
        return data.decode().splitlines()
    if data[:2] == b"PK":
        return archive(data)
    return {"bytes": base64.b64encode(data).decode()}


def lines_of(name, old, new):
    try:
        old, new = parsed(name, old), parsed(name, new)
    except (ValueError, KeyError, struct.error, zipfile.BadZipFile, UnicodeDecodeError) as error:
        return [f"cannot be compared: {error}"]
    if Path(name).name == "manifest.json":
        # Hashes of goldens move with the goldens, which have lines of their own.
        lines = []
        for part in ("versions", "decoders", "sources"):
            a, b = old.get(part, {}), new.get(part, {})
            for key in sorted({*a, *b}):
                if a.get(key) != b.get(key):
                    lines.append(
                        f"{key} changed" if part == "sources"
                        else f"{key} {a.get(key, 'absent')} -> {b.get(key, 'absent')}")
        for manifest in (old, new):
            for part in ("versions", "decoders", "sources", "files"):
                manifest.pop(part, None)
        moves = Moves()
        moves.compare("", old, new)
        return lines + moves.report()
    moves = Moves()
    moves.compare("", old, new)
    return moves.report() or ["other bytes, the same content"]


def main():
    revision = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    paths = git("ls-tree", "-r", "--name-only", revision, "Tests").decode().splitlines()
    old = {path for path in paths if "/Goldens/" in path}
    new = {str(path.relative_to(ROOT)) for path in ROOT.glob("Tests/**/Goldens/**/*")
           if path.is_file()}
    said = False
    for path in sorted(old | new):
        if path not in new:
            lines = ["is gone"]
        elif path not in old:
            lines = ["is new"]
        else:
            before, after = git("show", f"{revision}:{path}"), (ROOT / path).read_bytes()
            if before == after:
                continue
            lines = lines_of(path, before, after)
        if lines:
            said = True
            print(path)
            for line in lines:
                print(f"  {line}")
    if not said:
        print(f"goldens: nothing moved since {git('rev-parse', '--short', revision).decode().strip()}")


if __name__ == "__main__":
    main()
