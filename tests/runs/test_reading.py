import os
from pathlib import Path

import pytest

from inkdigits.errors import ModelFileError
from inkdigits.runs.reading import read_limited


def test_a_file_up_to_the_limit_is_read(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_limited(path, 5) == b"12345"


def test_a_larger_one_is_refused_with_both_sizes(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    with pytest.raises(ModelFileError, match="a must be at most 4 bytes; received 5"):
        read_limited(path, 4)


def test_a_missing_one_is_named(tmp_path: Path):
    with pytest.raises(ModelFileError, match=r"cannot read .*gone: No such file"):
        read_limited(tmp_path / "gone", 4)


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(ModelFileError, match="Is a directory"):
        read_limited(tmp_path, 4)


def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="pipe must be a file; it is a device or a pipe"):
        read_limited(tmp_path / "pipe", 4)


def test_a_device_without_an_end_is_refused():
    with pytest.raises(ModelFileError, match="/dev/zero must be a file"):
        read_limited(Path("/dev/zero"), 4)


def test_a_name_that_no_system_takes_is_refused():
    with pytest.raises(ModelFileError, match="cannot read"):
        read_limited(Path("a\0b"), 4)
