"""What a hostile file is after, so that one can tell whether it got it.

Comes in: an empty folder. Goes out: a file that must never come to be, one that must never be
opened, and the code that would do both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trap:
    """Two files outside the folder that a hostile file lies in.

    Attributes:
        folder: Where hostile files are made, each in a folder of its own.
        canary: Must not come to be.
        secret: Must not be read.
    """

    folder: Path
    canary: Path
    secret: Path

    @property
    def code(self) -> str:
        """Python that would spring the trap."""
        return f"open({str(self.canary)!r}, 'w').write(open({str(self.secret)!r}).read())"

    @property
    def command(self) -> str:
        """The same for a shell."""
        return f"cat {self.secret} > {self.canary}"


@dataclass(frozen=True)
class Hostile:
    """A hostile file or run folder.

    Attributes:
        name: What to call it.
        after: The published vulnerability that it follows, or what it tries.
        make: Writes it into the folder it is given, and returns its path.
    """

    name: str
    after: str
    make: Callable[[Path, Trap], Path]


def set_trap(folder: Path) -> Trap:
    """Set a trap in an empty folder."""
    files = folder / "files"
    files.mkdir()
    secret = folder / "secret"
    secret.write_text("a secret\n")
    return Trap(files, folder / "canary", secret)
