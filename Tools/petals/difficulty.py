"""How hard a picture set is for methods that cannot see shapes.

    python Tools/petals/difficulty.py FOLDER

FOLDER holds train/ and val/ with one folder per class. Prints the validation accuracy of a nearest
neighbour on raw pixels and of logistic regression on colour histograms, each at its best setting
(chosen on the validation pictures: in the baseline's favour). Needs numpy, pillow and scikit-learn.
"""

import argparse
import pathlib

import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

SUFFIXES = {".jpg", ".jpeg", ".png"}


def load(folder, classes, side):
    """Pixels [N, side, side, 3] and class numbers [N]."""
    pictures, labels = [], []
    for label, name in enumerate(classes):
        for path in sorted((folder / name).iterdir()):
            if path.suffix.lower() in SUFFIXES:
                with Image.open(path) as picture:
                    pictures.append(np.asarray(picture.convert("RGB").resize((side, side))))
                labels.append(label)
    return np.stack(pictures), np.array(labels)


def histograms(pictures, bins):
    """The shares of bins³ colours in each picture, under a square root (Hellinger)."""
    cells = pictures.astype(int) * bins // 256
    index = (cells[..., 0] * bins + cells[..., 1]) * bins + cells[..., 2]
    counts = np.stack([np.bincount(one.ravel(), minlength=bins**3) for one in index])
    return np.sqrt(counts / counts.sum(axis=1, keepdims=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--side", type=int, default=64, help="pixels; pictures are resized to it")
    arguments = parser.parse_args()

    classes = sorted(path.name for path in (arguments.folder / "train").iterdir() if path.is_dir())
    train, train_labels = load(arguments.folder / "train", classes, arguments.side)
    val, val_labels = load(arguments.folder / "val", classes, arguments.side)
    print(f"{len(classes)} classes, {len(train)} training and {len(val)} validation pictures")
    print(f"chance                          {1 / len(classes):.3f}")

    def flat(pictures):
        return pictures.reshape(len(pictures), -1).astype(np.float32) / 255

    for k in (1, 5, 15):
        model = KNeighborsClassifier(k).fit(flat(train), train_labels)
        print(f"pixels, {k:2} nearest neighbours    {model.score(flat(val), val_labels):.3f}")
    for bins in (4, 6):
        scaler = StandardScaler().fit(histograms(train, bins))
        for c in (0.001, 0.01, 0.1):
            model = LogisticRegression(C=c, max_iter=300)
            model.fit(scaler.transform(histograms(train, bins)), train_labels)
            score = model.score(scaler.transform(histograms(val, bins)), val_labels)
            print(f"{bins}³ colours, logistic, C={c:<6} {score:.3f}")


if __name__ == "__main__":
    main()
