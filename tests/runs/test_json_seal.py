import json

from inkdigits.runs.json_seal import holds, with_seal

TEXT = '{"b": 0.1, "a": {"c": [1, 2]}}'


def test_the_seal_comes_last_and_holds():
    sealed = with_seal(TEXT, b"other")
    document = json.loads(sealed)
    assert list(document) == ["b", "a", "seal"]
    assert len(document["seal"]) == 64
    assert holds(sealed, b"other")


def test_spaces_and_order_do_not_count():
    document = json.loads(with_seal(TEXT))
    assert holds(json.dumps(dict(reversed(document.items())), indent=7).encode())


def test_every_other_value_is_noticed():
    sealed = with_seal(TEXT)
    for old, new in (("0.1", "0.2"), ('"b"', '"d"'), ("1,", "3,"), ('"seal": "', '"seal": "0')):
        assert old in sealed
        assert not holds(sealed.replace(old, new))


def test_so_are_other_files():
    assert not holds(with_seal(TEXT, b"other"), b"another")
    assert not holds(with_seal(TEXT, b"other"))
    assert not holds(with_seal(TEXT), b"other")


def test_what_has_no_seal_is_not_checked():
    assert holds(TEXT, b"anything")
