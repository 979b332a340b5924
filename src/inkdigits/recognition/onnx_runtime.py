"""Running a network with ONNX Runtime, and what its file says about it.

Comes in: an ONNX file and images. Goes out: answers. It does not know how the network was
trained.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from inkdigits.arrays import AnyImages
from inkdigits.datasets.dataset import Form
from inkdigits.errors import ModelFileError
from inkdigits.recognition.answers import Classifier, Outputs, Rejection, Signature, in_batches
from inkdigits.recognition.onnx_file.opened import NetworkFile, open_network
from inkdigits.recognition.quiet_imports import import_onnxruntime

if TYPE_CHECKING:
    import onnxruntime

_ERRORS_ONLY = 3


class OnnxClassifier(Classifier):
    """A network that ONNX Runtime computes, in float32."""

    def __init__(self, source: Path | bytes | NetworkFile, threads: int = 0) -> None:
        """Load a network.

        Args:
            source: The ONNX file, as a run folder holds it, or its content. It is checked before
                ONNX Runtime sees it.
            threads: Threads to compute with; 0 for one per core.

        Raises:
            ModelFileError: If the file is missing, damaged or not one of ours.
        """
        file = open_network(source)
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = _ERRORS_ONLY
        # Threads that wait in circles for the next batch take the time of those that decode it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                file.content, options, providers=["CPUExecutionProvider"]
            )
            signature = _signature(self._session)
        except Exception as error:  # ONNX Runtime raises a class of its own for each cause
            raise ModelFileError(f"{file.name} is not a network of inkdigits") from error
        super().__init__(signature)

    @property
    def runtime(self) -> str:
        """What computes, for people: name, version and number format."""
        return f"ONNX Runtime {import_onnxruntime().__version__}, float32"

    def _run(self, images: AnyImages, outputs: Sequence[str]) -> Outputs:
        name = self.signature.input_name
        return in_batches(images, lambda inputs: self._session.run(outputs, {name: inputs}))


def _signature(session: onnxruntime.InferenceSession) -> Signature:
    """Return what the file says about the network.

    Raises:
        ValueError: If this does not go from images to a probability for each named class.
    """
    properties = session.get_modelmeta().custom_metadata_map
    names, form = json.loads(properties["class_names"]), _form(properties)
    (images,) = session.get_inputs()
    (shape,) = (each.shape for each in session.get_outputs() if each.name == "probabilities")
    match images.type, images.shape, shape, names:
        case (
            "tensor(float)",
            [str(), int(height), int(width), 1 | 3 as channels],
            [str(), int(classes)],
            list(),
        ) if len(names) == classes and all(isinstance(name, str) for name in names):
            return Signature(
                images.name,
                (height, width, channels),
                tuple(names),
                _rejection(session),
                _tells_none(session),
                form,
            )
    raise ValueError(f"{images.type} {images.shape} to {shape} for {names}")


def _form(properties: Mapping[str, str]) -> Form:
    """Return what the images are; files from before there were pictures read digits.

    Raises:
        ValueError: If it is neither.
    """
    match properties.get("form", "digits"):
        case "digits":
            return "digits"
        case "pictures":
            return "pictures"
        case other:
            raise ValueError(f"form {other!r}")


def _tells_none(session: onnxruntime.InferenceSession) -> bool:
    """Return whether the network gives a probability of none for each image.

    Raises:
        ValueError: If it gives something else of that name.
    """
    outputs = [each for each in session.get_outputs() if each.name == "none"]
    if outputs and (outputs[0].type != "tensor(float)" or len(outputs[0].shape) != 1):
        raise ValueError(f"{outputs[0].type} {outputs[0].shape}")
    return bool(outputs)


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
