"""Make one of the networks that answer together the one that is asked before all of them.

Comes in: its number among them. Goes out: `medium.onnx` and `medium.json` in
src/inkdigits/recognition/shipped: that network by itself, with a temperature of its own and the
energy for an outlier score, which is what all of them have. To be run after `ship.py`.

Example: python benchmarks/ship_medium.py 2
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from held_out import held_out_digits
from members import members_of
from origins import of_file
from ship import held_out_of_all, join, write_card
from ship_quick import with_energy

from inkdigits.datasets.mnist import load_mnist_test
from inkdigits.evaluation.metrics import evaluate
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import SHIPPED, shipped_medium
from inkdigits.workflows.records import score


def main() -> None:
    """Write the network and its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("number", type=int, help="which of them, from 1")
    number: int = parser.parse_args().number
    (member,) = members_of(Path(SHIPPED, str(number)))
    _, confidence = join([member])
    if confidence is None:
        sys.exit(f"network {number} has no temperature: its training failed")
    digits = held_out_digits(held_out_of_all([member])).images
    content = with_energy(member.network, confidence.temperature, digits, half=True)
    target = shipped_medium()
    target.write_bytes(content)
    network = OnnxClassifier(content)
    test = load_mnist_test()
    card = {
        "member": number,
        "temperature": confidence.temperature,
        "test": score(evaluate(network.probabilities(test.images), test.labels)).model_dump(),
        **of_file(content),
    }
    write_card(target.with_suffix(".json"), card)


if __name__ == "__main__":
    main()
