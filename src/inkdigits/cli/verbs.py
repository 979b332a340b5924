"""The verbs of the program, each imported when it is called.

Comes in: a verb. Goes out: its command. Reading one small picture then need not wait for all that
training, measuring and benchmarks import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

if TYPE_CHECKING:
    from typer._click import Command

# Each is a module of this package: with a function of that name, or an `app` with verbs of its own.
VERBS = ("train", "evaluate", "predict", "summary", "data", "benchmark", "doctor")


class LazyVerbs(Mapping[str, "Command"]):
    """The commands by name; looking one up imports its module.

    Example:
        >>> "train" in LazyVerbs(), "trian" in LazyVerbs()
        (True, False)
    """

    def __init__(self) -> None:
        """Import nothing yet."""
        self._known: dict[str, Command] = {}

    def __getitem__(self, verb: str) -> Command:
        if verb not in VERBS:
            raise KeyError(verb)
        if verb not in self._known:
            self._known[verb] = _load(verb)
        return self._known[verb]

    def __contains__(self, verb: object) -> bool:
        return verb in VERBS

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


class VerbGroup(TyperGroup):
    """The program itself: its help imports every verb, a call only the one that it names."""

    def __init__(self, **settings: Any) -> None:
        """Take what Typer gives to a group, and look verbs up where they are."""
        super().__init__(**settings)
        self.commands = cast(Any, LazyVerbs())


def _load(verb: str) -> Command:
    module = import_module(f"inkdigits.cli.{verb}")
    if hasattr(module, "app"):
        return cast("Command", get_group(module.app))
    app = typer.Typer(add_completion=False)
    app.command(verb)(getattr(module, verb))
    return get_command(app)
