import inspect
import re

import pytest

from inkdigits import errors

RAISED = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, errors.InkdigitsError) and each is not errors.InkdigitsError
]


def drawn_tree():
    """The tree in the module's docstring: class -> (class above it, exit code or None)."""
    tree, above = {}, {0: "InkdigitsError"}
    for line in inspect.getdoc(errors).splitlines():
        found = re.match(r"([│ ]*)[├└]── (\w+)", line)
        if found:
            depth = len(found[1]) // 4 + 1
            code = re.search(r"exit code (\d+)", line)
            tree[found[2]] = (above[depth - 1], int(code[1]) if code else None)
            above[depth] = found[2]
    return tree


def test_the_tree_in_the_docstring_shows_every_error():
    assert drawn_tree().keys() == {each.__name__ for each in RAISED}


@pytest.mark.parametrize("error", RAISED, ids=lambda error: error.__name__)
def test_every_error_stands_where_the_docstring_draws_it(error):
    above, _ = drawn_tree()[error.__name__]
    assert error.__bases__ == (getattr(errors, above),)


def test_every_error_has_the_exit_code_that_the_docstring_gives():
    for name, (above, code) in drawn_tree().items():
        wanted = code if code is not None else drawn_tree()[above][1]
        assert getattr(errors, name).exit_code == wanted


def test_exit_codes_are_the_agreed_ones():
    assert errors.EXIT_DONE == 0
    assert errors.EXIT_SOME_FAILED == 1
    assert errors.EXIT_WRONG_INPUT == 2
    assert errors.EXIT_INTERNAL == 3
    assert errors.EXIT_INTERRUPTED == 130
    assert errors.InkdigitsError.exit_code == errors.EXIT_WRONG_INPUT
