"""The trainer: epochs of steps, a validation after each, and a state that can be kept.

Comes in: a recipe, images and a seed. Goes out: a trained model and its history. It writes
nothing; whoever wants checkpoints takes `state()` when `fit` reports.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import keras
import numpy as np

from inkdigits.arrays import Inputs, Labels, Probabilities
from inkdigits.datasets.dataset import LabelledImages
from inkdigits.networks.architecture import Architecture, find_architecture
from inkdigits.networks.build import build
from inkdigits.networks.freezing import freeze_features
from inkdigits.networks.precision import resolve_precision
from inkdigits.networks.weights import set_some_weights
from inkdigits.training.accelerator import find_accelerator, keep_float32, training_flags
from inkdigits.training.averaging import averages_for_a_while, take_averages
from inkdigits.training.determinism import fix_order_of_sums
from inkdigits.training.engine import make_engine, needs_accumulation
from inkdigits.training.examples import check_examples, training_examples
from inkdigits.training.feed import Feed
from inkdigits.training.observer import Observer, QuietObserver
from inkdigits.training.optimizers import make_optimizer
from inkdigits.training.pace import Pace
from inkdigits.training.plan import EpochPlan
from inkdigits.training.prediction import among_classes
from inkdigits.training.recipe import Recipe
from inkdigits.training.state import EpochRecord, Progress, TrainerState
from inkdigits.training.sums import Sums
from inkdigits.training.task import Task
from inkdigits.training.teacher import Lesson, Teacher
from inkdigits.training.variables import read_variables, write_variables

XLA_FROM = 100_000
"""Images in a training from which on the seconds of compiling pay for themselves."""


class Trainer:
    """Fits the network of a recipe to labelled images."""

    def __init__(
        self,
        recipe: Recipe,
        train: LabelledImages,
        validation: LabelledImages,
        *,
        seed: int = 0,
        architecture: Architecture | None = None,
        weights: Mapping[str, np.ndarray] | None = None,
        teacher: Teacher | None = None,
        deterministic: bool = False,
        images_to_come: int | None = None,
    ) -> None:
        """Build model and optimiser, and put the images into memory.

        Args:
            recipe: What to train, and how.
            train: The images to learn from.
            validation: The images to measure on after each epoch; augmented first where the
                recipe says "augmented-test".
            seed: Seed of everything random: initial weights, order, warps, dropout. At least 0.
            architecture: The recipe's network, fitted to images and classes; None for it as it is.
            weights: What layers start with in place of fresh weights, by "layer/variable"; None for
                fresh ones throughout.
            teacher: Networks whose answers to the training images are learnt in place of these
                images' labels; None for the labels.
            deterministic: Give the same bits in every run on this machine; it holds for the whole
                process, until it ends.
            images_to_come: What to compile for: images that will go through the network; None for
                all that the recipe's epochs take.

        Raises:
            UsageError: If the images are not of the network's shape, the teacher reads others or
                has other classes, the recipe's batch is larger than the training set or than a
                validation set that is augmented, or the backend cannot be deterministic.
        """
        keep_float32()
        if deterministic:
            fix_order_of_sums()
        self.architecture = architecture or find_architecture(recipe.network)
        check_examples(self.architecture, train, teacher.architecture if teacher else None)
        self.recipe = recipe
        self.seed = seed
        self.deterministic = deterministic
        self.precision = resolve_precision(recipe.precision, training_flags())
        self.history: tuple[EpochRecord, ...] = ()
        self.seconds = 0.0
        taught, train = len(train), training_examples(train, recipe)
        self.feed = Feed(recipe, train, validation, seed)
        self._epoch, self._step, self._sums = 1, 0, Sums()
        if images_to_come is None:
            images_to_come = recipe.epochs * len(train)
        self.model = self._build_model(weights, by_xla=images_to_come >= XLA_FROM)
        self._optimizer = make_optimizer(
            recipe,
            self.model,
            self.steps_per_epoch * recipe.epochs,
            accumulate=needs_accumulation(),
        )
        self.engine = make_engine(
            Task(
                self.model,
                self._optimizer,
                label_smoothing=recipe.label_smoothing,
                micro_batches=recipe.micro_batches,
                augmenter=self.feed.augmenter if recipe.augmentation.changes else None,
                images=train.images,
                labels=train.labels,
                none_class=self.architecture.none_class,
                lesson=Lesson(teacher, self.architecture.outputs, self.precision)
                if teacher
                else None,
                taught=taught,
            )
        )

    def _build_model(
        self, weights: Mapping[str, np.ndarray] | None, *, by_xla: bool
    ) -> keras.Sequential:
        """Build the network, as far as the recipe says with weights that it starts with."""
        model = build(
            self.architecture,
            seed=self.seed,
            precision=self.precision,
            norm_momentum=self.recipe.norm_momentum,
            fast_layers=self.recipe.fast_layers,
            by_xla=by_xla and find_accelerator() is None,
        )
        if weights:
            set_some_weights(model, weights)
        if self.recipe.frozen == "features":
            freeze_features(model)
        return model

    @property
    def backend(self) -> str:
        """What Keras runs on."""
        return str(keras.backend.backend())

    @property
    def accelerator(self) -> str | None:
        """Name of the graphics processor that Keras computes on; None for the processor."""
        found = find_accelerator()
        return found.name if found else None

    @property
    def steps_per_epoch(self) -> int:
        """Training steps in each epoch."""
        return self.feed.steps_per_epoch

    @property
    def images_seen(self) -> int:
        """Training images that went through the network so far."""
        return self._steps_taken * self.recipe.batch_size

    @property
    def images_per_second(self) -> float:
        """Training speed so far, validation and start-up not counted."""
        return self.images_seen / self.seconds if self.seconds else 0.0

    @property
    def _steps_taken(self) -> int:
        return (self._epoch - 1) * self.steps_per_epoch + self._step

    def prepare(self) -> None:
        """Compile everything, so that `fit` measures training alone."""
        self.engine.prepare(self.recipe.batch_size)

    def fit(self, observer: Observer | None = None, *, report_every: int | None = None) -> bool:
        """Train up to the recipe's last epoch, from wherever the state stands.

        Args:
            observer: Is told after every few steps and after every epoch; None for nobody.
            report_every: Tell it at each multiple of this many steps of the run, too.

        Returns:
            True when the last epoch is done, False when the observer stopped the run.
        """
        observer = observer or QuietObserver()
        while self._epoch <= self.recipe.epochs:
            if not self._fit_epoch(observer, Pace(report_every, steady=self.deterministic)):
                return False
            record = self._finish_epoch()
            observer.on_epoch(record)
        # The weights to keep; a second time changes nothing.
        take_averages(self.model, self._optimizer, self.recipe.averaging)
        return True

    def predict(self, inputs: Inputs) -> Probabilities:
        """Return the probabilities of the classes among themselves, by the network as it stands.

        Args:
            inputs: Shape (n, height, width, 1), float32 from `scale`.

        Returns:
            Shape (n, classes), float32, rows summing to 1.
        """
        return among_classes(self.engine.predict(inputs), self.architecture.classes)

    def state(self) -> TrainerState:
        """Return all that is needed to go on from here."""
        return TrainerState(
            arrays=read_variables(self.model, self._optimizer),
            epoch=self._epoch,
            step=self._step,
            sums=self._sums,
            seconds=self.seconds,
            history=self.history,
        )

    def load_state(self, state: TrainerState) -> None:
        """Go on from a state of a run with the same recipe, images and seed.

        Raises:
            ModelFileError: If the state belongs to another network or optimiser.
        """
        write_variables(self.model, self._optimizer, state.arrays)
        self._epoch, self._step, self._sums = state.epoch, state.step, state.sums
        self.seconds, self.history = state.seconds, state.history

    def validation_set(self, epoch: int) -> tuple[Inputs, Labels]:
        """Return the images that the validation after `epoch` measures on, and their labels."""
        return self.feed.validation_set(epoch)

    def _fit_epoch(self, observer: Observer, pace: Pace) -> bool:
        started = time.perf_counter()
        plan = self.feed.plan(self._epoch)
        self.seconds += time.perf_counter() - started
        while self._step < plan.steps:
            if observer.should_stop():
                return False
            self._take_steps(plan, pace)
            observer.on_progress(self._progress(plan))
        return True

    def _take_steps(self, plan: EpochPlan, pace: Pace) -> None:
        stop = min(self._step + pace.steps(self._steps_taken), plan.steps)
        started = time.perf_counter()
        self._sums += self.engine.run(plan.part(self._step, stop))
        seconds = time.perf_counter() - started
        pace.took(stop - self._step, seconds)
        self._step = stop
        self.seconds += seconds

    def _progress(self, plan: EpochPlan) -> Progress:
        return Progress(
            epoch=self._epoch,
            epochs=self.recipe.epochs,
            step=self._step,
            steps=plan.steps,
            loss=self._sums.loss / self._sums.images,
            accuracy=self._sums.accuracy,
            images_per_second=self.images_per_second,
        )

    def _finish_epoch(self) -> EpochRecord:
        val_loss, val_accuracy = self._validate()
        record = EpochRecord(
            epoch=self._epoch,
            loss=self._sums.loss / self._sums.images,
            accuracy=self._sums.accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            learning_rate=float(keras.ops.convert_to_numpy(self._optimizer.learning_rate)),
            seconds=self.seconds,
        )
        self.history = (*self.history, record)
        self._epoch, self._step, self._sums = self._epoch + 1, 0, Sums()
        return record

    def _validate(self) -> tuple[float, float]:
        inputs, labels = self.validation_set(self._epoch)
        with averages_for_a_while(self.model, self._optimizer, self.recipe.averaging):
            probabilities = self.predict(inputs)
        chosen = probabilities[np.arange(len(labels)), labels]
        loss = -np.log(np.maximum(chosen, np.finfo(np.float32).tiny)).mean()
        return float(loss), float((probabilities.argmax(axis=1) == labels).mean())
