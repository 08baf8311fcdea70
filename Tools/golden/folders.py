"""Golden of ImageFolder's order, by torchvision.

usage: python folders.py OUT

Makes empty files of awkward names in a temporary folder and writes what torchvision's ImageFolder
lists: OUT/order.json with the files made, the classes and the samples in order, and manifest.json.
Names are compared exactly. Hidden files and folders are left out: torchvision takes them for
pictures and classes, xrun does not (a test of its own pins that).
"""
import json
import sys
import tempfile
from pathlib import Path

import torchvision
from torchvision.datasets import ImageFolder

import manifest

FILES = [
    "10/b.jpg", "9/a.jpg", "B/1.png", "a/1.jpg", "é/1.jpg", "e/1.jpg", "class one/1.jpg",
    # The folders of a class are walked in the order of their whole paths: '-' and '.' sort before '/'.
    "e/sub/1.jpg", "e/sub-a/1.jpg", "e/sub.b/1.jpg", "e/sub/deep/1.jpg", "e/sub0/1.jpg",
    "e/Sub/1.jpg", "e/z.jpg", "e/Z.jpg",
    # Extensions in any case; only the very end counts.
    "a/2.JPG", "a/2.jpg", "a/2.JpEg", "a/10.jpeg", "a/x.PNG", "a/é.png", "a/name.tar.png",
    "a/not.jpg.txt", "a/not.jpg.", "a/notjpg", "a/jpg", "a/other.gif", "a/w.WebP", "a/t.tiff",
    "a/t.tif", "a/b.bmp", "a/p.ppm", "a/p.pgm",
]


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            path = Path(folder, "train", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        found = ImageFolder(str(Path(folder, "train")))
        golden = {
            "files": FILES, "classes": found.classes,
            "samples": [[str(Path(path).relative_to(folder)), label]
                        for path, label in found.samples],
        }
    lines = ",\n".join(
        f'"{key}": [\n' + ",\n".join(json.dumps(e, ensure_ascii=False) for e in entries) + "\n]"
        for key, entries in golden.items())
    (out / "order.json").write_text("{\n" + lines + "\n}\n")
    manifest.write(
        out, __file__, ["order.json"], libraries=["torchvision"], seed=None, tolerance=0,
        why="names and their order are equal or not")


main()
