import subprocess

import pytest

from inkdigits.python_process import end_process
from inkdigits.workflows.helper_start import start_helpers
from inkdigits.workflows.helper_talk import ask, teach
from tests.places import REPOSITORY


def make_negate():
    return lambda items: [-item for item in items]


@pytest.fixture
def process(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))  # for the process to find tests
    (started,) = start_helpers(1)
    yield started
    end_process(started)


def test_a_helper_that_knows_its_work_answers_with_results_and_seconds(process):
    teach(process, make_negate)
    assert ask(process, [3, -1])[0] == [-3, 1]
    results, seconds = ask(process, [])
    assert results == []
    assert 0 <= seconds < 60


def test_one_that_has_ended_is_an_exception(process):
    teach(process, make_negate)
    process.kill()
    process.wait()
    with pytest.raises((OSError, EOFError)):
        ask(process, [1])


def test_one_without_pipes_is_refused():
    alone = subprocess.Popen(["true"])
    alone.wait()
    with pytest.raises(ValueError, match="must have pipes"):
        ask(alone, [1])
