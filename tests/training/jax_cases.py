"""What engines are held to on JAX, and the program that trains it there.

`python -m tests.training.jax_cases WEIGHTS REPORT` trains every case with the compiled engine, and
one with the neutral engine, from the weights in the first file, and writes what came out to the
second. The backend is the process's, so the tests start it with KERAS_BACKEND=jax.
"""

import json
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest

from inkdigits.arrays import scale
from inkdigits.datasets.mnist import load_mnist
from inkdigits.networks.architecture import (
    Architecture,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    Relu,
    Softmax,
)
from inkdigits.networks.build import build
from inkdigits.networks.network import Network
from inkdigits.networks.weights import get_weights, set_weights
from inkdigits.training.accelerator import Accelerator
from inkdigits.training.augmentation.augmenter import Augmenter
from inkdigits.training.engine import NeutralEngine, make_engine, needs_accumulation
from inkdigits.training.no_digits.mixture import NO_CLASS
from inkdigits.training.optimizers import make_optimizer
from inkdigits.training.plan import plan_epoch
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST, PUBLISHED
from inkdigits.training.task import Task
from inkdigits.training.teacher import Lesson, Teacher
from inkdigits.training.threads import cores_are_shared, share_cores
from inkdigits.training.trainer import Trainer
from inkdigits.training.variables import read_variables, write_variables

# Convolutions are slow to compile and to run on a CPU with JAX: pictures of 7x7 pixels.
TINY = Architecture(
    "tiny",
    (7, 7, 1),
    (
        *(Conv2D(3, 3), BatchNormalization(), Relu(), MaxPooling2D(2), Flatten()),
        *(Dense(6), BatchNormalization(), Relu(), Dense(10), Softmax()),
    ),
)
DROPPING = Architecture(
    "dropping", (7, 7, 1), (Flatten(), Dense(8), Relu(), Dropout(0.5), Dense(10), Softmax())
)


@dataclass(frozen=True)
class Case:
    """A recipe of one epoch, and what is trained with it."""

    recipe: Recipe
    steps: int
    network: Architecture = TINY
    every_third_without_a_class: bool = False
    taught: int = 0

    @property
    def images(self):
        return self.steps * self.recipe.batch_size


LONG = Recipe(
    name="long",
    network="fast",
    epochs=1,
    batch_size=4,
    learning_rate=0.01,
    label_smoothing=0.1,
    norm_momentum=0.9,
    augmentation=PUBLISHED.augmentation,
)
AVERAGING = LONG.replace(
    name="averaging",
    batch_size=16,
    micro_batches=2,
    optimizer="muon",
    learning_rate=0.05,
    schedule="one-cycle",
    warmup=0.5,
    averaging=0.75,
    augmentation=PUBLISHED.augmentation.model_copy(update={"fill": "constant"}),
)
CHANGED = LONG.replace(
    name="changed",
    batch_size=16,
    micro_batches=2,
    augmentation=AVERAGING.augmentation.model_copy(
        update={"elastic": 1.0, "stroke": 0.5, "texture": 0.5, "fading": 0.5, "plain_share": 0.3}
    ),
)
STILL = LONG.replace(name="still", batch_size=16, micro_batches=2, averaging=0.5, augmentation={})
CASES = {
    "long": Case(LONG, steps=70),
    "averaging": Case(AVERAGING, steps=6),
    "changed": Case(CHANGED, steps=6, every_third_without_a_class=True),
    "taught": Case(CHANGED, steps=6, taught=60),
    "dropout": Case(STILL, steps=6, network=DROPPING),
}
# What is held against the neutral engine, on JAX as well; all others are against TensorFlow's.
NEUTRAL = "dropout"  # which draws other masks on another backend
SHORT_PARTS = ((0, 1), (1, 3), (3, 67), (67, 70))
END_TO_END = FAST.replace(epochs=2, batch_size=8, precision="float32")


@cache
def mnist():
    return load_mnist()


def pictures(n):
    """Digits of 7x7 pixels and their labels."""
    part = mnist().train.take(slice(n))
    return np.ascontiguousarray(part.images[:, ::4, ::4]), part.labels.copy()


def initial_weights(case):
    return get_weights(build(case.network, seed=1, fast_layers=True))


def make_task(case, weights, *, accumulate=False):
    recipe = case.recipe
    model = build(case.network, seed=1, norm_momentum=recipe.norm_momentum, fast_layers=True)
    set_weights(model, weights)
    optimizer = make_optimizer(recipe, model, case.steps, accumulate=accumulate)
    augmenter = make_augmenter(case) if recipe.augmentation.changes else None
    images, labels = pictures(case.images)
    if case.every_third_without_a_class:
        labels[::3] = NO_CLASS
    task = Task(
        model, optimizer, recipe.label_smoothing, recipe.micro_batches, augmenter, images, labels
    )
    if not case.taught:
        return task
    teacher = Teacher([Network(case.network, {name: 1.5 * each for name, each in weights.items()})])
    return replace(task, lesson=Lesson(teacher, task.outputs, "float32"), taught=case.taught)


def make_augmenter(case):
    return Augmenter(case.recipe.augmentation, (7, 7))


def make_plan(case):
    return plan_epoch(
        images=case.images,
        batch_size=case.recipe.batch_size,
        augmenter=make_augmenter(case),
        seed=0,
        epoch=1,
    )


def outcome(task, sums):
    """The figures, and as arrays the weights and their averages."""
    arrays = get_weights(task.model)
    task.optimizer.finalize_variable_values(task.model.trainable_variables)
    averages = {f"average of {name}": array for name, array in get_weights(task.model).items()}
    figures = {
        "loss": sums.loss,
        "correct": sums.correct,
        "images": sums.images,
        "classified": sums.classified,
    }
    return figures, {**arrays, **averages}


def train_case(engine_class, case, weights):
    task = make_task(case, weights, accumulate=engine_class is NeutralEngine)
    return outcome(task, engine_class(task).run(make_plan(case)))


class _Report:
    def __init__(self):
        self.figures, self.arrays = {}, {}

    def add(self, name, figures, arrays):
        self.figures[name] = figures
        self.arrays |= {f"{name}|{each}": array for each, array in arrays.items()}

    def write(self, path):
        np.savez(path, figures=json.dumps(self.figures), **self.arrays)


def _refusal(action):
    try:
        action()
    except ValueError as error:
        return str(error)
    return "nothing was refused"


def _make_sliced(task):
    """The engine as it is on a graphics processor, which the tests have none of."""
    from inkdigits.training import jax_engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jax_engine, "find_accelerator", lambda: Accelerator("none", False))
        return jax_engine.JaxEngine(task)


def _report_cases(report, weights):
    from inkdigits.training.jax_engine import JaxEngine

    for name, case in CASES.items():
        report.add(name, *train_case(JaxEngine, case, weights[name]))
    report.add("neutral", *train_case(NeutralEngine, CASES[NEUTRAL], weights[NEUTRAL]))


def _report_engine(report, weights, name, make_engine):
    """One engine put through everything else, for it compiles once."""
    from inkdigits.training.jax_engine import SLICE

    case, plan = CASES["long"], make_plan(CASES["long"])
    task = make_task(case, weights)
    engine = make_engine(task)
    beginning = read_variables(task.model, task.optimizer)
    engine.prepare(case.recipe.batch_size)
    compiled = [_programs(engine)]
    nothing = engine.run(plan.part(0, 0))
    untouched = read_variables(task.model, task.optimizer)

    held = [variable.value for variable in (*task.model.variables, *task.optimizer.variables)]
    copies = [np.array(value) for value in held]
    whole = engine.run(plan)
    compiled.append(_programs(engine))
    readings = [read_variables(task.model, task.optimizer) for _ in range(2)]
    again_held = all(np.array_equal(value, copy) for value, copy in zip(held, copies, strict=True))

    write_variables(task.model, task.optimizer, beginning)
    parts = [engine.run(plan.part(start, stop)) for start, stop in SHORT_PARTS]
    in_parts = read_variables(task.model, task.optimizer)

    inputs = scale(task.images)
    chosen = {n: inputs[np.arange(n) % len(inputs)] for n in (0, 1, 1001)}
    predictions = {f"predicted {n}": engine.predict(inputs) for n, inputs in chosen.items()}
    expected = {
        f"expected {n}": np.array(task.model(inputs, training=False))
        for n, inputs in chosen.items()
        if n
    }
    uneven = replace(task, micro_batches=3)
    labels = task.labels.copy()
    labels[3] = 10
    figures = {
        "engine": type(engine).__name__,
        "slice": SLICE,
        "needs accumulation": needs_accumulation(),
        "programs": compiled,
        "cores shared": [share_cores(2), cores_are_shared(2)],
        "nothing": [nothing.loss, nothing.correct, nothing.images, nothing.classified],
        "old values can still be read": again_held,
        "whole": [whole.loss, whole.correct, whole.images],
        "parts": [
            sum(each.loss for each in parts),
            sum(each.correct for each in parts),
            sum(each.images for each in parts),
        ],
        "label refused": _refusal(lambda: make_engine(replace(task, labels=labels))),
        "uneven parts refused": _refusal(lambda: make_engine(uneven).run(plan)),
    }
    stages = {
        "beginning": beginning,
        "untouched": untouched,
        "first reading": readings[0],
        "second reading": readings[1],
        "in parts": in_parts,
        "after refusals": read_variables(task.model, task.optimizer),
    }
    arrays = {f"{stage}/{k}": v for stage, each in stages.items() for k, v in each.items()}
    report.add(name, figures, {**arrays, **predictions, **expected})


def _report_options(report):
    """What XLA is given, and what where it does not know it."""
    from inkdigits.training import jax_engine

    known = jax_engine.cpu_options()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jax_engine, "_BY_EIGEN", {"xla_cpu_no_such_option": ""})
        report.figures["options"] = [known, jax_engine.cpu_options()]


def _programs(engine):
    """How many times what takes steps was compiled."""
    return engine._take._cache_size()


class _StopAfter:
    """Stops a run after an epoch."""

    def __init__(self, epoch):
        self._epoch, self._stop = epoch, False

    def should_stop(self):
        return self._stop

    def on_progress(self, progress):
        pass

    def on_epoch(self, record):
        self._stop = record.epoch == self._epoch


def _report_trainer(report):
    train, validation = mnist().train.take(slice(40)), mnist().test.take(slice(20))
    whole, stopped, resumed = (
        Trainer(END_TO_END, train, validation, seed=2, deterministic=True) for _ in range(3)
    )
    finished = whole.fit()
    kept, weights = whole.predict(scale(validation.images)), {"whole": get_weights(whole.model)}
    whole.fit()
    weights["whole again"] = get_weights(whole.model)
    stopped_early = not stopped.fit(_StopAfter(1))
    resumed.load_state(stopped.state())
    resumed.fit()
    figures = {
        "engine": type(whole.engine).__name__,
        "backend": whole.backend,
        "finished": finished,
        "stopped early": stopped_early,
        "state": [whole.state().epoch, whole.state().step],
        "images": [whole.images_seen, stopped.images_seen, resumed.images_seen],
        "histories": [
            [[each.loss, each.accuracy, each.val_loss, each.val_accuracy] for each in run.history]
            for run in (whole, resumed)
        ],
    }
    weights["resumed"] = get_weights(resumed.model)
    arrays = {f"{run}/{k}": v for run, each in weights.items() for k, v in each.items()}
    report.add("trainer", figures, {**arrays, "predicted": kept, "labels": validation.labels})


def main(weights_file, report_file):
    with np.load(weights_file) as stored:
        arrays = dict(stored)
    weights = {
        name: {
            each.removeprefix(f"{name}|"): array
            for each, array in arrays.items()
            if each.startswith(f"{name}|")
        }
        for name in CASES
    }
    report = _Report()
    report.figures["backend"] = keras.backend.backend()
    _report_cases(report, weights)
    _report_engine(report, weights["long"], "engine", make_engine)
    _report_engine(report, weights["long"], "sliced", _make_sliced)
    _report_trainer(report)
    _report_options(report)
    report.write(report_file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
