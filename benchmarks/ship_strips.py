"""Make a finished run the network that counts digits for the reader.

Comes in: the folder of a run that was begun as `strips.py` says, or of `go_on.py`. Goes out:
`strips.onnx` and `strips.json` in src/inkdigits/recognition/shipped: the run's weights with its
temperature, without the outlier score, which nobody asks of a strip.

Example: python benchmarks/ship_strips.py runs/strips
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from origins import facts, note, of_file
from ship import MAX_BYTES, write_card

from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.architecture import Architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.counts import Counter
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_counter
from inkdigits.runs.manifest import Manifest
from inkdigits.workflows.base import load_base

COMMAND = "inkdigits train --recipe benchmarks/strips.json --data strips.npz"


def main() -> None:
    """Write the network and its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("run", type=Path, help="a finished run's folder")
    run: Path = parser.parse_args().run
    manifest = Manifest.from_json((run / "manifest.json").read_bytes())
    base = load_base(run)
    temperature = manifest.confidence.temperature if manifest.confidence else 1.0
    weights = cooled(base.weights, base.architecture, temperature)
    network = Network(base.architecture, weights)
    content = to_onnx([network], base.class_names, form=base.form)
    Counter(OnnxClassifier(content))
    if len(content) > MAX_BYTES:
        sys.exit(f"the file must have at most {MAX_BYTES:,} bytes; it has {len(content):,}")
    shipped_counter().write_bytes(content)
    card = {
        **facts(manifest),
        **(note(run) or {"command": COMMAND}),
        "test": manifest.test.model_dump(),
        "temperature": temperature,
        **of_file(content),
    }
    write_card(shipped_counter().with_suffix(".json"), card)


def cooled(
    weights: Mapping[str, np.ndarray], architecture: Architecture, temperature: float
) -> dict[str, np.ndarray]:
    """Divide a network's logits by a temperature, by dividing the weights of its last layer."""
    last = architecture.answering_layer
    return {
        name: array / np.float32(temperature if name.split("/")[0] == last else 1)
        for name, array in weights.items()
    }


if __name__ == "__main__":
    main()
