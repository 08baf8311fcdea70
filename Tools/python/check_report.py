"""Holds a report against its predictions with scikit-learn: check_report.py REPORT CSV

The confusion matrix that the page draws, cell by cell; accuracy, the mean over classes, and each class's accuracy, to
the last digit; the expected calibration error to 1e-12, as sums may be taken in another order.
"""

import csv
import html.parser
import json
import sys

import numpy
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, recall_score


class Report(html.parser.HTMLParser):
    """The page's matrix, and every number by the section that it stands in."""

    def __init__(self):
        super().__init__()
        self.matrix = None
        self.section = None
        self.numbers = {}

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "section":
            self.section = attributes["id"]
        if "data-matrix" in attributes:
            self.matrix = json.loads(attributes["data-matrix"])
        if tag == "data" and attributes["value"]:
            self.numbers.setdefault(self.section, []).append(float(attributes["value"]))


def expected_calibration_error(confidences, correct, bins=15):
    edges = numpy.linspace(0, 1, bins + 1)
    places = numpy.clip(numpy.searchsorted(edges, confidences, side="left") - 1, 0, bins - 1)
    total = 0.0
    for place in range(bins):
        inside = places == place
        if inside.any():
            total += inside.sum() * abs(confidences[inside].mean() - correct[inside].mean())
    return total / len(confidences)


def main():
    report = Report()
    with open(sys.argv[1], encoding="utf-8") as file:
        report.feed(file.read())
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    labels = [row["label"] for row in rows]
    predicted = [row["predicted"] for row in rows]
    classes = report.matrix["classes"]

    # 1. The matrix.
    theirs = confusion_matrix(labels, predicted, labels=classes)
    ours = numpy.zeros_like(theirs)
    for row, column, count in zip(*[iter(report.matrix["cells"])] * 3):
        ours[row, column] = count
    if not numpy.array_equal(ours, theirs):
        sys.exit("the matrices differ")
    if list(theirs.sum(axis=1)) != report.matrix["totals"]:
        sys.exit("the rows' sums differ")

    # 2. Accuracies.
    accuracy = accuracy_score(labels, predicted)
    mean = balanced_accuracy_score(labels, predicted)
    shown = report.numbers["confusion"]
    if shown[0] != accuracy:
        sys.exit(f"accuracy {shown[0]!r}, not {accuracy!r}")
    if abs(shown[1] - mean) > 1e-15:
        sys.exit(f"mean over classes {shown[1]!r}, not {mean!r}")
    present = [name for name in classes if name in set(labels)]
    recalls = sorted(recall_score(labels, predicted, labels=present, average=None))
    if sorted(report.numbers["classes"]) != recalls:
        sys.exit("accuracies of classes differ")

    # 3. Calibration.
    confidences = numpy.array([float(row["predicted_probability"]) for row in rows])
    correct = numpy.array([label == name for label, name in zip(labels, predicted)])
    error = expected_calibration_error(confidences, correct)
    if abs(report.numbers["calibration"][0] - error) > 1e-12:
        sys.exit(f"calibration error {report.numbers['calibration'][0]!r}, not {error!r}")
    print(f"{len(rows)} predictions of {len(classes)} classes agree")


if __name__ == "__main__":
    main()
