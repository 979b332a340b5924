"""inkdigits trains, measures, explains and runs a network that reads handwritten digits.

The names below are imported when first used, so that `import inkdigits` stays light: those that
train pull in Keras, the others do not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inkdigits.arrays import one_hot, scale
    from inkdigits.datasets.mnist import load_mnist
    from inkdigits.datasets.split import hold_out
    from inkdigits.evaluation.calibration import reliability
    from inkdigits.evaluation.metrics import evaluate
    from inkdigits.networks.architecture import find_architecture
    from inkdigits.networks.arithmetic import summarise
    from inkdigits.networks.build import build
    from inkdigits.recognition.onnx_runtime import OnnxClassifier
    from inkdigits.recognition.reader import Reader
    from inkdigits.recognition.reading import Reading
    from inkdigits.sources.load import load_dataset
    from inkdigits.training.augmentation.affine import draw_movements, to_matrices, warp
    from inkdigits.training.augmentation.ranges import Augmentation
    from inkdigits.training.fitting import fit_recipe
    from inkdigits.training.recipe import Recipe
    from inkdigits.training.recipes import find_recipe
    from inkdigits.training.trainer import Trainer
    from inkdigits.workflows.read import read
    from inkdigits.workflows.train import fine_tune, resume, train

__version__ = "0.1.0"

_HOMES = {
    "arrays": ("one_hot", "scale"),
    "datasets.mnist": ("load_mnist",),
    "datasets.split": ("hold_out",),
    "evaluation.calibration": ("reliability",),
    "evaluation.metrics": ("evaluate",),
    "networks.architecture": ("find_architecture",),
    "networks.arithmetic": ("summarise",),
    "networks.build": ("build",),
    "recognition.onnx_runtime": ("OnnxClassifier",),
    "recognition.reader": ("Reader",),
    "recognition.reading": ("Reading",),
    "sources.load": ("load_dataset",),
    "training.augmentation.affine": ("draw_movements", "to_matrices", "warp"),
    "training.augmentation.ranges": ("Augmentation",),
    "training.fitting": ("fit_recipe",),
    "training.recipe": ("Recipe",),
    "training.recipes": ("find_recipe",),
    "training.trainer": ("Trainer",),
    "workflows.read": ("read",),
    "workflows.train": ("fine_tune", "resume", "train"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Augmentation",
    "OnnxClassifier",
    "Reader",
    "Reading",
    "Recipe",
    "Trainer",
    "build",
    "draw_movements",
    "evaluate",
    "find_architecture",
    "find_recipe",
    "fine_tune",
    "fit_recipe",
    "hold_out",
    "load_dataset",
    "load_mnist",
    "one_hot",
    "read",
    "reliability",
    "resume",
    "scale",
    "summarise",
    "to_matrices",
    "train",
    "warp",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'inkdigits' has no attribute {name!r}")
    return getattr(import_module(f"inkdigits.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted([*globals(), *__all__])
