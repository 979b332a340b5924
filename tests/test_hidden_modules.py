import sys

import pytest

from inkdigits.hidden_modules import hidden, hide


@pytest.fixture
def not_yet_imported(monkeypatch):
    """Modules of Python that hardly anything imports."""
    for name in ("this", "antigravity"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("not_yet_imported")
def test_what_is_hidden_cannot_be_imported_until_the_end():
    with hidden("this", "antigravity"):
        for name in ("this", "antigravity"):
            with pytest.raises(ModuleNotFoundError):
                __import__(name)
    assert "this" not in sys.modules
    assert __import__("this").__name__ == "this"


@pytest.mark.usefixtures("not_yet_imported")
def test_it_can_be_imported_after_an_error_too():
    with pytest.raises(KeyError), hidden("this"):
        raise KeyError
    assert __import__("this").__name__ == "this"


def test_what_was_imported_before_stays():
    import json

    with hidden("json", "this"):
        assert __import__("json") is json
    assert sys.modules["json"] is json


@pytest.mark.usefixtures("not_yet_imported")
def test_a_package_is_hidden_with_all_that_is_in_it():
    with hidden("wsgiref"):
        with pytest.raises(ModuleNotFoundError):
            __import__("wsgiref.util")


@pytest.mark.usefixtures("not_yet_imported")
def test_what_is_hidden_for_good_is_told_and_can_be_shown_again():
    assert hide("sys", "this") == ["this"]
    with pytest.raises(ModuleNotFoundError):
        __import__("this")
    del sys.modules["this"]
    assert __import__("this").__name__ == "this"
