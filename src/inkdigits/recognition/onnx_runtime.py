"""Running a network with ONNX Runtime.

Comes in: an ONNX file and grey images. Goes out: probabilities. It does not know how the network
was trained.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime

from inkdigits.arrays import Images, Probabilities, scale
from inkdigits.errors import ModelFileError

BATCH = 250
_ERRORS_ONLY = 3


class OnnxClassifier:
    """A network that gives each image a probability for each class."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Load a network.

        Args:
            path: The ONNX file, as a run folder holds it.
            threads: Threads to compute with; 0 for one per core.

        Raises:
            ModelFileError: If the file is missing, damaged or not one of ours.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = _ERRORS_ONLY
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelFileError(f"cannot read {path}: {error.strerror}") from error
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
            self._input_name, self.input_size, self.class_names = _signature(self._session)
        except Exception as error:  # ONNX Runtime raises a class of its own for each cause
            raise ModelFileError(f"{path} is not a network of inkdigits") from error

    def probabilities(self, images: Images) -> Probabilities:
        """Return each image's probability for each class.

        Args:
            images: Shape (n, height, width), uint8; 0 is paper, 255 is full ink.

        Returns:
            Shape (n, classes), float32, rows summing to 1.

        Raises:
            ModelFileError: If the images are not of the network's size.
        """
        if images.shape[1:] != self.input_size:
            wanted, received = (
                "x".join(str(side) for side in size) for size in (self.input_size, images.shape[1:])
            )
            raise ModelFileError(f"the network reads images of {wanted}; received {received}")
        parts = [
            self._session.run(None, {self._input_name: scale(images[start : start + BATCH])})[0]
            for start in range(0, len(images), BATCH)
        ]
        empty = np.zeros((0, len(self.class_names)), np.float32)
        return np.concatenate([empty, *parts])


def _signature(
    session: onnxruntime.InferenceSession,
) -> tuple[str, tuple[int, int], tuple[str, ...]]:
    """Return the input's name, the height and width of its images, and the class names.

    Raises:
        ValueError: If this does not go from grey images to a probability for each named class.
    """
    names = json.loads(session.get_modelmeta().custom_metadata_map["class_names"])
    (images,), (probabilities,) = session.get_inputs(), session.get_outputs()
    match images.type, images.shape, probabilities.shape, names:
        case "tensor(float)", [str(), int(height), int(width), 1], [str(), int(classes)], list():
            if len(names) == classes and all(isinstance(name, str) for name in names):
                return images.name, (height, width), tuple(names)
    raise ValueError(f"{images.type} {images.shape} to {probabilities.shape} for {names}")
