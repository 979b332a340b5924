"""Making the reader that a command or a call asks for.

Comes in: the name of a network. Goes out: a reader. That of the shipped network is made once.
"""

from __future__ import annotations

import threading
from functools import cache, partial
from pathlib import Path

from inkdigits.datasets.mnist import DIGIT_NAMES, DIGIT_SHAPE
from inkdigits.errors import ModelFileError
from inkdigits.formats import image_size
from inkdigits.once import Once
from inkdigits.recognition.answers import Classifier
from inkdigits.recognition.cascade import MARK, ONE, Cascade, Clear
from inkdigits.recognition.classifier import load_classifier
from inkdigits.recognition.counts import Counter
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.picture_reader import PictureReader
from inkdigits.recognition.reader import Reader
from inkdigits.recognition.reading import ReadsPictures
from inkdigits.recognition.shipped import (
    is_shipped,
    shipped_counter,
    shipped_medium,
    shipped_network,
    shipped_quick,
)

_making = threading.Lock()


def load_reader(model: Path | None = None, threads: int = 0) -> ReadsPictures:
    """Return a reader with a network of one's own, or the shipped one.

    Args:
        model: A run folder, an ONNX file, or "shipped"; None for the shipped network.
        threads: Threads to compute the shipped network with; 0 for one per core.

    Raises:
        ModelFileError: If there is no such network, it is damaged, or it reads neither digits nor
            whole pictures.
    """
    if model is None or is_shipped(model):
        with _making:  # two threads that are first at once share one network
            return _shipped_reader(threads)
    # It checks a run against its manifest, and reading with the shipped network need not wait
    # for the import of all that this takes.
    from inkdigits.workflows.evaluate import load_network

    return reader_for(load_network(model))


def reader_for(classifier: Classifier) -> ReadsPictures:
    """Return what reads pictures with a network: digits in them, or each as a whole.

    Raises:
        ModelFileError: If the network does neither.
    """
    if classifier.signature.form == "pictures":
        return PictureReader(classifier)
    known = ", ".join(classifier.class_names)
    if not set(classifier.class_names) <= set(DIGIT_NAMES):
        raise ModelFileError(f"the network must tell digits apart, 0 to 9; it tells {known}")
    if classifier.input_shape != DIGIT_SHAPE:
        raise ModelFileError(
            f"the network must read digits of {image_size(DIGIT_SHAPE)}; "
            f"it reads {image_size(classifier.input_shape)}"
        )
    # A network that knows some of the digits alone must not be told of others.
    return Reader(classifier, _counter if classifier.class_names == DIGIT_NAMES else None)


@cache
def _shipped_reader(threads: int) -> Reader:
    # One thread: to share out so little work takes longer than to do it.
    quick = OnnxClassifier(shipped_quick(), threads=1)
    medium = Once(partial(_medium, threads))
    large = Once(partial(_large, threads))

    def three(clear: Clear) -> Cascade:
        return Cascade(quick, lambda: Cascade(medium(), large, clear), clear)

    return Reader(three(MARK), _counter, whole=three(ONE))


def _medium(threads: int) -> Classifier:
    return OnnxClassifier(shipped_medium(), threads=threads)


def _large(threads: int) -> Classifier:
    return load_classifier(shipped_network(), threads=threads)


def _make_counter() -> Counter:
    return Counter(OnnxClassifier(shipped_counter()))


_counter = Once(_make_counter)
