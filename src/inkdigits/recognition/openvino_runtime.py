"""Running a network with OpenVINO.

Comes in: an ONNX file and images. Goes out: the same answers as from ONNX Runtime, twice as
fast where the processor multiplies bfloat16. It does not know when that is worth its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkdigits.arrays import AnyImages, Inputs, blank_images
from inkdigits.errors import ModelFileError
from inkdigits.networks.precision import Precision, resolve_precision
from inkdigits.processor import available_cores, processor_flags
from inkdigits.recognition.answers import Classifier, Outputs, Signature, in_batches
from inkdigits.recognition.onnx_file.opened import NetworkFile, open_network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.quiet_imports import import_openvino

_DEVICE = "CPU"
_HINTS = {"float32": "f32", "bfloat16": "bf16"}


class OpenVinoClassifier(Classifier):
    """A network that OpenVINO computes, in bfloat16 where the processor has it."""

    def __init__(
        self,
        source: Path | bytes | NetworkFile,
        threads: int = 0,
        *,
        precision: Precision | None = None,
        signature: Signature | None = None,
    ) -> None:
        """Load and compile a network.

        Args:
            source: The ONNX file, as a run folder holds it, or its content. It is checked before
                OpenVINO sees it.
            threads: Threads to compute with; 0 for one per core.
            precision: Number format to compute in; None for the processor's fastest.
            signature: What the file says about the network, if it has been read before;
                otherwise ONNX Runtime reads it, since OpenVINO drops a file's properties.

        Raises:
            ImportError: If OpenVINO is not installed.
            ModelFileError: If the file is missing, damaged or not one of ours, or OpenVINO cannot
                compute it.
        """
        core = import_openvino().Core()
        file = open_network(source)
        if signature is None:
            signature = OnnxClassifier(file, threads=1).signature
        super().__init__(signature)
        self.precision = precision or _fastest(core)
        try:
            self._network = core.compile_model(
                core.read_model(file.content), _DEVICE, _settings(self.precision, threads)
            )
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ModelFileError(f"OpenVINO cannot compute the network: {reason}") from error

    @property
    def runtime(self) -> str:
        """What computes, for people: name, version and number format."""
        from importlib.metadata import version  # 20 ms, which reading need not wait for

        return f"OpenVINO {version('openvino')}, {self.precision}"

    def _run(self, images: AnyImages, outputs: Sequence[str]) -> Outputs:
        if not len(images):  # OpenVINO wants at least one
            one = blank_images(1, self.input_shape)
            return [output[:0] for output in self._run(one, outputs)]
        request = self._network.create_infer_request()  # one each, so threads may call at once

        def compute(inputs: Inputs) -> Outputs:
            request.infer({self.signature.input_name: inputs}, share_inputs=True)
            return [request.get_tensor(name).data.copy() for name in outputs]

        return in_batches(images, compute)


def _fastest(core: Any) -> Precision:
    if "BF16" not in core.get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES"):
        return "float32"
    return resolve_precision("auto", processor_flags())


def _settings(precision: Precision, threads: int) -> dict[str, object]:
    return {
        "PERFORMANCE_HINT": "LATENCY",  # all threads on one batch
        "INFERENCE_PRECISION_HINT": _HINTS[precision],
        "INFERENCE_NUM_THREADS": threads or available_cores(),
        "ENABLE_CPU_PINNING": False,  # a thread bound to a busy core keeps the others waiting
    }
