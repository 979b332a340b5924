import os
import subprocess
import sys

import pytest

from inkdigits.errors import DataError
from inkdigits.sources.find import find_source

HEAVY = ("pyarrow", "keras", "tensorflow", "matplotlib")


def test_a_name_is_not_a_folder_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mnist").mkdir()
    assert find_source("mnist").parts == ("train", "test")
    with pytest.raises(DataError, match="must be a folder with a subfolder"):
        find_source("./mnist")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "received a file that starts with b''"),
        (b"\x89PNG\r\n\x1a\n", "must be an IDX, .npz or Parquet file, or a folder"),
        (b"PK\x03\x04", "is damaged"),
        (b"PAR1", "cannot be read"),
    ],
)
def test_files_of_other_kinds_are_refused(tmp_path, content, message):
    path = tmp_path / "mine-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        find_source(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere", "a\0b", "x" * 5000, ""])
def test_odd_names_are_one_line(name, tmp_path):
    with pytest.raises(DataError) as caught:
        find_source(str(tmp_path / "none" / name))
    assert str(caught.value).isprintable()


def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="must be a file or a folder"):
        find_source(tmp_path / "pipe")


def test_nothing_heavy_is_imported_for_other_files_than_parquet(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    program = (
        "import sys\n"
        "from inkdigits.sources.find import find_source\n"
        "find_source('mnist'); find_source(sys.argv[1])\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    words = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
