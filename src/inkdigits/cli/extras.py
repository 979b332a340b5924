"""Optional parts of the program: whether they are installed, and how to install them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from inkdigits.errors import MissingExtraError

TRAINING_MODULES = ("keras", "onnx", "matplotlib", "jinja2")
REPORT_MODULES = ("matplotlib", "jinja2")
SUITE_MODULES = ("skimage", "scipy")

# What pip calls a module where that is another name.
_PACKAGES = {"skimage": "scikit-image"}


def missing_training_modules() -> list[str]:
    """Return the modules of `inkdigits[train]` that are not installed."""
    return missing_modules(TRAINING_MODULES)


def missing_modules(names: Sequence[str]) -> list[str]:
    """Return those of the modules that are not installed.

    Example:
        >>> missing_modules(["numpy", "no_such_module"])
        ['no_such_module']
    """
    return [name for name in names if find_spec(name) is None]


def need_training_extra() -> None:
    """Refuse to go on without `inkdigits[train]`.

    Raises:
        MissingExtraError: If a part of it is not installed.
    """
    _need("training", missing_training_modules(), "train")


def need_report_extra() -> None:
    """Refuse to go on without the parts of `inkdigits[train]` that write a page.

    Raises:
        MissingExtraError: If one is not installed.
    """
    _need("a report", missing_modules(REPORT_MODULES), "train")


def need_suites_extra() -> None:
    """Refuse to go on without `inkdigits[suites]`.

    Raises:
        MissingExtraError: If a part of it is not installed.
    """
    _need("the suite corruptions", missing_modules(SUITE_MODULES), "suites")


def _need(what: str, missing: Sequence[str], extra: str) -> None:
    if missing:
        packages = ", ".join(_PACKAGES.get(name, name) for name in missing)
        raise MissingExtraError(
            f"{what} needs {packages}; install them with `pip install 'inkdigits[{extra}]'`"
        )
