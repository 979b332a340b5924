"""Make one of the networks that answer together the one that is asked before all of them.

Comes in: its number among them. Goes out: `medium.onnx` and `medium.json` in
src/inkdigits/recognition/shipped: that network by itself, with a confidence of its own. To be run
after `ship.py`.

Example: python benchmarks/ship_medium.py 2
"""

from __future__ import annotations

import argparse
from pathlib import Path

from members import members_of
from origins import of_file
from ship import join, write_card

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
    content, _ = join(members_of(Path(SHIPPED, str(number))))
    target = shipped_medium()
    target.write_bytes(content)
    network = OnnxClassifier(content)
    test = load_mnist_test()
    card = {
        "member": number,
        "temperature": network.rejection and network.rejection.temperature,
        "test": score(evaluate(network.probabilities(test.images), test.labels)).model_dump(),
        **of_file(content),
    }
    write_card(target.with_suffix(".json"), card)


if __name__ == "__main__":
    main()
