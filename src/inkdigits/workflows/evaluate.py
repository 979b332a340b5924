"""Measuring a finished network, without Keras.

Comes in: a run folder, an ONNX file or the word "shipped". Goes out: its figures on the suites
asked for. A run's network is checked against the digest in its manifest first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from inkdigits.datasets.dataset import LabelledImages
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist_test
from inkdigits.errors import ModelFileError, UsageError
from inkdigits.evaluation.comparison import Comparison, compare
from inkdigits.evaluation.disputed import DISPUTED_MNIST_TEST, without
from inkdigits.evaluation.measured import SUITES, Measured
from inkdigits.evaluation.metrics import Evaluation, evaluate
from inkdigits.evaluation.rejection import measure_other_writers, measure_outliers
from inkdigits.evaluation.robustness import measure_corruptions
from inkdigits.recognition.onnx_file.opened import MAX_BYTES, NetworkFile, open_network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import is_shipped, shipped_network
from inkdigits.runs.finished import open_finished
from inkdigits.runs.folder import find_run
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import read_start
from inkdigits.workflows.matching import load_matching

Progress = Callable[[str], None]

MNIST = "mnist"


def measure(
    network: Path,
    suites: Collection[str] = ("clean",),
    *,
    data: str | None = None,
    against: Path | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Measure a network on test images and on the suites asked for.

    Args:
        network: A run folder, an ONNX file, or "shipped".
        suites: Some of `SUITES`; "clean" is always measured, the others are for MNIST.
        data: Name or path of a data set, whose test part is measured on; None for the one that
            the run learnt from, MNIST for a bare file.
        against: Another network, to be compared on the clean test images.
        progress: Is told what is being measured.

    Raises:
        ModelFileError: If there is no such network, it is damaged, or, on MNIST, it does not read
            the ten digits.
        DataError: If the data are missing or damaged.
        UsageError: If a suite is unknown or not for these data, outliers are asked of a network
            without a score, or the data have other classes than the network.

    Example:
        >>> measure(Path("runs/best-1"), ["outliers"]).outliers  # doctest: +SKIP
    """
    _check_suites(suites)
    source = data or _learnt_from(network)
    if source != MNIST:
        return _measure_on(source, network, suites, against, progress or (lambda _: None))
    # Both networks are read first: a wrong path is told before minutes of work.
    classifier = load_digit_network(network)
    other = load_digit_network(against) if against is not None else None
    if "outliers" in suites and classifier.rejection is None:
        raise UsageError(
            f"the suite outliers needs a network with an outlier score; {network} has none, "
            "as no images were held out to fit one on: leave that suite out"
        )
    tell = progress or (lambda _: None)
    test = load_mnist_test()
    tell("test images")
    clean = evaluate(classifier.probabilities(test.images), test.labels)
    return Measured(
        clean=clean,
        undisputed=without(clean, DISPUTED_MNIST_TEST),
        rejection=classifier.rejection,
        test=test,
        against=_compare(clean, other, test, tell) if other else None,
        corruptions=(
            measure_corruptions(classifier.answers, test, progress=tell)
            if "corruptions" in suites
            else None
        ),
        outliers=(
            measure_outliers(classifier.answers, test, progress=tell)
            if "outliers" in suites
            else None
        ),
        other_writers=(
            measure_other_writers(classifier.answers, progress=tell)
            if "other-writers" in suites
            else None
        ),
    )


def _learnt_from(network: Path) -> str:
    """Return what loads the data of a run; MNIST's name where that is not known."""
    if not network.is_dir():
        return MNIST
    begun = read_start(find_run(network))[1]
    if begun.source is None:
        raise UsageError(
            f"the run in {network} learnt from {begun.data}, which was handed over in memory: "
            "say with `--data` what to measure on"
        )
    return begun.source


def _measure_on(
    source: str, network: Path, suites: Collection[str], against: Path | None, tell: Progress
) -> Measured:
    """Measure on other data than MNIST."""
    others = [suite for suite in suites if suite != "clean"]
    if others:
        raise UsageError(
            f"the suite {others[0]} is made from MNIST's digits; the data here are {source}"
        )
    classifier = load_network(network)
    other = load_network(against) if against is not None else None
    names, form = classifier.class_names, classifier.signature.form
    if other and (other.class_names, other.input_shape) != (names, classifier.input_shape):
        raise UsageError(f"{against} reads other images or classes than {network}")
    tell(source)
    dataset = load_matching(source, names, classifier.input_shape, form)
    test = dataset.test
    tell("test images")
    clean = evaluate(classifier.probabilities(test.images), test.labels)
    return Measured(
        clean=clean,
        undisputed=None,
        rejection=classifier.rejection,
        test=test,
        data=dataset.name,
        class_names=names,
        form=form,
        against=_compare(clean, other, test, tell) if other else None,
    )


def _check_suites(suites: Collection[str]) -> None:
    for suite in suites:
        if suite not in SUITES:
            raise UsageError(f"a suite must be one of {', '.join(SUITES)}; received {suite!r}")


def _compare(
    clean: Evaluation, other: OnnxClassifier, test: LabelledImages, tell: Progress
) -> tuple[Evaluation, Comparison]:
    tell("test images, with the other network")
    theirs = evaluate(other.probabilities(test.images), test.labels)
    return theirs, compare(clean, theirs)


def load_network(path: Path) -> OnnxClassifier:
    """Load a network.

    Args:
        path: A run folder, an ONNX file, or "shipped" where nothing has that name.

    Raises:
        ModelFileError: If there is none, or it is damaged.
    """
    return OnnxClassifier(find_network(path))


def load_digit_network(path: Path) -> OnnxClassifier:
    """Load a network that tells the ten digits apart.

    Raises:
        ModelFileError: If there is none, it is damaged, or it tells other classes apart.
    """
    classifier = load_network(path)
    if classifier.class_names != DIGIT_NAMES:
        known = ", ".join(classifier.class_names)
        raise ModelFileError(f"the network must tell the ten digits apart; it tells {known}")
    return classifier


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest of a finished run; None if the path is no folder.

    Raises:
        ModelFileError: If the folder holds no finished run.
    """
    if not path.is_dir():
        return None
    return open_finished(path).manifest


def find_network(path: Path) -> NetworkFile:
    """Open the ONNX file of a run folder, the file itself, or the one that comes along.

    Args:
        path: A run folder, an ONNX file, or "shipped" where nothing has that name.

    Raises:
        ModelFileError: If there is none, it is not the one that the run wrote, or it is no network
            of inkdigits.
    """
    if is_shipped(path):
        return open_network(shipped_network())
    if not path.exists():
        raise ModelFileError(f"there is no run folder or ONNX file {path}")
    if not path.is_dir():
        return open_network(path)
    finished = open_finished(path)
    network = finished.run.onnx
    return NetworkFile(finished.read(network, MAX_BYTES), str(network))
