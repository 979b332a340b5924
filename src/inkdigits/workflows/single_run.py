"""Training one network, from a recipe to a finished run folder.

Comes in: a recipe and a folder. Goes out: the folder, filled, and its manifest. A run may be
stopped or fail at any moment: what its folder holds is complete, and `resume_run` goes on from it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import load_mnist
from inkdigits.errors import InterruptedRunError, OutputError
from inkdigits.runs.checkpoints import list_checkpoints, load_newest, save_checkpoint
from inkdigits.runs.files import write_whole
from inkdigits.runs.folder import RunFolder, find_unfinished_run, refuse_begun_run
from inkdigits.runs.history import history_to_csv
from inkdigits.runs.lock import sole_writer
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import Interval, Start, StartedFrom, read_start, start_on, write_start
from inkdigits.training.heap import trim_heap
from inkdigits.training.observer import Observer, QuietObserver
from inkdigits.training.recipe import Recipe
from inkdigits.training.state import TrainerState
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.aside import Aside
from inkdigits.workflows.base import Base, load_base_again
from inkdigits.workflows.data import check_same, load_again
from inkdigits.workflows.finish import Finished, drawing_outliers, finish
from inkdigits.workflows.keeper import Keeper
from inkdigits.workflows.material import material_for
from inkdigits.workflows.run_plots import import_plots
from inkdigits.workflows.stopwatch import Stopwatch
from inkdigits.workflows.teaching import TeachingRun, load_teacher_again


def start_run(
    run: RunFolder,
    recipe: Recipe,
    *,
    seed: int,
    deterministic: bool = False,
    checkpoints: Interval | None = None,
    dataset: Dataset | None = None,
    base: Base | None = None,
    teaching: TeachingRun | None = None,
    weights: Mapping[str, np.ndarray] | None = None,
    observer: Observer | None = None,
    stopwatch: Stopwatch | None = None,
) -> Manifest:
    """Train one network into a folder of its own; arguments and errors are those of `train`.

    `weights` are what it begins with in place of fresh ones, by "layer/variable", where there is
    no `base` to take them from.
    """
    with sole_writer(run), Aside() as aside:
        refuse_begun_run(run)
        job = _Job(run, recipe, dataset, base, teaching, observer, stopwatch, aside)
        return job.begin(seed, deterministic, checkpoints or Interval(), weights)


def resume_run(
    run: RunFolder,
    *,
    dataset: Dataset | None = None,
    observer: Observer | None = None,
    stopwatch: Stopwatch | None = None,
) -> Manifest:
    """Go on with one network's run; arguments and errors are those of `resume`."""
    with sole_writer(run), Aside() as aside:
        find_unfinished_run(run.path)
        recipe, begun = read_start(run)
        dataset = dataset or load_again(begun)
        base = load_base_again(begun.base) if begun.base else None
        teaching = load_teacher_again(begun.teacher) if begun.teacher else None
        job = _Job(run, recipe, dataset, base, teaching, observer, stopwatch, aside)
        return job.go_on(begun)


class _Job:
    """One run from its folder's first file to its last."""

    def __init__(
        self,
        run: RunFolder,
        recipe: Recipe,
        dataset: Dataset | None,
        base: Base | None,
        teaching: TeachingRun | None,
        observer: Observer | None,
        stopwatch: Stopwatch | None,
        aside: Aside,
    ) -> None:
        self._run, self._recipe, self._aside = run, recipe, aside
        self._observer = observer or QuietObserver()
        self._watch = stopwatch or Stopwatch()
        self._watch.lap("start")
        warn = self._observer.on_warning
        self._material = material_for(recipe, dataset or load_mnist(), base, warn, teaching)
        if recipe.epochs == 1:  # beside a longer training it takes no time to speak of
            self._get_ready()
        self._watch.lap("data")

    def _get_ready(self) -> None:
        """Let what needs no network be done while it is made and trained."""
        self._aside.begin(import_plots)
        for draw in drawing_outliers(self._recipe, self._material).values():
            self._aside.begin(draw)

    def begin(
        self,
        seed: int,
        deterministic: bool,
        checkpoints: Interval,
        weights: Mapping[str, np.ndarray] | None,
    ) -> Manifest:
        base, teaching = self._material.base, self._material.teaching
        begun = start_on(
            self._material.dataset,
            seed,
            deterministic=deterministic,
            checkpoints=checkpoints,
            base=StartedFrom(network=base.name, sha256=base.sha256) if base else None,
            teacher=teaching.record if teaching else None,
        )
        trainer = self._make_trainer(begun, weights or self._material.weights)
        if weights:  # a base can be loaded again; these are found in the run alone
            save_checkpoint(self._run.checkpoints, trainer.state())
        write_start(self._run, self._recipe, begun)
        self._prepare(trainer)
        return self._train_and_finish(trainer, begun.checkpoints)

    def go_on(self, begun: Start) -> Manifest:
        check_same(self._material.dataset, begun)
        trainer = self._make_trainer(begun, self._material.weights)
        self._prepare(trainer)
        self._load_newest(trainer)
        return self._train_and_finish(trainer, begun.checkpoints)

    def _load_newest(self, trainer: Trainer) -> None:
        state = load_newest(self._run.checkpoints, self._observer.on_warning)
        if state:
            trainer.load_state(state)
            write_whole(self._run.history, history_to_csv(state.history))
        elif list_checkpoints(self._run.checkpoints):
            self._observer.on_warning("no checkpoint is undamaged: training begins anew")

    def _make_trainer(self, begun: Start, weights: Mapping[str, np.ndarray] | None) -> Trainer:
        parts, teaching = self._material.parts, self._material.teaching
        trainer = Trainer(
            self._recipe,
            parts.train,
            parts.validation,
            seed=begun.seed,
            architecture=self._material.architecture,
            weights=weights,
            teacher=teaching.teacher if teaching else None,
            deterministic=begun.deterministic,
        )
        self._watch.lap("build")
        return trainer

    def _prepare(self, trainer: Trainer) -> None:
        trainer.prepare()
        self._watch.lap("compile")

    def _train_and_finish(self, trainer: Trainer, checkpoints: Interval) -> Manifest:
        keeper = Keeper(self._run, trainer, self._observer, checkpoints)
        try:
            if not trainer.fit(keeper, report_every=checkpoints.steps):
                state = keeper.keep()
                raise InterruptedRunError(self._stopped_message(state, trainer.steps_per_epoch))
            self._watch.lap("train and validate")
            trim_heap()  # of what the steps took; what follows takes as much of its own
            done = Finished(self._run, trainer, self._material)
            manifest = finish(done, self._aside, self._watch)
        except OutputError as error:
            raise OutputError(f"{error}; {self._kept_message()}") from error
        return manifest

    def _stopped_message(self, state: TrainerState, steps_per_epoch: int) -> str:
        return (
            f"stopped in epoch {state.epoch} of {self._recipe.epochs}, after step "
            f"{state.step} of {steps_per_epoch}; nothing is lost: "
            f"go on with `inkdigits train --resume {self._run.path}`"
        )

    def _kept_message(self) -> str:
        try:
            kept = load_newest(self._run.checkpoints)
        except OSError:
            kept = None
        if kept is None:
            return "there is no checkpoint yet, so nothing is kept"
        return (
            f"the run is kept up to epoch {kept.epoch}, step {kept.step}: make room, then go on "
            f"with `inkdigits train --resume {self._run.path}`"
        )
