import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkdigits.recognition.onnx_file import wire
from inkdigits.recognition.onnx_file.wire import Kind, Reader, RefusedError, Slot

INNER = {1: Slot("number", Kind.NUMBER)}
SCHEMA = {
    1: Slot("number", Kind.NUMBER),
    2: Slot("numbers", Kind.NUMBERS),
    3: Slot("float", Kind.FLOAT),
    4: Slot("text", Kind.TEXT),
    5: Slot("bytes", Kind.BYTES),
    6: Slot("inner", Kind.MESSAGE, many=True, of=INNER),
}
NOTHING = {"number": None, "numbers": [], "float": None, "text": None, "bytes": None, "inner": []}


def read(content):
    return Reader().read(memoryview(content), SCHEMA)


def refused(content):
    with pytest.raises(RefusedError) as caught:
        read(content)
    return str(caught.value)


def test_an_empty_message_has_no_values():
    assert read(b"") == NOTHING


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b"\x08\x96\x01", {"number": 150}),  # the example of the format's own description
        (b"\x08" + b"\xff" * 9 + b"\x01", {"number": -1}),
        (b"\x10\x01\x10\x02", {"numbers": [1, 2]}),
        (b"\x12\x03\x01\x96\x01", {"numbers": [1, 150]}),
        (b"\x1d\x00\x00\x80\x3f", {"float": 1.0}),
        (b"\x22\x02\xc3\xa9", {"text": "é"}),
        (b"\x2a\x02\x00\xff", {"bytes": b"\x00\xff"}),
        (b"\x32\x02\x08\x05\x32\x00", {"inner": [{"number": 5}, {"number": None}]}),
    ],
)
def test_every_kind_of_value_is_read(content, values):
    assert read(content) == {**NOTHING, **values}


def test_long_bytes_are_not_copied():
    content = b"\x2a\x02ab"
    assert read(content)["bytes"].obj is content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x38\x01", "field 7 is none that inkdigits writes"),
        (b"\x00\x01", "field 0 is none that inkdigits writes"),
        (b"\x08\x01\x08\x01", "`number` comes twice"),
        (b"\x22\x01a\x22\x01a", "`text` comes twice"),
        (b"\x0a\x01a", "`number` must be a number"),
        (b"\x20\x01", "`text` must be a text"),
        (b"\x0d\x00\x00\x80\x3f", "`number` must be a number"),
        (b"\x0b\x0c", "it has a field of the unknown encoding 3"),
        (b"\x22\x05ab", "it is cut off"),
        (b"\x22" + b"\xff" * 8 + b"\x7f", "it is cut off"),
        (b"\x08", "it is cut off, or holds a number of more than 64 bits"),
        (b"\x08" + b"\xff" * 9 + b"\x02", "it is cut off, or holds a number of more than 64 bits"),
        (b"\x08" + b"\xff" * 20, "it is cut off, or holds a number of more than 64 bits"),
        (b"\x22\x01\xff", "`text` must be text in UTF-8"),
        (b"\x22\x04\x1b[2J", "`text` must have no control characters"),
        (b"\x32\x02\x10\x01", "field 2 is none that inkdigits writes"),
        (b"\x12\x11" + b"\x01" * 17, "`numbers` must be at most 16 numbers"),
        (b"\x10\x01" * 17, "`numbers` must be at most 16 numbers"),
    ],
)
def test_whatever_else_there_is_is_refused(content, reason):
    assert refused(content) == reason


def test_there_is_an_end_to_the_number_of_fields(monkeypatch):
    monkeypatch.setattr(wire, "MAX_FIELDS", 4)
    assert len(read(b"\x32\x00" * 4)["inner"]) == 4
    assert refused(b"\x32\x02\x08\x01" * 3) == "it must have at most 4 fields"


def test_there_is_an_end_to_a_list(monkeypatch):
    monkeypatch.setattr(wire, "MAX_LIST", 4)
    assert len(read(b"\x32\x00" * 4)["inner"]) == 4
    assert refused(b"\x32\x00" * 5) == "it must have at most 4 `inner`"


def test_there_is_an_end_to_a_text(monkeypatch):
    monkeypatch.setattr(wire, "MAX_TEXT_BYTES", 2)
    assert read(b"\x22\x02ab")["text"] == "ab"
    assert refused(b"\x22\x03abc") == "`text` must be at most 2 bytes"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content):
    try:
        read(content)
    except RefusedError as error:
        assert str(error).isprintable()
