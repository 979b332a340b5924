"""Optional parts of the program: whether they are installed, and how to install them."""

from __future__ import annotations

from importlib.util import find_spec

from inkdigits.errors import MissingExtraError

TRAINING_MODULES = ("keras", "onnx", "matplotlib", "jinja2")


def missing_training_modules() -> list[str]:
    """Return the modules of `inkdigits[train]` that are not installed."""
    return [name for name in TRAINING_MODULES if find_spec(name) is None]


def need_training_extra() -> None:
    """Refuse to go on without `inkdigits[train]`.

    Raises:
        MissingExtraError: If a part of it is not installed.
    """
    missing = missing_training_modules()
    if missing:
        raise MissingExtraError(
            f"training needs {', '.join(missing)}; install them with "
            "`pip install 'inkdigits[train]'`"
        )
