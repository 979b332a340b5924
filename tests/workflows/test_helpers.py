import os
import subprocess
import sys
import time
from functools import partial
from itertools import chain
from pathlib import Path

import pytest

from inkdigits.workflows import helper_start, helpers
from inkdigits.workflows.helper_start import helpers_ahead
from inkdigits.workflows.helpers import MOST_ITEMS, share_out
from tests.places import REPOSITORY
from tests.workflows.helped_work import PATIENCE, SlowHere, is_gone, make, make_nothing

ITEMS = range(200)


@pytest.fixture
def log(tmp_path, monkeypatch):
    """A file in which a helper notes each batch."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))  # for helpers to find tests
    return tmp_path / "log"


@pytest.fixture
def nobody_else_starts(monkeypatch):
    """A function after whose call no process may be started."""

    def refuse(*_, **__):
        raise AssertionError("a helper was started")

    return partial(monkeypatch.setattr, subprocess, "Popen", refuse)


@pytest.fixture
def nobody_starts(nobody_else_starts):
    nobody_else_starts()


def flat(results):
    return list(chain.from_iterable(results))


def test_nothing_to_do_gives_nothing():
    assert list(share_out([], SlowHere(Path("none")))) == []


@pytest.mark.parametrize("n", [1, 4, 5, 1000])
def test_alone_no_result_is_lost_and_batches_grow(n):
    found = list(share_out(range(n), lambda items: [-item for item in items]))
    assert flat(found) == [-item for item in range(n)]
    assert all(1 <= len(results) <= MOST_ITEMS for results in found)
    assert [len(results) for results in found[:3]] in ([1], [4], [4, 1], [4, 8, 16])


def test_work_may_do_the_first_few_of_its_items():
    asked = []

    def three(items):
        asked.append(list(items))
        return list(items[:3])

    assert flat(share_out(range(10), three)) == list(range(10))
    assert asked == [[0, 1, 2, 3], [3], [4, 5, 6, 7], [7], [8, 9]]


def test_batches_shrink_where_items_last(monkeypatch):
    monkeypatch.setattr(helpers, "_SHORT", -1)
    monkeypatch.setattr(helpers, "_LONG", -1)
    found = share_out(range(9), lambda items: list(items))
    assert [len(results) for results in found] == [4, 2, 1, 1, 1]


def test_a_helper_shares_the_work_and_results_are_in_order(log):
    found = flat(share_out(ITEMS, SlowHere(log), partial(make, "negate", log), helpers=1))
    assert [value for value, _ in found] == [-item for item in ITEMS]
    processes = {process for _, process in found}
    assert len(processes) == 2
    assert os.getpid() in processes
    (helper,) = processes - {os.getpid()}
    assert is_gone(helper)


def test_a_helper_may_do_the_first_few_of_its_items(log):
    work, make_work = SlowHere(log, most=3), partial(make, "negate", log, most=2)
    found = flat(share_out(ITEMS, work, make_work, helpers=1))
    assert [value for value, _ in found] == [-item for item in ITEMS]


@pytest.mark.parametrize("work", ["crash", "fail", "return_a_lock"])
def test_what_a_helper_cannot_do_is_done_here(log, work):
    found = flat(share_out(ITEMS, SlowHere(log), partial(make, work, log), helpers=1))
    assert found == [(-item, os.getpid()) for item in ITEMS]
    assert log.read_text() == "done\n"


def test_a_helper_that_cannot_begin_is_not_missed(log):
    found = flat(share_out(ITEMS, SlowHere(log), partial(make_nothing, log), helpers=1))
    assert found == [(-item, os.getpid()) for item in ITEMS]


def test_all_is_done_here_where_no_process_can_be_started(log, monkeypatch):
    def refuse(*_, **__):
        asked.append(1)
        raise OSError("no more processes")

    asked = []
    monkeypatch.setattr(subprocess, "Popen", refuse)
    log.write_text("nobody to wait for\n")
    found = flat(share_out(ITEMS, SlowHere(log), partial(make, "negate", log), helpers=2))
    assert found == [(-item, os.getpid()) for item in ITEMS]
    assert len(asked) == 2


def test_all_is_done_here_where_python_is_not_to_be_found(log, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(log.parent / "nothing"))
    log.write_text("nobody to wait for\n")
    found = flat(share_out(ITEMS, SlowHere(log), partial(make, "negate", log), helpers=1))
    assert found == [(-item, os.getpid()) for item in ITEMS]


def test_no_helper_is_started_for_what_is_done_soon(nobody_starts, log):
    work = partial(make, "negate", log)
    assert flat(share_out(range(50), list, work, helpers=1)) == list(range(50))


@pytest.mark.parametrize("options", [{"helpers": 0}, {}], ids=["none wanted", "one core"])
def test_no_helper_is_started_where_none_can_help(nobody_starts, log, monkeypatch, options):
    monkeypatch.setattr(helper_start, "available_cores", lambda: 1)
    log.write_text("nobody to wait for\n")
    found = share_out(ITEMS, SlowHere(log), partial(make, "negate", log), **options)
    assert len(flat(found)) == len(ITEMS)


def test_a_helper_does_not_hurry_far_ahead(log):
    counts = []

    class Late(SlowHere):
        def __call__(self, items):
            done = super().__call__(items)
            if self.calls == 2:
                time.sleep(0.5)  # a helper that may go on does
                counts.append(len(log.read_text().splitlines()))
            return done

    work = Late(log, lines=4)
    assert len(flat(share_out(ITEMS, work, partial(make, "negate", log), helpers=1))) == len(ITEMS)
    assert counts == [4]


def test_helpers_end_with_whoever_takes_the_results(log):
    found = share_out(ITEMS, SlowHere(log), partial(make, "negate", log), helpers=1)
    for results in found:
        process = results[0][1]
        if process != os.getpid():
            break
    assert not is_gone(process)
    found.close()
    assert is_gone(process)


def test_an_error_here_is_raised_and_ends_the_helpers(log):
    class Failing(SlowHere):
        def __call__(self, items):
            done = super().__call__(items)
            if self.calls == 3:
                raise ValueError("not today")
            return done

    processes = set()
    with pytest.raises(ValueError, match="not today"):
        for results in share_out(ITEMS, Failing(log), partial(make, "negate", log), helpers=1):
            processes |= {process for _, process in results}
    assert all(map(is_gone, processes - {os.getpid()}))


class QuickHere(SlowHere):
    """Waits for a helper before the first batch too: it has been started already."""

    def __init__(self, log):
        super().__init__(log)
        self.calls = 1


def test_helpers_that_are_ready_work_from_the_beginning(log, nobody_else_starts):
    with helpers_ahead(10_000, ["tests.workflows.helped_work"], helpers=2) as ready:
        assert len(ready) == 2
        nobody_else_starts()
        work = partial(make, "negate", log)
        found = flat(share_out(ITEMS, QuickHere(log), work, ready=ready))
    assert [value for value, _ in found] == [-item for item in ITEMS]
    assert {process for _, process in found} - {os.getpid()} <= {each.pid for each in ready}
    assert all(is_gone(each.pid) for each in ready)


def test_helpers_that_are_ready_and_not_needed_are_gone_in_the_end(log):
    with helpers_ahead(10_000, helpers=1) as ready:
        assert flat(share_out(range(3), list, ready=ready)) == [0, 1, 2]
    (process,) = ready
    assert is_gone(process.pid)


def test_helpers_that_are_ready_are_gone_after_an_error():
    with pytest.raises(ValueError, match="not today"), helpers_ahead(10_000, helpers=1) as ready:
        raise ValueError("not today")
    assert is_gone(ready[0].pid)


def test_a_helper_that_cannot_import_is_not_missed(log):
    with helpers_ahead(10_000, ["inkdigits.nothing"], helpers=1) as ready:
        ready[0].wait(PATIENCE)
        found = flat(share_out(ITEMS, list, partial(make, "negate", log), ready=ready))
    assert found == [*ITEMS]


def test_no_helper_is_started_ahead_for_few(nobody_starts):
    with helpers_ahead(100, helpers=1) as ready:
        assert ready == []


def test_no_helper_is_ready_where_no_process_can_be_started(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with helpers_ahead(10_000, helpers=1) as ready:
        assert ready == []
