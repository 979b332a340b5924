import ctypes
import platform
from types import SimpleNamespace

import pytest

from inkdigits.training.heap import trim_heap


def test_glibc_is_asked_for_all_that_it_keeps(monkeypatch):
    asked = []
    library = SimpleNamespace(malloc_trim=asked.append)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    assert trim_heap()
    assert asked == [0]


@pytest.mark.parametrize("error", [AttributeError, OSError, TypeError])
def test_where_nobody_can_be_asked_nothing_happens(monkeypatch, error):
    def missing(_):
        raise error("no such library, or no such function in it")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert not trim_heap()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_the_c_library_of_this_system_has_it():
    assert trim_heap()
