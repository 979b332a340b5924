"""Make finished runs the network that comes with the package.

Comes in: run folders, of `inkdigits train` or of `go_on.py`; or `shipped`, the networks of the
package as they are, or `shipped/1`, the first of them. Goes out: `model.onnx` and `card.json` in
src/inkdigits/recognition/shipped. Of several networks the mean of their logits answers, and its
confidence is fitted anew. Kernels are kept in half precision. The figures are measured from the
written file on every suite. Afterwards `make docs` writes docs/model-card.md from the card.

Example: python benchmarks/ship.py shipped/1 runs/broad-1 runs/broad-2
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from members import Member, members_of
from origins import of_file

from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.evaluation.confidence import Confidence
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.network import Network
from inkdigits.recognition.shipped import SHIPPED, shipped_network
from inkdigits.training.recipes import ROBUST
from inkdigits.workflows.confidence import InnerNetwork
from inkdigits.workflows.data import split_for

MAX_BYTES = 5_000_000


def main() -> None:
    """Join the networks, measure them and write their card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "runs", nargs="+", type=Path, help=f"finished runs' folders, `{SHIPPED}`, `{SHIPPED}/1`"
    )
    members = [each for path in parser.parse_args().runs for each in members_of(path)]
    content, confidence = join(members)
    if len(content) > MAX_BYTES:
        sys.exit(f"the file must have at most {MAX_BYTES:,} bytes; it would have {len(content):,}")
    target = shipped_network()
    target.write_bytes(content)
    card = {
        "members": [each.facts for each in members],
        "areas": confidence.areas if confidence else None,
        **of_file(content),
        "figures": _measure(),
    }
    write_card(target.with_name("card.json"), card)


def join(members: list[Member]) -> tuple[bytes, Confidence | None]:
    """Return the file of networks that answer together, and what their confidence means."""
    networks = [rounded(each.network) for each in members]
    parts = split_for(load_mnist(), ROBUST.replace(validation_images=held_out_of_all(members)))
    confidence = InnerNetwork(networks, DIGIT_NAMES).fit(parts.train, parts.validation)
    return to_onnx(networks, DIGIT_NAMES, confidence=confidence, half=True), confidence


def held_out_of_all(members: list[Member]) -> int:
    """Return how many training images none of the networks has learnt from.

    Runs hold out the same images, one more of them than another: the fewest are held out of all.
    """
    counts: list[int] = [each.facts["data"]["validation_images"] for each in members]
    return min(counts)


def rounded(network: Network) -> Network:
    """Return a network with its weights as a file in half precision keeps them."""
    content = to_onnx([network], DIGIT_NAMES, half=True)
    return networks_from_onnx(content, network.architecture)[0]


def write_card(path: Path, card: Mapping[str, object]) -> None:
    """Write what is known of a network beside it."""
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _measure() -> dict[str, object]:
    program = Path(sys.executable).with_name("inkdigits")
    words = ["evaluate", SHIPPED, "--suite", "all", "--json"]
    done = subprocess.run([program, *words], stdout=subprocess.PIPE, check=True)
    figures: dict[str, object] = json.loads(done.stdout)
    figures.pop("mistakes", None)
    return figures


if __name__ == "__main__":
    main()
