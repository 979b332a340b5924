import time

import pytest

from inkdigits.workflows.stopwatch import Stopwatch


def test_laps_of_one_name_add_up_to_the_total(monkeypatch: pytest.MonkeyPatch):
    readings = iter([10.0, 11.0, 13.0, 16.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(readings))
    watch = Stopwatch()
    watch.lap("a")
    watch.lap("b")
    watch.lap("a")
    assert watch.timing() == {"a": 4.0, "b": 2.0, "total": 6.0}


def test_it_can_have_started_earlier(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(time, "perf_counter", lambda: 10.0)
    watch = Stopwatch(started=7.5)
    watch.lap("start")
    assert watch.timing() == {"start": 2.5, "total": 2.5}
