"""Running a network with ONNX Runtime.

Comes in: an ONNX file and grey images. Goes out: probabilities, and how strange each image looks
to the network. It does not know how the network was trained.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
import onnxruntime
from jaxtyping import Bool, Float32

from inkdigits.arrays import Images, Probabilities, scale
from inkdigits.errors import ModelFileError

BATCH = 250
_ERRORS_ONLY = 3


@dataclass(frozen=True)
class Rejection:
    """How a network's file tells what is no digit.

    Attributes:
        score: Name of the outlier score that the network computes.
        threshold: An image whose score is higher is rejected.
        temperature: What the logits are divided by before the softmax.
    """

    score: str
    threshold: float
    temperature: float


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says to n images.

    Attributes:
        probabilities: Shape (n, classes), float32, rows summing to 1.
        outlierness: Shape (n,), float32, higher is stranger; None if the network has no score.
        rejected: Shape (n,): whether the image is stranger than the threshold; False throughout
            where there is none.
    """

    probabilities: Probabilities
    outlierness: Float32[np.ndarray, " n"] | None
    rejected: Bool[np.ndarray, " n"]


class OnnxClassifier:
    """A network that gives each image a probability for each class."""

    def __init__(self, source: Path | bytes, threads: int = 0) -> None:
        """Load a network.

        Args:
            source: The ONNX file, as a run folder holds it, or its content.
            threads: Threads to compute with; 0 for one per core.

        Raises:
            ModelFileError: If the file is missing, damaged or not one of ours.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = _ERRORS_ONLY
        name = source if isinstance(source, Path) else "the content"
        content = _read(source) if isinstance(source, Path) else source
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
            self._input_name, self.input_size, self.class_names = _signature(self._session)
            self.rejection = _rejection(self._session)
        except Exception as error:  # ONNX Runtime raises a class of its own for each cause
            raise ModelFileError(f"{name} is not a network of inkdigits") from error

    def probabilities(self, images: Images) -> Probabilities:
        """Return each image's probability for each class.

        Args:
            images: Shape (n, height, width), uint8; 0 is paper, 255 is full ink.

        Returns:
            Shape (n, classes), float32, rows summing to 1.

        Raises:
            ModelFileError: If the images are not of the network's size.
        """
        (probabilities,) = self.run(images, ["probabilities"])
        return probabilities

    def answers(self, images: Images) -> Answers:
        """Return each image's probabilities, and whether it looks like none of the classes.

        Args:
            images: Shape (n, height, width), uint8; 0 is paper, 255 is full ink.

        Raises:
            ModelFileError: If the images are not of the network's size.
        """
        if self.rejection is None:
            return Answers(self.probabilities(images), None, np.zeros(len(images), bool))
        probabilities, outlierness = self.run(images, ["probabilities", "outlierness"])
        return Answers(probabilities, outlierness, outlierness > self.rejection.threshold)

    def run(self, images: Images, outputs: list[str]) -> list[np.ndarray]:
        """Return the named outputs of the network.

        Args:
            images: Shape (n, height, width), uint8; 0 is paper, 255 is full ink.
            outputs: Names among those the file has, each of shape (n, ...).

        Raises:
            ModelFileError: If the images are not of the network's size.
        """
        if images.shape[1:] != self.input_size:
            wanted, received = (
                "x".join(str(side) for side in size) for size in (self.input_size, images.shape[1:])
            )
            raise ModelFileError(f"the network reads images of {wanted}; received {received}")
        parts = [
            self._session.run(outputs, {self._input_name: scale(images[start : start + BATCH])})
            for start in range(0, max(len(images), 1), BATCH)
        ]
        return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror}") from error


def _signature(
    session: onnxruntime.InferenceSession,
) -> tuple[str, tuple[int, int], tuple[str, ...]]:
    """Return the input's name, the height and width of its images, and the class names.

    Raises:
        ValueError: If this does not go from grey images to a probability for each named class.
    """
    names = json.loads(session.get_modelmeta().custom_metadata_map["class_names"])
    (images,) = session.get_inputs()
    (shape,) = (each.shape for each in session.get_outputs() if each.name == "probabilities")
    match images.type, images.shape, shape, names:
        case "tensor(float)", [str(), int(height), int(width), 1], [str(), int(classes)], list():
            if len(names) == classes and all(isinstance(name, str) for name in names):
                return images.name, (height, width), tuple(names)
    raise ValueError(f"{images.type} {images.shape} to {shape} for {names}")


def _rejection(session: onnxruntime.InferenceSession) -> Rejection | None:
    """Return how the network rejects; None if it has no score.

    Raises:
        ValueError: If it has a score, but not one number for each image, or not a threshold that
            is a number and a temperature above 0.
    """
    scores = [each for each in session.get_outputs() if each.name == "outlierness"]
    if not scores:
        return None
    if scores[0].type != "tensor(float)" or len(scores[0].shape) != 1:
        raise ValueError(f"{scores[0].type} {scores[0].shape}")
    properties = session.get_modelmeta().custom_metadata_map
    threshold, temperature = (
        float(properties[name]) for name in ("outlier_threshold", "temperature")
    )
    if not (isfinite(threshold) and isfinite(temperature) and temperature > 0):
        raise ValueError(f"threshold {threshold}, temperature {temperature}")
    return Rejection(properties["outlier_score"], threshold, temperature)
