import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from inkdigits.runs import safetensors_header
from inkdigits.runs.safetensors_header import header_size, read_header


def header(*entries, **named):
    return json.dumps({**{str(place): entry for place, entry in enumerate(entries)}, **named})


def entry(begin, end, *shape, dtype="U8"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def refused(text, data_bytes=0):
    with pytest.raises(ValueError) as caught:
        read_header(text if isinstance(text, bytes) else text.encode(), data_bytes)
    return str(caught.value)


def test_what_the_library_writes_is_read():
    arrays = {
        "a/b": np.zeros((2, 3), np.float32),
        "c": np.array(5),
        "d": np.zeros((0, 4), np.uint8),
    }
    content = save(arrays, {"who": "me"})
    size = header_size(content[:8], len(content))
    found = read_header(content[8 : 8 + size], len(content) - 8 - size)
    assert found.shapes == {"a/b": (2, 3), "c": (), "d": (0, 4)}
    assert found.metadata == {"who": "me"}


@pytest.mark.parametrize(
    ("length", "file_size", "reason"),
    [
        (3, 10, "it is cut off"),
        (2**63, 10, "it is cut off"),
        (2**22 + 1, 2**23, "its header must be at most 4,194,304 bytes; it is 4,194,305"),
    ],
)
def test_a_header_longer_than_file_or_limit_is_refused(length, file_size, reason):
    with pytest.raises(ValueError, match=reason):
        header_size(length.to_bytes(8, "little"), file_size)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("[]", "its header must be a JSON object"),
        ("[" * 100_000, "its header is too deep"),
        (b"\xff\xff", "its header is no text"),
        ('{"a": 1, "a": 2}', "its header says something twice"),
        ('{"__metadata__": 1}', "its metadata must be texts by name"),
        ('{"__metadata__": {"a": 1}}', "its metadata must be texts by name"),
        ('{"a": 1}', "an array must have a type, a shape and a place; received 1"),
        ('{"a": {"dtype": "U8"}}', "an array must have a type, a shape and a place"),
        (header(entry(0, 1, True)), "an array must have a type, a shape and a place"),
        (header(entry(0, 1, -1)), "an array must have a type, a shape and a place"),
        (header(entry(0, 1, 1.0)), "an array must have a type, a shape and a place"),
        (header(entry(0, 1, 2**40)), "an array must have a type, a shape and a place"),
        (header({**entry(0, 1, 1), "more": 1}), "an array must have a type, a shape and a place"),
        (header(entry(0, 1, 1, dtype="F8_E4M3")), "it cannot hold 'F8_E4M3' of 1 axes"),
        (header(entry(0, 1, *[1] * 9)), "it cannot hold 'U8' of 9 axes"),
    ],
)
def test_what_is_no_header_is_refused(text, reason):
    assert reason in refused(text)


@pytest.mark.parametrize(
    ("entries", "data_bytes", "reason"),
    [
        ([entry(0, 4, 5)], 4, "an array of shape (5,) cannot have 4 bytes"),
        ([entry(0, 16, 10**6, 10**6)], 16, "shape (1000000, 1000000) cannot have 16 bytes"),
        ([entry(4, 0, 1)], 4, "an array of shape (1,) cannot have -4 bytes"),
        ([entry(0, 4, 1, dtype="F64")], 4, "an array of shape (1,) cannot have 4 bytes"),
        ([entry(0, 4, 4), entry(2, 6, 4)], 6, "byte 2 belongs to two arrays or to none"),
        ([entry(0, 4, 4), entry(0, 4, 4)], 4, "byte 0 belongs to two arrays or to none"),
        ([entry(1, 5, 4)], 5, "byte 0 belongs to two arrays or to none"),
        ([entry(0, 4, 4), entry(5, 6, 1)], 6, "byte 4 belongs to two arrays or to none"),
        ([entry(0, 4, 4)], 5, "its arrays must have 5 bytes; they have 4"),
        ([entry(0, 4, 4)], 3, "its arrays must have 3 bytes; they have 4"),
    ],
)
def test_arrays_must_fill_the_file_and_nothing_else(entries, data_bytes, reason):
    assert reason in refused(header(*entries), data_bytes)


def test_there_is_an_end_to_the_number_of_arrays(monkeypatch):
    monkeypatch.setattr(safetensors_header, "MAX_ARRAYS", 1)
    assert (
        refused(header(entry(0, 0, 0), entry(0, 0, 0)))
        == "it must hold at most 1 arrays; it holds 2"
    )


def test_there_is_an_end_to_the_number_of_objects():
    assert refused('{"a":{}' + ',"a":{}' * 30_000 + "}") == (
        "its header must hold at most 30,000 objects"
    )


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_read_or_refused(value):
    try:
        read_header(json.dumps(value).encode(), 0)
    except ValueError as error:
        assert "\n" not in str(error)
