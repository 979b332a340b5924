"""Make one of the networks that answer together the one that is asked before all of them.

Comes in: its number among them. Goes out: `medium.onnx` and `medium.json` in
src/inkdigits/recognition/shipped: that network by itself, with a temperature of its own and the
energy for an outlier score, which is what all of them have. To be run after `ship.py`.

Example: python benchmarks/ship_medium.py 2
"""

from __future__ import annotations

import argparse
from pathlib import Path

from held_out import held_out_digits
from members import members_of
from origins import of_file
from ship import held_out_of_all, write_card
from ship_quick import with_energy

from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist_test
from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.temperature import fit_temperature
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import SHIPPED, shipped_medium
from inkdigits.workflows.confidence import InnerNetwork
from inkdigits.workflows.records import score


def main() -> None:
    """Write the network and its card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("number", type=int, help="which of them, from 1")
    number: int = parser.parse_args().number
    (member,) = members_of(Path(SHIPPED, str(number)))
    held_out = held_out_digits(held_out_of_all([member]))
    logits = InnerNetwork([member.network], DIGIT_NAMES).look_at(held_out.images).logits
    temperature = fit_temperature(logits[:, : len(DIGIT_NAMES)], held_out.labels)
    content = with_energy(member.network, temperature, held_out.images, half=True)
    target = shipped_medium()
    target.write_bytes(content)
    network = OnnxClassifier(content)
    test = load_mnist_test()
    card = {
        "member": number,
        "temperature": temperature,
        "test": score(evaluate(network.probabilities(test.images), test.labels)).model_dump(),
        **of_file(content),
    }
    write_card(target.with_suffix(".json"), card)


if __name__ == "__main__":
    main()
