from pathlib import Path

import pytest

from inkdigits.errors import ModelFileError
from inkdigits.recognition.onnx_file import opened
from inkdigits.recognition.onnx_file.opened import NetworkFile, open_network
from tests.hand_made_networks import write_network


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_network(tmp_path / "seven.onnx", answer=7)


def test_a_file_is_named_after_its_path(path: Path):
    file = open_network(path)
    assert (file.name, file.content) == (str(path), path.read_bytes())


def test_content_has_no_name(path: Path):
    assert open_network(path.read_bytes()).name == "the content"


def test_what_is_open_is_not_opened_again(path: Path):
    file = open_network(path)
    path.unlink()
    assert open_network(file) is file


def test_there_is_no_way_around_the_check(path: Path):
    with pytest.raises(
        ModelFileError, match=r"^x is not a network of inkdigits: it holds no graph"
    ):
        NetworkFile(b"", "x")


def test_a_file_over_the_limit_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opened, "MAX_BYTES", 100)
    with pytest.raises(ModelFileError, match=r"seven\.onnx must be at most 100 bytes; received"):
        open_network(path)


def test_a_large_file_is_refused_for_its_structure_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opened, "LARGE", 100)
    monkeypatch.setattr(opened, "check_network", lambda _: pytest.fail("it was read"))
    path = tmp_path / "large.onnx"
    path.write_bytes(b"\x62" + bytes(200))
    with pytest.raises(
        ModelFileError, match=r"large\.onnx is not a network of inkdigits: field 12"
    ):
        open_network(path)


def test_a_large_network_is_taken(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opened, "LARGE", 100)
    assert open_network(path).content == path.read_bytes()
