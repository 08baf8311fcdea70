"""Writes the manifest.json beside goldens; Tests/TestSupport/GoldenManifest.swift reads it."""

import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path

HERE = Path(__file__).resolve().parent


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def write(out, generator, files, *, libraries, seed, tolerance, why, modules=(), **more):
    """
    out: the folder of goldens
    generator: the generator's `__file__`
    files: names in `out` that it wrote; or a dictionary from these to facts about each
    libraries: names of Python packages whose versions matter
    seed: of what was drawn; None where nothing was
    tolerance: what a test allows, a number or a text
    why: the reason for it, one sentence
    modules: names of modules beside the generator that it imports
    more: further keys
    """
    sources = [Path(generator).name, *(f"{name}.py" for name in modules)]
    described = files if isinstance(files, dict) else {name: {} for name in files}
    content = {
        "generator": f"Tools/golden/{sources[0]}",
        "sources": {f"Tools/golden/{name}": sha256(HERE / name) for name in sources},
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in libraries}},
        "seed": seed,
        "tolerance": tolerance,
        "why": why,
        **more,
        "files": {
            name: {"sha256": sha256(Path(out) / name), **facts}
            for name, facts in sorted(described.items())},
    }
    (Path(out) / "manifest.json").write_text(json.dumps(content, indent=2) + "\n")
