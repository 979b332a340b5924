"""Choosing what computes a network.

Comes in: an ONNX file and a wish. Goes out: a classifier. It does not know how a runtime works.

OpenVINO takes time to start: 0.18 s to be imported and to compile the network that comes with
the package. In bfloat16 it then answers twice as many images a second as ONNX Runtime; in
float32 as many. So it only pays where the processor multiplies bfloat16, and only for many images.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Literal, TypeAlias, get_args

from inkdigits.arrays import AnyImages
from inkdigits.errors import InkdigitsError, MissingExtraError, UsageError
from inkdigits.networks.precision import resolve_precision
from inkdigits.processor import processor_flags
from inkdigits.recognition.answers import Classifier, Outputs, Signature
from inkdigits.recognition.onnx_file.opened import NetworkFile, open_network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.openvino_runtime import OpenVinoClassifier

Runtime: TypeAlias = Literal["auto", "onnxruntime", "openvino"]

# Images after which OpenVINO has saved what its start costs, with the network of the package on
# two cores that multiply bfloat16: 0.18 s / (1 / 3,300 - 1 / 6,600) s; measured by
# benchmarks/runtimes.py.
BREAK_EVEN = 1_200


def load_classifier(
    source: Path | bytes | NetworkFile, runtime: Runtime = "auto", threads: int = 0
) -> Classifier:
    """Load a network with the runtime that suits.

    Args:
        source: The ONNX file, as a run folder holds it, or its content.
        runtime: "onnxruntime" or "openvino"; "auto" for ONNX Runtime that gives way to OpenVINO
            once many images have come, if that is installed and the processor has bfloat16.
        threads: Threads to compute with; 0 for one per core.

    Raises:
        UsageError: If there is no such runtime, or `threads` is negative.
        ModelFileError: If the file is missing, damaged or not one of ours.
        MissingExtraError: If OpenVINO is asked for and not installed.

    Example:
        >>> from inkdigits.recognition.shipped import shipped_network
        >>> load_classifier(shipped_network(), "onnxruntime").class_names[:3]
        ('0', '1', '2')
    """
    if runtime not in get_args(Runtime):
        names = ", ".join(get_args(Runtime))
        raise UsageError(f"`runtime` must be one of {names}; received {runtime!r}")
    if threads < 0:
        raise UsageError(f"`threads` must be 0 or more; received {threads}")
    if runtime == "openvino":
        return _load_openvino(source, threads)
    if runtime == "auto" and openvino_installed() and openvino_pays(processor_flags()):
        return AutoClassifier(source, threads)
    return OnnxClassifier(source, threads)


def openvino_installed() -> bool:
    """Return whether OpenVINO can be found, without importing it."""
    return find_spec("openvino") is not None


def openvino_pays(flags: frozenset[str]) -> bool:
    """Return whether OpenVINO is faster than ONNX Runtime on a processor.

    Args:
        flags: The processor's features, from `inkdigits.processor.processor_flags`.

    Example:
        >>> openvino_pays(frozenset({"avx512_bf16"})), openvino_pays(frozenset({"avx2"}))
        (True, False)
    """
    return resolve_precision("auto", flags) == "bfloat16"


class AutoClassifier(Classifier):
    """A network that ONNX Runtime computes at first, and OpenVINO once many images have come.

    It counts the images of all calls. Changing when OpenVINO would have saved as much as its
    start costs is never more than that start slower than the better of the two (the rule of the
    ski rental problem). Where OpenVINO fails, ONNX Runtime goes on.
    """

    def __init__(
        self, source: Path | bytes | NetworkFile, threads: int = 0, break_even: int = BREAK_EVEN
    ) -> None:
        """Load a network with ONNX Runtime.

        Args:
            source: The ONNX file, as a run folder holds it, or its content.
            threads: Threads to compute with; 0 for one per core.
            break_even: The call that brings the images to this number is OpenVINO's first.

        Raises:
            ModelFileError: If the file is missing, damaged or not one of ours.
        """
        self._file: NetworkFile | None = open_network(source)
        self._threads = threads
        self._current: Classifier = OnnxClassifier(self._file, threads)
        self._left = break_even
        self._lock = Lock()
        super().__init__(self._current.signature)

    @property
    def runtime(self) -> str:
        """What computes at the moment, for people: name, version and number format."""
        return self._current.runtime

    def _run(self, images: AnyImages, outputs: Sequence[str]) -> Outputs:
        return self._choose(len(images)).run(images, outputs)

    def _choose(self, images: int) -> Classifier:
        with self._lock:
            due = 0 < self._left <= images
            self._left -= images
            if due:
                self._change()
            return self._current

    def _change(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            self._current = _load_openvino(file, self._threads, self.signature)
        except InkdigitsError:
            pass  # what computes now gives the same answers


def _load_openvino(
    source: Path | bytes | NetworkFile, threads: int, signature: Signature | None = None
) -> Classifier:
    try:
        return OpenVinoClassifier(source, threads, signature=signature)
    except ImportError as error:
        raise MissingExtraError(
            "OpenVINO is not installed; install it with `pip install 'inkdigits[openvino]'`"
        ) from error
