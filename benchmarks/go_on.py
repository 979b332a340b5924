"""Let a network of the package go on learning for a few epochs more.

Comes in: epochs and a learning rate; the weights and the recipe, if no others are named, are those
of the network that reads digits. Goes out: a finished run folder, which `ship.py` or
`ship_strips.py` takes, and in it `began.json`: the network that it began with. A new kind of
training image is learnt this way in a fraction of the time, and what the network knew is kept. With
a teacher, a better network for the same images, it learns that one's answers to the training images
in place of their labels.

Without a graphics processor TF_ENABLE_ONEDNN_OPTS=1 in the environment makes it as fast as
`inkdigits train`, which sets it by itself.

Example: python benchmarks/go_on.py --epochs 4 --learning-rate 0.015 --out runs/robust-on
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from origins import BEGAN, began_with_file, began_with_run, taught_by

from inkdigits.cli.progress import TerminalObserver
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import DIGIT_NAMES, load_mnist
from inkdigits.export.onnx_weights import networks_from_onnx
from inkdigits.recognition.shipped import (
    read_card,
    read_counter_card,
    shipped_counter,
    shipped_network,
)
from inkdigits.runs.folder import RunFolder, create_run
from inkdigits.runs.start import Interval, start_on, write_start
from inkdigits.sources.load import load_dataset
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import ROBUST
from inkdigits.training.teacher import Teacher
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.finish import Finished, finish
from inkdigits.workflows.keeper import Keeper
from inkdigits.workflows.material import material_for
from inkdigits.workflows.stopwatch import Stopwatch
from inkdigits.workflows.teaching import load_teacher


def go_on(
    run: RunFolder,
    recipe: Recipe,
    dataset: Dataset,
    network: bytes,
    teacher: Teacher | None = None,
    seed: int = 0,
) -> None:
    """Train from a network's weights into a run folder.

    Args:
        run: A new folder.
        recipe: How to go on; its network is the one that the file holds.
        dataset: What to learn.
        network: Content of an ONNX file of ours; of several networks in it the first goes on.
        teacher: Networks whose answers are learnt; None to learn the labels.
        seed: Of the order of the images and of how they are changed.
    """
    watch = Stopwatch()
    material = material_for(recipe, dataset, None, lambda _: None)
    write_start(run, recipe, start_on(dataset, seed, deterministic=False, checkpoints=Interval()))
    train = material.parts.train
    trainer = Trainer(
        recipe,
        train,
        material.parts.validation,
        seed=seed,
        architecture=material.architecture,
        weights=networks_from_onnx(network, material.architecture)[0].weights,
        teacher=teacher,
    )
    trainer.prepare()
    watch.lap("build")
    with TerminalObserver(recipe.epochs) as observer:
        trainer.fit(Keeper(run, trainer, observer, Interval()))
    watch.lap("train and validate")
    finish(Finished(run, trainer, material), watch)


def command(options: Mapping[str, object]) -> str:
    """Return the command that these options came from, but for the run's folder."""
    given = {name: value for name, value in options.items() if name != "out" and value is not None}
    words = [f"--{name.replace('_', '-')} {value}" for name, value in given.items()]
    return " ".join(["python benchmarks/go_on.py", *words])


def main() -> None:
    """Train, and note what it began with."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--recipe", type=Path, help="a JSON file; that of the network which reads digits if left"
    )
    parser.add_argument("--data", type=Path, help="what `inkdigits train` takes; MNIST if left")
    parser.add_argument(
        "--begin-with",
        type=Path,
        help="ONNX file or a finished run's folder; the network of the package if left",
    )
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True, help="its peak")
    parser.add_argument("--teacher", type=Path, help="another finished run's folder")
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    options = parser.parse_args()
    recipe = Recipe.from_json(options.recipe.read_bytes()) if options.recipe else ROBUST
    recipe = recipe.replace(epochs=options.epochs, learning_rate=options.learning_rate)
    dataset = load_dataset(options.data) if options.data else load_mnist()
    digits = dataset.class_names == DIGIT_NAMES
    card = read_card() if digits else read_counter_card()
    known = shipped_network() if digits else shipped_counter()
    start: Path = options.begin_with or known
    network = (RunFolder(start).onnx if start.is_dir() else start).read_bytes()
    teacher: Path | None = options.teacher
    networks = load_teacher(teacher).teacher if teacher else None
    note = {
        "command": command(vars(options)),
        **({"taught_by": taught_by(teacher)} if teacher else {}),
        "began_with": (began_with_run(start) if start.is_dir() else began_with_file(network, card)),
    }
    run = create_run(recipe.name, options.out)
    go_on(run, recipe, dataset, network, networks)
    (run.path / BEGAN).write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
