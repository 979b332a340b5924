"""Training one network, from a recipe to a finished run folder.

Comes in: a recipe and a folder. Goes out: the folder, filled, and its manifest. A run may be
stopped or fail at any moment: what its folder holds is complete, and `resume_run` goes on from it.
"""

from __future__ import annotations

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import load_mnist
from inkdigits.errors import InterruptedRunError, ModelFileError, OutputError
from inkdigits.runs.checkpoints import load_newest, save_checkpoint
from inkdigits.runs.files import write_whole
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.history import history_to_csv
from inkdigits.runs.manifest import Manifest
from inkdigits.runs.start import Start, read_start, start_on, write_start
from inkdigits.training.observer import Observer, QuietObserver
from inkdigits.training.recipe import Recipe
from inkdigits.training.state import EpochRecord, TrainerState
from inkdigits.training.trainer import Trainer
from inkdigits.workflows.data import network_for, split_for
from inkdigits.workflows.finish import Finished, finish
from inkdigits.workflows.stopwatch import Stopwatch


def start_run(
    run: RunFolder,
    recipe: Recipe,
    *,
    seed: int,
    dataset: Dataset | None = None,
    observer: Observer | None = None,
    stopwatch: Stopwatch | None = None,
) -> Manifest:
    """Train one network into a folder of its own; arguments and errors are those of `train`."""
    return _Job(run, recipe, seed, dataset, observer, stopwatch).begin()


def resume_run(
    run: RunFolder,
    *,
    dataset: Dataset | None = None,
    observer: Observer | None = None,
    stopwatch: Stopwatch | None = None,
) -> Manifest:
    """Go on with one network's run; arguments and errors are those of `resume`."""
    recipe, begun = read_start(run)
    return _Job(run, recipe, begun.seed, dataset, observer, stopwatch).go_on(begun)


class _Job:
    """One run from its folder's first file to its last."""

    def __init__(
        self,
        run: RunFolder,
        recipe: Recipe,
        seed: int,
        dataset: Dataset | None,
        observer: Observer | None,
        stopwatch: Stopwatch | None,
    ) -> None:
        self._run, self._recipe, self._seed = run, recipe, seed
        self._observer = observer or QuietObserver()
        self._watch = stopwatch or Stopwatch()
        self._watch.lap("start")
        self._dataset = dataset or load_mnist()
        self._parts = split_for(self._dataset, recipe)
        self._architecture = network_for(recipe, self._dataset)
        self._watch.lap("data")

    def begin(self) -> Manifest:
        write_start(self._run, self._recipe, start_on(self._dataset, self._seed))
        return self._train_and_finish(self._make_trainer())

    def go_on(self, begun: Start) -> Manifest:
        if begun.sha256 != self._dataset.checksum:
            raise ModelFileError(f"the run in {self._run.path} was begun on other data")
        trainer = self._make_trainer()
        state = load_newest(self._run.checkpoints)
        if state:
            trainer.load_state(state)
        return self._train_and_finish(trainer)

    def _make_trainer(self) -> Trainer:
        trainer = Trainer(
            self._recipe,
            self._parts.train,
            self._parts.validation,
            seed=self._seed,
            architecture=self._architecture,
        )
        self._watch.lap("build")
        trainer.prepare()
        self._watch.lap("compile")
        return trainer

    def _train_and_finish(self, trainer: Trainer) -> Manifest:
        try:
            if not trainer.fit(_Keeper(self._run, trainer, self._observer)):
                state = trainer.state()
                save_checkpoint(self._run.checkpoints, state)
                raise InterruptedRunError(self._stopped_message(state, trainer.steps_per_epoch))
            self._watch.lap("train and validate")
            done = Finished(self._run, trainer, self._dataset, self._parts)
            manifest = finish(done, self._watch)
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
            return "no epoch was complete, so nothing is kept"
        return (
            f"the run is kept up to epoch {kept.epoch}, step {kept.step}: make room, then go on "
            f"with `inkdigits train --resume {self._run.path}`"
        )


class _Keeper:
    """Keeps a checkpoint and the history after each epoch, and passes everything on."""

    def __init__(self, run: RunFolder, trainer: Trainer, observer: Observer) -> None:
        self._run, self._trainer, self._observer = run, trainer, observer
        self.on_progress = observer.on_progress
        self.should_stop = observer.should_stop

    def on_epoch(self, record: EpochRecord) -> None:
        save_checkpoint(self._run.checkpoints, self._trainer.state())
        write_whole(self._run.history, history_to_csv(self._trainer.history))
        self._observer.on_epoch(record)
