"""Make a finished run the small network that answers what is clear.

Comes in: the folder of a run. Goes out: `quick.onnx` and `quick.json` in
src/inkdigits/recognition/shipped: the run's weights with its temperature, and the energy for an
outlier score, which is what the large network has.

    inkdigits train --recipe benchmarks/quick.json --out runs/quick

Example: python benchmarks/ship_quick.py runs/quick
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from held_out import held_out_digits, strangeness
from origins import facts, of_file
from ship import write_card

from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.evaluation.confidence import FALSE_REJECTION, Confidence
from inkdigits.evaluation.detection import threshold_for
from inkdigits.evaluation.outlier_scores import Energy
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_quick
from inkdigits.runs.manifest import Manifest
from inkdigits.workflows.base import load_base

MAX_BYTES = 500_000
COMMAND = "inkdigits train --recipe benchmarks/quick.json"


def main() -> None:
    """Write the network and its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("run", type=Path, help="a finished run's folder")
    run: Path = parser.parse_args().run
    manifest = Manifest.from_json((run / "manifest.json").read_bytes())
    if manifest.confidence is None:
        sys.exit(f"{run} has no temperature: no images were held out")
    digits = held_out_digits(manifest.data.validation_images).images
    content = with_energy(load_base(run).network, manifest.confidence.temperature, digits)
    if len(content) > MAX_BYTES:
        sys.exit(f"the file must have at most {MAX_BYTES:,} bytes; it has {len(content):,}")
    shipped_quick().write_bytes(content)
    card = {
        **facts(manifest),
        "command": COMMAND,
        "test": manifest.test.model_dump(),
        "temperature": manifest.confidence.temperature,
        **of_file(content),
    }
    write_card(shipped_quick().with_suffix(".json"), card)


def with_energy(
    network: Network, temperature: float, digits: np.ndarray, *, half: bool = False
) -> bytes:
    """Write a network's file with the energy of its classes for an outlier score.

    Args:
        network: One that tells digits.
        temperature: Of its probabilities.
        digits: Images that it has not learnt from, of which it may reject as few as any network.
        half: Whether its kernels are kept in half precision.
    """
    energy = Confidence(temperature, Energy(network.architecture.none_class), 0.0, {})

    def write(confidence: Confidence) -> bytes:
        return to_onnx([network], DIGIT_NAMES, confidence=confidence, half=half)

    scores = strangeness(OnnxClassifier(write(energy)), digits)
    return write(replace(energy, threshold=threshold_for(scores, FALSE_REJECTION)))


if __name__ == "__main__":
    main()
