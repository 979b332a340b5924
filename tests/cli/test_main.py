import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inkdigits import __version__
from inkdigits.cli import summary

PROGRAM = [sys.executable, "-c", "from inkdigits.cli.main import main; main()"]
VERBS = [
    *(["train"], ["evaluate"], ["predict"], ["summary"], ["doctor"]),
    *(["data"], ["data", "show"], ["benchmark"], ["benchmark", "train"]),
]


def test_the_version_is_told(inkdigits: Callable):
    assert inkdigits("--version").out == f"inkdigits {__version__}\n"


def test_python_runs_the_package_as_the_program():
    words = [sys.executable, "-m", "inkdigits", "--version"]
    ended = subprocess.run(words, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, f"inkdigits {__version__}\n")


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_help_with_an_example(inkdigits: Callable, verb: list[str]):
    result = inkdigits(*verb, "--help")
    assert result.code == 0
    if verb not in (["data"], ["benchmark"]):
        assert f"Example: inkdigits {' '.join(verb)}" in result.out
        assert "--json" in result.out


@pytest.mark.parametrize("given", [{}, {"OPENBLAS_THREAD_TIMEOUT": "20"}], ids=["none", "own"])
def test_threads_do_not_wait_in_circles_unless_told_so(given: dict[str, str]):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_THREAD_TIMEOUT"}
    asked = (
        "import os, sys, inkdigits.cli.main as m; early = 'numpy' in sys.modules; "
        "m.run = lambda _: 0; m._leave = lambda _: 0; m.main(); "
        "print(os.environ['OPENBLAS_THREAD_TIMEOUT'], early)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", asked],
        env=environment | given,
        capture_output=True,
        text=True,
    )
    # It is read once, when NumPy is imported.
    assert ended.stdout == f"{given.get('OPENBLAS_THREAD_TIMEOUT', '4')} False\n"


def test_the_process_ends_with_its_code_and_all_it_wrote_but_takes_nothing_apart():
    asked = (
        "import atexit, sys, inkdigits.cli.main as m; atexit.register(print, 'apart'); "
        "m.run = lambda _: print('done', end='') or print('told', end='', file=sys.stderr) or 3; "
        "m.main()"
    )
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "done", "told")


def test_without_words_it_shows_its_help(inkdigits: Callable):
    result = inkdigits()
    assert result.code == 2
    assert "Commands" in result.out + result.err


def test_an_unknown_verb_is_one_line_with_a_suggestion(inkdigits: Callable):
    result = inkdigits("trian")
    assert (result.code, result.out) == (2, "")
    assert "No such command 'trian'. Did you mean 'train'?" in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_a_defect_is_code_3_and_one_line(inkdigits: Callable, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("half a\nsurprise")

    monkeypatch.setattr(summary, "summarise", broken)
    result = inkdigits("summary")
    assert result.code == 3
    assert result.err.startswith("inkdigits: internal error: ZeroDivisionError: half a (set INK")
    assert "Traceback" not in result.err


def test_a_defect_shows_its_place_on_request(inkdigits: Callable, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(summary, "summarise", broken)
    monkeypatch.setenv("INKDIGITS_DEBUG", "1")
    assert "Traceback" in inkdigits("summary").err


def test_ctrl_c_outside_training_is_one_word_and_code_130(
    inkdigits: Callable, monkeypatch: pytest.MonkeyPatch
):
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(summary, "summarise", stopped)
    result = inkdigits("summary")
    assert result.code == 130
    assert result.err.strip() == "inkdigits: stopped"


def test_a_reader_that_has_had_enough_is_no_error():
    with subprocess.Popen(
        [*PROGRAM, "data", "show", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.read(1)
        process.stdout.close()
        _, stderr = process.communicate()
    assert stderr == b""


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["predict", "none.png"], 1)])
def test_a_process_ends_with_its_code_and_all_that_it_wrote(words: list[str], code: int):
    ended = subprocess.run([*PROGRAM, *words], capture_output=True, text=True)
    assert ended.returncode == code
    assert (f"inkdigits {__version__}" if code == 0 else "none.png") in ended.stdout + ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_at_the_very_end_is_told():
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*PROGRAM, "--version"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert ended.returncode != 0
    assert "No space left" in ended.stderr


@pytest.mark.skipif(os.name == "nt", reason="closes a descriptor before the program starts")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", [["--version"], ["data", "show", "mnist"]], ids=" ".join)
def test_a_closed_stream_is_no_error(words: list[str], closed: str):
    ended = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *PROGRAM, *words], capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert bool(ended.stdout) == (" >&-" not in f" {closed}")


@pytest.mark.skipif(os.name == "nt", reason="closes a descriptor before the program starts")
def test_nothing_that_is_opened_later_gets_the_number_of_a_closed_stream(tmp_path: Path):
    program = """
import os, sys, inkdigits.cli.main as m
def work(_):
    with open(sys.argv[1], "w") as file:
        os.write(1, b"for nobody")  # as a library does
        print("for the file", file=file)
    return 0
m.run = work
m.main()
"""
    file = tmp_path / "file"
    words = ["sh", "-c", '"$@" >&-', "sh", sys.executable, "-c", program, str(file)]
    assert subprocess.run(words).returncode == 0
    assert file.read_text() == "for the file\n"
