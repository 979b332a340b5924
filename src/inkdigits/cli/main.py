"""The program `inkdigits`: its verbs, and what a person sees when something goes wrong.

Comes in: the words of a command line. Goes out: an exit code: 0 done, 1 some inputs failed,
2 wrong usage or input, 3 internal error, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

import typer

from inkdigits import __version__
from inkdigits.cli.closed_streams import replace_closed_streams
from inkdigits.cli.output import stderr
from inkdigits.cli.verbs import VerbGroup
from inkdigits.errors import (
    EXIT_DONE,
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_WRONG_INPUT,
    InkdigitsError,
)
from inkdigits.tensorflow_switches import set_switches

app = typer.Typer(
    name="inkdigits",
    cls=VerbGroup,
    help="Train, measure, explain and run a network that reads handwritten digits.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _common(
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    if version:
        print(f"inkdigits {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the program and exit with its code."""
    # All are read when the library is imported, so nothing that this module imports may do that.
    set_switches(os.environ)
    # The threads of OpenBLAS, which comes with NumPy, wait in circles for a tenth of a second from
    # its start on: a quarter of the work of a small picture. Now for 2 to the power of 4 circles.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
    replace_closed_streams()
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process without taking its modules apart.

    That takes Python two seconds where TensorFlow is among them, a tenth of a second otherwise.
    Nothing is left for it to do: what opens a file, a thread or another process closes it.
    """
    with suppress(OSError):  # Python tells of it when it ends
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the program and turn every failure into one line on stderr and an exit code.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code.
    """
    try:
        code = app(arguments, prog_name="inkdigits", standalone_mode=False)
        if code == EXIT_INTERRUPTED:  # Typer's answer to Ctrl-C
            return _fail("stopped", EXIT_INTERRUPTED)
        return code if isinstance(code, int) else EXIT_DONE
    except InkdigitsError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        message = _usage_message(error)
        # Without any words the program has printed its help, which says it all.
        return _fail(message, EXIT_WRONG_INPUT) if message else EXIT_WRONG_INPUT
    except typer.Abort:
        return _fail("stopped", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough; what is left in the buffer has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except Exception as error:
        if os.environ.get("INKDIGITS_DEBUG"):
            traceback.print_exc()
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return _fail(
            f"internal error: {reason} (set INKDIGITS_DEBUG=1 to see where)", EXIT_INTERNAL
        )


def _usage_message(error: typer.TyperException) -> str:
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    if context is None or not message:
        return message
    return f"{message.rstrip('.')}; see `{context.command_path} --help`"


def _fail(message: str, code: int) -> int:
    stderr().print(f"inkdigits: {message}", style="bold red", markup=False)
    return code
