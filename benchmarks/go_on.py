"""Let a network of the package, or another one, go on learning for a few epochs more.

Comes in: epochs and a learning rate; the weights and the recipe, if no others are named, are those
of the first network that reads digits. Goes out: a finished run folder, which `ship.py` or
`ship_strips.py` takes, and in it `began.json`: the network that it began with. A new kind of
training image is learnt this way in a fraction of the time, and what the network knew is kept. With
a teacher, a better network for the same images, it learns that one's answers to the training images
in place of their labels. With another network to go towards, which once had the same weights, it
begins between the two: one that knows odd pictures and one that knows clean digits are joined to
one that knows both better than their mean (M. Wortsman et al., "Robust fine-tuning of zero-shot
models", 2022); at a tiny learning rate an epoch settles the averages of its normalisations alone.
A run that was stopped goes on by `inkdigits train --resume`.

Without a graphics processor TF_ENABLE_ONEDNN_OPTS=1 in the environment makes it as fast as
`inkdigits train`, which sets it by itself.

Example: python benchmarks/go_on.py --epochs 4 --learning-rate 0.015 --out runs/robust-on
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from members import members_of
from origins import BEGAN, began_with, began_with_file, taught_by

from inkdigits.cli.progress import TerminalObserver
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.errors import UsageError
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.networks.architecture import Architecture, Dense, Softmax
from inkdigits.networks.network import Network
from inkdigits.recognition.shipped import SHIPPED, read_card, read_counter_card, shipped_counter
from inkdigits.runs.folder import create_run
from inkdigits.sources.load import load_dataset
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import ROBUST
from inkdigits.workflows.data import network_for
from inkdigits.workflows.single_run import start_run
from inkdigits.workflows.teaching import load_teacher


def beginning(
    path: Path | None, architecture: Architecture, *, digits: bool
) -> tuple[Network, Mapping[str, object]]:
    """Return the network to begin with, and what is known of it.

    Args:
        path: An ONNX file, a finished run's folder, `shipped/2`; None for the network of the
            package that tells digits, or pairs of them.
        architecture: The recipe's layers.
        digits: Whether it is the ten digits that are told apart.

    Returns:
        What it begins with: a run without an output for images of no class gets one, where the
        recipe asks for it; and how that network came to be.

    Raises:
        UsageError: If a run, or the package, has other layers.
        ModelFileError: If there is no such network, or a file holds other layers.
    """
    if path is None and digits:
        path = Path(SHIPPED, "1")
    file = path or shipped_counter()
    if file.is_file():
        card: dict[str, Any] = read_card() if digits else read_counter_card()
        content = file.read_bytes()
        return networks_from_onnx(content, architecture)[0], began_with_file(content, card)
    member = members_of(file, "a network to begin with")[0]
    network, known = member.network, began_with(member.sha256, member.facts)
    if network.architecture == architecture:
        return network, known
    if _differ_by_none_alone(network.architecture, architecture):
        return with_none(network, architecture), known
    raise UsageError(
        f"the recipe needs the layers of {architecture.name}; "
        f"{file} has those of {network.architecture.name}"
    )


def _differ_by_none_alone(known: Architecture, wanted: Architecture) -> bool:
    widened = (*known.layers[:-2], Dense(known.outputs + 1), Softmax())
    return widened == wanted.layers and wanted.none_class and not known.none_class


def with_none(network: Network, architecture: Architecture) -> Network:
    """Return a network with an output more, for images of no class, about which it knows nothing.

    Args:
        network: One that tells classes alone.
        architecture: Its layers, but that the last one has that output.

    Returns:
        The same answers among the classes.
    """
    last = architecture.answering_layer
    wider = {
        f"{last}/{name}": np.pad(network.weights[f"{last}/{name}"], [*rows, (0, 1)])
        for name, rows in (("kernel", [(0, 0)]), ("bias", []))
    }
    return Network(architecture, {**network.weights, **wider})


def between(first: Network, second: Network, way: float) -> Network:
    """Return a network whose weights lie between those of two of the same layers.

    Args:
        first: Where it is at 0.
        second: Where it is at 1.
        way: How far it is from the first to the second, from 0 to 1.

    Raises:
        UsageError: If their layers differ.
    """
    if first.architecture != second.architecture:
        raise UsageError(
            f"the two networks to begin between must have the same layers; received "
            f"{first.architecture.name} and {second.architecture.name}"
        )
    weights = {
        name: ((1 - way) * array + way * second.weights[name]).astype(array.dtype)
        for name, array in first.weights.items()
    }
    return Network(first.architecture, weights)


def command(options: Mapping[str, object]) -> str:
    """Return the command that these options came from, but for the run's folder."""
    given = {name: value for name, value in options.items() if name != "out" and value is not None}
    words = [f"--{name.replace('_', '-')} {value}" for name, value in given.items()]
    return " ".join(["python benchmarks/go_on.py", *words])


def share(text: str) -> float:
    """Read how far it is from one network to another."""
    if not 0 <= (number := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1; received {number}")
    return number


def main() -> None:
    """Note what it begins with, and train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--recipe", type=Path, help="a JSON file; that of the network which reads digits if left"
    )
    parser.add_argument("--data", type=Path, help="what `inkdigits train` takes; MNIST if left")
    parser.add_argument(
        "--begin-with",
        type=Path,
        help="ONNX file, finished run's folder, or another network of the package, such as "
        f"{SHIPPED}/2; the first of them if left",
    )
    parser.add_argument(
        "--towards", type=Path, help="what --begin-with takes: begin between that network and this"
    )
    parser.add_argument("--share", type=share, help="how far towards it, from 0 to 1")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True, help="its peak")
    parser.add_argument(
        "--teacher", type=Path, help=f"another finished run's folder, or `{SHIPPED}`"
    )
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    options = parser.parse_args()
    if (options.towards is None) != (options.share is None):
        parser.error("--towards and --share go together")
    recipe = Recipe.from_json(options.recipe.read_bytes()) if options.recipe else ROBUST
    recipe = recipe.replace(epochs=options.epochs, learning_rate=options.learning_rate)
    dataset = load_dataset(options.data) if options.data else load_mnist()
    teaching = load_teacher(options.teacher) if options.teacher else None
    digits = dataset.class_names == DIGIT_NAMES
    architecture = network_for(recipe, dataset)
    network, known = beginning(options.begin_with, architecture, digits=digits)
    note = {
        "command": command(vars(options)),
        **({"taught_by": taught_by(teaching)} if teaching else {}),
        "began_with": known,
    }
    if options.towards:
        other, known_of_it = beginning(options.towards, architecture, digits=digits)
        network = between(network, other, options.share)
        note["towards"] = {"share": options.share, **known_of_it}
    run = create_run(recipe.name, options.out)
    (run.path / BEGAN).write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
    with TerminalObserver(recipe.epochs) as observer:
        start_run(
            run,
            recipe,
            seed=0,
            dataset=dataset,
            teaching=teaching,
            weights=network.weights,
            observer=observer,
        )


if __name__ == "__main__":
    main()
