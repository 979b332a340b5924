"""The errors that inkdigits raises on purpose, and the exit code each one means.

InkdigitsError
├── UsageError            a wrong argument or option value           exit code 2
│   └── RecipeError       a recipe with an unknown or wrong field
├── DataError             a data set that is missing or damaged      exit code 2
├── PictureError          a picture that cannot be read           exit code 1
├── ModelFileError        a run or model file that cannot be trusted exit code 2
├── OutputError           a file or folder that cannot be written    exit code 2
├── MissingExtraError     an optional part that is not installed     exit code 2
└── InterruptedRunError   stopped by the user; what was kept         exit code 130

Every message is one line that names what was received and what would be right. Any other
exception is a defect of the program itself and ends with exit code 3.
"""

from __future__ import annotations

from typing import ClassVar

EXIT_DONE = 0
EXIT_SOME_FAILED = 1
EXIT_WRONG_INPUT = 2
EXIT_INTERNAL = 3
EXIT_INTERRUPTED = 130  # 128 + SIGINT, what shells report for Ctrl-C


class InkdigitsError(Exception):
    """The root of all errors raised on purpose."""

    exit_code: ClassVar[int] = EXIT_WRONG_INPUT


class UsageError(InkdigitsError):
    """An argument or option value that cannot be used."""


class RecipeError(UsageError):
    """A recipe that is unknown, unreadable, or has an unknown or out-of-range field."""


class DataError(InkdigitsError):
    """A data set that is missing, damaged or not what its checksum promises."""


class PictureError(InkdigitsError):
    """A picture file that is damaged, too large or of no known kind."""

    exit_code: ClassVar[int] = EXIT_SOME_FAILED


class ModelFileError(InkdigitsError):
    """A run folder or model file that is incomplete, damaged or does not fit its recipe."""


class OutputError(InkdigitsError):
    """A file or folder that cannot be written."""


class MissingExtraError(InkdigitsError):
    """A part of the program whose optional dependencies are not installed."""


class InterruptedRunError(InkdigitsError):
    """A run that the user stopped; the message says what was kept."""

    exit_code: ClassVar[int] = EXIT_INTERRUPTED
