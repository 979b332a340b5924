"""Measuring a finished network on the test images, without Keras.

Comes in: a run folder or an ONNX file. Goes out: its figures. A run's network is checked against
the digest in its manifest first.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist_test
from inkdigits.errors import ModelFileError
from inkdigits.evaluation.metrics import Evaluation, evaluate
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.runs.folder import find_run
from inkdigits.runs.manifest import Manifest


def evaluate_network(path: Path) -> Evaluation:
    """Measure a network on MNIST's test images.

    Args:
        path: A run folder, or an ONNX file.

    Raises:
        ModelFileError: If there is no such network, it is damaged, or it does not read digits.

    Example:
        >>> evaluate_network(Path("runs/tutorial-1")).accuracy  # doctest: +SKIP
        0.9951
    """
    classifier = OnnxClassifier(find_network(path))
    if classifier.class_names != DIGIT_NAMES:
        known = ", ".join(classifier.class_names)
        raise ModelFileError(f"the network must tell the ten digits apart; it tells {known}")
    test = load_mnist_test()
    return evaluate(classifier.probabilities(test.images), test.labels)


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest of a finished run; None if the path is no folder.

    Raises:
        ModelFileError: If the folder holds no finished run.
    """
    if not path.is_dir():
        return None
    run = find_run(path)
    if not run.manifest.is_file():
        raise ModelFileError(
            f"the run in {path} is not finished; go on with `inkdigits train --resume {path}`"
        )
    return Manifest.from_json(run.manifest.read_bytes())


def find_network(path: Path) -> Path:
    """Return the ONNX file of a run folder, or the file itself.

    Raises:
        ModelFileError: If there is none, or it is not the one that the run wrote.
    """
    if not path.exists():
        raise ModelFileError(f"there is no run folder or ONNX file {path}")
    manifest = read_manifest(path)
    if manifest is None:
        return path
    run = find_run(path)
    promised = manifest.sha256.get(run.onnx.name)
    if not run.onnx.is_file():
        raise ModelFileError(f"{path} has no {run.onnx.name}")
    received = hashlib.sha256(run.onnx.read_bytes()).hexdigest()
    if received != promised:
        raise ModelFileError(
            f"{run.onnx} is not the file that the run wrote: its SHA-256 must be {promised}; "
            f"received {received}"
        )
    return run.onnx
