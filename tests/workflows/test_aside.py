import os
import time
from functools import partial

import pytest

from inkdigits.workflows import aside as module
from inkdigits.workflows.aside import Aside
from tests.places import REPOSITORY
from tests.workflows.helped_work import die_elsewhere, give_a_lock, is_gone, refuse, where


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "available_cores", lambda: 2)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))  # for the other process to find tests


def test_work_is_done_by_one_other_process_in_turn():
    with Aside() as aside:
        begun = [aside.begin(partial(where, number, name="a")) for number in range(3)]
        results = [each.result() for each in begun]
    assert [result[:2] for result in results] == [(0, "a"), (1, "a"), (2, "a")]
    (process,) = {result[2] for result in results}
    assert process != os.getpid()
    assert is_gone(process)


def test_no_process_starts_before_there_is_work(monkeypatch: pytest.MonkeyPatch):
    started = []
    monkeypatch.setattr(module, "start_helpers", lambda helpers: started.append(helpers) or [])
    with Aside() as aside:
        assert not started
        # None could be started, so it is done here, and no other is tried.
        results = [aside.begin(partial(where, number)).result() for number in range(2)]
    assert results == [(0, "", os.getpid()), (1, "", os.getpid())]
    assert started == [1]


def test_without_a_core_to_spare_it_is_done_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "available_cores", lambda: 1)
    with Aside() as aside:
        assert aside.begin(partial(where, 1)).result() == (1, "", os.getpid())


def test_where_the_other_process_fails_it_is_done_here_and_so_is_the_rest():
    with Aside() as aside:
        first = aside.begin(partial(die_elsewhere, os.getpid()))
        second = aside.begin(partial(where, 2))
        assert (first.result(), second.result()) == ("alive", (2, "", os.getpid()))


def test_what_cannot_be_handed_back_is_done_here():
    with Aside() as aside:
        assert not aside.begin(give_a_lock).result().locked()


def test_what_the_work_raises_is_raised_where_its_result_is_asked_for():
    with Aside() as aside:
        begun = aside.begin(partial(refuse, 7))
        with pytest.raises(ValueError, match="not 7"):
            begun.result()


def test_leaving_does_not_wait_for_what_nobody_asked_for():
    began = time.monotonic()
    with Aside() as aside:
        slow, next_one = aside.begin(partial(time.sleep, 600)), aside.begin(partial(where, 1))
    assert time.monotonic() - began < 300
    assert slow.done()
    assert next_one.cancelled()
