import subprocess
import sys
from pathlib import Path

import pytest

from inkdigits.errors import OutputError, UsageError
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.lock import sole_writer

HOLD = """
import sys
from pathlib import Path
from inkdigits.runs.folder import RunFolder
from inkdigits.runs.lock import sole_writer

with sole_writer(RunFolder(Path(sys.argv[1]))):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def test_a_second_process_is_refused_until_the_first_is_killed(run: RunFolder):
    (run.path / ".writing-living").touch()
    command = [sys.executable, "-c", HOLD, str(run.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"locked\n"
        (run.path / ".writing-living").touch()
        with pytest.raises(UsageError, match=f"another process is writing the run in {run.path}"):
            with sole_writer(run):
                pytest.fail("two writers")
        assert (run.path / ".writing-living").exists()
        process.kill()
        process.wait()
    assert run.lock.exists()  # what a killed process leaves does not lock
    with sole_writer(run):
        assert not (run.path / ".writing-living").exists()
    assert list(run.path.iterdir()) == []


def test_whoever_holds_it_may_take_it_again(run: RunFolder):
    with sole_writer(run):
        with sole_writer(run):
            assert run.lock.exists()
        assert run.lock.exists()
    assert not run.lock.exists()


def test_an_error_ends_it(run: RunFolder):
    with pytest.raises(ZeroDivisionError), sole_writer(run):
        raise ZeroDivisionError
    with sole_writer(run):
        pass


def test_what_was_left_half_written_is_cleared_away(run: RunFolder):
    for folder in (run.path, run.checkpoints, run.plots):
        folder.mkdir(exist_ok=True)
        (folder / ".writing-abc.png").touch()
    with sole_writer(run):
        assert [path for path in run.path.rglob(".writing-*")] == []


def test_a_folder_that_vanishes_in_between_is_no_error_of_the_locks(tmp_path: Path):
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    with sole_writer(run):
        run.lock.unlink()
        run.path.rmdir()


def test_a_file_that_cannot_be_made_is_named(run: RunFolder):
    run.lock.mkdir()
    with pytest.raises(OutputError, match=r"cannot write .*\.lock: Is a directory"):
        with sole_writer(run):
            pytest.fail("locked")
