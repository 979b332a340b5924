import threading
from itertools import chain

import pytest

from inkdigits.workflows.ahead import in_chunks, one_ahead


def chunks(work, items, **options):
    return list(
        in_chunks(work, items, **{"weigh": lambda _: 1, "heaviest": 100, "most": 4} | options)
    )


def test_nothing_to_do_gives_nothing():
    assert chunks(abs, []) == []


def test_results_come_in_order_whichever_is_done_first():
    last_is_done = threading.Event()

    def work(item):
        if item == 0:
            assert last_is_done.wait(10)
        else:
            last_is_done.set()
        return item

    assert list(chain(*chunks(work, range(50)))) == list(range(50))


@pytest.mark.parametrize("n", [1, 2, 4, 5, 99])
def test_no_result_is_lost_and_no_chunk_has_too_many(n):
    found = chunks(lambda item: -item, range(n))
    assert list(chain(*found)) == [-item for item in range(n)]
    assert all(1 <= len(chunk) <= 4 for chunk in found)


def test_a_chunk_ends_once_it_is_heavy_enough():
    assert chunks(int, [1, 1, 9, 9, 1], weigh=float, heaviest=9) == [[1, 1, 9], [9], [1]]


def test_one_heavier_than_allowed_comes_alone():
    assert chunks(int, [50, 50, 50], weigh=float, heaviest=9) == [[50], [50], [50]]


@pytest.mark.parametrize("threads", [1, 3])
def test_no_more_than_a_chunk_waits_beyond_the_one_in_use(threads):
    begun = []

    def work(item):
        begun.append(item)
        return item

    options = {"heaviest": 100, "most": 4, "threads": threads}
    seen = 0
    for chunk in in_chunks(work, range(100), weigh=lambda _: 1, **options):
        seen += len(chunk)
        assert len(begun) <= seen + 4 + threads
    assert seen == 100


def test_one_thread_is_the_callers_own():
    names = set()

    def work(item):
        names.add(threading.get_ident())

    options = {"heaviest": 100, "most": 4, "threads": 1}
    assert sum(map(len, in_chunks(work, range(50), weigh=lambda _: 1, **options))) == 50
    assert names == {threading.get_ident()}


@pytest.mark.parametrize("threads", [1, 2])
def test_a_defect_is_raised_when_its_turn_comes(threads):
    def work(item):
        if item == 5:
            raise ZeroDivisionError("five")
        return item

    found = []
    with pytest.raises(ZeroDivisionError, match="five"):
        for chunk in in_chunks(
            work, range(100), weigh=lambda _: 1, heaviest=100, most=4, threads=threads
        ):
            found += chunk
    assert found == [0, 1, 2, 3, 4]


def test_whoever_stops_taking_stops_the_threads():
    before = threading.active_count()
    found = in_chunks(abs, range(1000), weigh=lambda _: 1, heaviest=100, most=4)
    next(found)
    found.close()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(10)
    assert threading.active_count() <= before


def test_one_ahead_gives_results_in_order():
    assert list(one_ahead(abs, [])) == []
    assert list(one_ahead(abs, iter([-3]))) == [3]
    assert list(one_ahead(abs, range(-50, 0))) == list(range(50, 0, -1))


def test_the_next_is_begun_while_the_caller_uses_the_one_before():
    begun = {item: threading.Event() for item in range(4)}

    def work(item):
        begun[item].set()
        return item

    for item in one_ahead(work, range(4)):
        if item < 3:
            assert begun[item + 1].wait(10)
        assert not any(begun[later].is_set() for later in range(item + 2, 4))


def test_one_ahead_never_works_on_two_at_a_time():
    busy = threading.Lock()

    def work(item):
        assert busy.acquire(blocking=False)
        try:
            return item
        finally:
            busy.release()

    assert list(one_ahead(work, range(200))) == list(range(200))


def test_what_fails_is_told_in_its_turn():
    found = one_ahead(lambda item: 1 // item, [1, 1, 0, 1])
    assert [next(found), next(found)] == [1, 1]
    with pytest.raises(ZeroDivisionError):
        next(found)


def test_items_that_fail_are_told_too():
    def items():
        yield 1
        raise OSError("no more")

    found = one_ahead(abs, items())
    with pytest.raises(OSError, match="no more"):
        list(found)


def test_who_stops_early_leaves_no_thread():
    before = threading.active_count()
    found = one_ahead(abs, range(100))
    assert next(found) == 0
    found.close()
    assert threading.active_count() == before
