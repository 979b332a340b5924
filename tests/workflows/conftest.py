from collections.abc import Callable

import pytest

from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.mnist import load_mnist
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import FAST, TUTORIAL
from inkdigits.training.state import EpochRecord, Progress


@pytest.fixture(scope="session")
def small() -> Dataset:
    """The first 640 training and 200 test images of MNIST."""
    mnist = load_mnist()
    return Dataset(
        name="small",
        train=mnist.train.take(slice(640)),
        test=mnist.test.take(slice(200)),
        class_names=mnist.class_names,
        checksum="0" * 64,
    )


@pytest.fixture(scope="session")
def quick() -> Recipe:
    """Three epochs of four steps, of a network that is soon built."""
    return TUTORIAL.replace(
        name="quick",
        network="fast",
        epochs=3,
        batch_size=128,
        micro_batches=1,
        norm_momentum=0.5,
        precision="float32",
        validation_images=128,
    )


@pytest.fixture(scope="session")
def swift() -> Recipe:
    """Two epochs of eight steps in two micro-batches, weights averaged."""
    return FAST.replace(
        name="swift", epochs=2, batch_size=64, precision="float32", validation_images=128
    )


class Recorder:
    """Keeps what a run reports; stops it at the n-th question whether to stop."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.records: list[EpochRecord] = []
        self.progress: list[Progress] = []
        self.warnings: list[str] = []
        self._questions = 0
        self._stop_at = stop_at

    def on_progress(self, progress: Progress) -> None:
        self.progress.append(progress)

    def on_epoch(self, record: EpochRecord) -> None:
        self.records.append(record)

    def on_warning(self, message: str) -> None:
        self.warnings.append(message)

    def should_stop(self) -> bool:
        self._questions += 1
        return self._questions == self._stop_at


@pytest.fixture
def recorder() -> Callable[..., Recorder]:
    return Recorder
