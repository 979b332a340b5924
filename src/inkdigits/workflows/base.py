"""A finished network that another goes on from.

Comes in: a run folder, or the word "shipped". Goes out: its weights with all that is known of it.
Files are read only as the run's manifest promises them. It does not know what is learnt next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from inkdigits.datasets.dataset import Form
from inkdigits.datasets.mnist import DIGIT_NAMES
from inkdigits.errors import UsageError
from inkdigits.networks.architecture import Architecture
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import SHIPPED, is_shipped, shipped_network
from inkdigits.runs.start import StartedFrom
from inkdigits.training.recipe import Recipe
from inkdigits.training.recipes import ROBUST
from inkdigits.workflows.evaluate import find_network
from inkdigits.workflows.opened_run import open_run, refuse_another
from inkdigits.workflows.shipped_networks import shipped_networks


@dataclass(frozen=True, eq=False)
class Base:
    """A finished network.

    Attributes:
        name: Absolute path of its run folder, or "shipped".
        sha256: Digest of its ONNX file.
        recipe: What it was trained with.
        architecture: Its layers.
        class_names: Its classes, in order.
        form: What its images are.
        source: What loads the data that it learnt from; None if they were handed over in memory.
        weights: Its arrays by "layer/variable", float32; of the package's networks, the first's.
        classifier: The network itself.
    """

    name: str
    sha256: str
    recipe: Recipe
    architecture: Architecture
    class_names: tuple[str, ...]
    form: Form
    source: str | None
    weights: Mapping[str, np.ndarray]
    classifier: OnnxClassifier

    @property
    def network(self) -> Network:
        """Its layers with their weights."""
        return Network(self.architecture, self.weights)

    @property
    def features(self) -> dict[str, np.ndarray]:
        """The weights of all layers but the last dense one."""
        last = self.architecture.answering_layer
        return {name: array for name, array in self.weights.items() if name.split("/")[0] != last}


def load_base(path: Path) -> Base:
    """Read a finished network to go on from.

    Args:
        path: A run folder, or "shipped" where nothing has that name.

    Raises:
        ModelFileError: If there is none, or it is damaged.
        UsageError: If the run is one of several networks.

    Example:
        >>> base = load_base(Path("shipped"))
        >>> base.recipe.name, base.weights["conv1/kernel"].shape
        ('robust', (3, 3, 1, 32))
    """
    if is_shipped(path):
        return _shipped()
    run = open_run(path, "a network to go on from")
    if run.members:
        raise UsageError(
            f"{path} has several networks: name one of them, such as {run.members[0].path}"
        )
    (network,) = run.networks()
    return Base(
        name=run.name,
        sha256=run.sha256,
        recipe=run.recipe,
        architecture=run.architecture,
        class_names=run.begun.class_names,
        form=run.begun.form,
        source=run.begun.source,
        weights=network.weights,
        classifier=OnnxClassifier(find_network(path)),
    )


def load_base_again(started: StartedFrom) -> Base:
    """Read the network that a run was started from.

    Raises:
        ModelFileError: If there is none, it is damaged, or another one by now.
    """
    base = load_base(Path(started.network))
    refuse_another(started, base.sha256, "started from")
    return base


def _shipped() -> Base:
    content = shipped_network().read_bytes()
    network = shipped_networks(content)[0]
    return Base(
        name=SHIPPED,
        sha256=sha256(content).hexdigest(),
        recipe=ROBUST,
        architecture=network.architecture,
        class_names=DIGIT_NAMES,
        form="digits",
        source="mnist",
        weights=network.weights,
        classifier=OnnxClassifier(content),
    )
