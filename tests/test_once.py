from threading import Barrier, Thread

import pytest

from inkdigits.once import Once


def test_it_is_made_when_it_is_first_asked_for():
    made = []
    thing = Once(lambda: made.append("once") or made)
    assert made == []
    assert thing() is thing() is made
    assert made == ["once"]


def test_nothing_may_be_the_thing():
    made = []
    thing = Once(lambda: made.append("once"))
    assert (thing(), thing(), made) == (None, None, ["once"])


def test_threads_that_are_first_at_once_get_the_same():
    both = Barrier(2)
    thing = Once(object)
    got = []

    def ask():
        both.wait()
        got.append(thing())

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 2 and got[0] is got[1]


def test_what_failed_is_tried_again():
    results = iter([0, 2])
    thing = Once(lambda: 1 / next(results))
    with pytest.raises(ZeroDivisionError):
        thing()
    assert thing() == 0.5
