#!/usr/bin/env python3
"""Writes scikit-learn's metrics of made-up answers to Tests/TrainingTests/Fixtures/metrics.json.

For developers only: building, testing and running imgdx never need Python.
Run:  python3 Scripts/parity/make-metrics.py  (needs numpy and scikit-learn)
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics

FILE = pathlib.Path(__file__).resolve().parents[2] / "Tests/TrainingTests/Fixtures/metrics.json"
rng = np.random.default_rng(11)


def measures(truth, probabilities):
    """A dictionary of all measures; labels without examples are left out of means."""
    count = probabilities.shape[1]
    labels = list(range(count))
    given = probabilities.argmax(1)
    areas = [metrics.roc_auc_score(truth == label, probabilities[:, label])
             for label in labels if 0 < (truth == label).sum() < len(truth)]
    zero = {"labels": labels, "average": None, "zero_division": 0}
    return {
        "accuracy": metrics.accuracy_score(truth, given),
        "balanced_accuracy": float(np.mean([(given[truth == l] == l).mean()
                                            for l in sorted(set(truth))])),
        "auc": float(np.mean(areas)),
        "f1": metrics.f1_score(truth, given, average="macro", zero_division=0),
        "recall": metrics.recall_score(truth, given, **zero).tolist(),
        "precision": metrics.precision_score(truth, given, **zero).tolist(),
        "confusion": metrics.confusion_matrix(truth, given, labels=labels).tolist(),
    }


def answers(name, count, classes, decimals, groups, skill):
    truth = rng.choice(len(classes), count, p=classes)
    logits = rng.normal(size=(count, len(classes))) + skill * np.eye(len(classes))[truth]
    powers = np.exp(logits)
    probabilities = (powers / powers.sum(1, keepdims=True)).round(decimals)
    group = rng.integers(0, groups, count)
    result = measures(truth, probabilities.astype(np.float32))
    if len(set(truth)) == len(classes) > 2:
        # The mean over labels is the library's own one-vs-rest average.
        exact = powers / powers.sum(1, keepdims=True)
        ours = measures(truth, exact)["auc"]
        assert abs(ours - metrics.roc_auc_score(truth, exact, multi_class="ovr")) < 1e-12
    return {"name": name, "truth": truth.tolist(), "probabilities": probabilities.tolist(),
            "groups": group.tolist(), "expected": result,
            "intervals": intervals(truth, probabilities, group)}


def intervals(truth, probabilities, group):
    """Percentile bounds of 4000 resamples of groups; another generator, so compare loosely."""
    names = np.unique(group)
    members = [np.flatnonzero(group == name) for name in names]
    seen = []
    for _ in range(4000):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(names), len(names))])
        some = measures(truth[chosen], probabilities[chosen])
        seen.append([some["accuracy"], some["balanced_accuracy"], some["auc"], some["f1"]])
    low, high = np.percentile(seen, [2.5, 97.5], axis=0)
    keys = ["accuracy", "balanced_accuracy", "auc", "f1"]
    return {k: [float(a), float(b)] for k, a, b in zip(keys, low, high)}


def masks():
    cases = []
    for share_found, share_actual in ((0.4, 0.3), (0.1, 0.6), (0.0, 0.3), (0.3, 0.0), (0, 0)):
        found = (rng.random(60) < share_found).astype(int)
        actual = (rng.random(60) < share_actual).astype(int)
        cases.append({"found": found.tolist(), "actual": actual.tolist(),
                      "dice": metrics.f1_score(actual, found, zero_division=1),
                      "iou": metrics.jaccard_score(actual, found, zero_division=1)})
    # Both empty: the library takes a choice; imgdx calls that perfect agreement.
    cases[-1].update(dice=1.0, iou=1.0)
    return cases


if __name__ == "__main__":
    document = {
        "source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "answers": [
            answers("three labels", 150, [0.2, 0.5, 0.3], 6, 90, 1.5),
            answers("three labels with many ties", 120, [0.3, 0.4, 0.3], 1, 120, 1.0),
            answers("two labels", 80, [0.7, 0.3], 4, 30, 1.2),
            answers("a label that never occurs", 60, [0.5, 0.5, 0.0], 3, 60, 1.0),
            answers("no skill", 90, [0.25, 0.25, 0.25, 0.25], 3, 45, 0.0),
        ],
        "masks": masks(),
    }
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(document, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
