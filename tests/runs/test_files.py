import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from inkdigits.errors import OutputError
from inkdigits.runs.files import fill_whole, make_folder, remove_leftovers, write_whole


def test_text_and_bytes_are_written_as_given(tmp_path: Path):
    write_whole(tmp_path / "a.txt", "grüß")
    write_whole(tmp_path / "b.bin", b"\x00\xff")
    assert (tmp_path / "a.txt").read_bytes() == "grüß".encode()
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff"


def test_an_older_file_is_replaced_and_nothing_else_is_left(tmp_path: Path):
    path = tmp_path / "a.txt"
    write_whole(path, "old")
    write_whole(path, "new")
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "new"


def test_the_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path):
    old = os.umask(0o027)
    try:
        write_whole(tmp_path / "a.txt", "x")
    finally:
        os.umask(old)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_failure_while_filling_leaves_the_older_file(tmp_path: Path):
    path = tmp_path / "a.txt"
    write_whole(path, "old")

    def fill(temporary: Path) -> None:
        temporary.write_text("half of the new")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match=r"cannot write .*a\.txt: No space left on device"):
        fill_whole(path, fill)
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text() == "old"


def test_ctrl_c_while_filling_leaves_no_temporary_file(tmp_path: Path):
    def fill(temporary: Path) -> None:
        temporary.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_whole(tmp_path / "a.txt", fill)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(OutputError, match=r"missing/a\.txt: No such file or directory"):
        write_whole(tmp_path / "missing" / "a.txt", "x")


def test_a_folder_where_a_file_stands_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="File exists"):
        make_folder(tmp_path / "file")


def _limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_a_disk_that_takes_only_a_part_leaves_nothing_half_written(tmp_path: Path):
    program = (
        "from pathlib import Path\n"
        "from inkdigits.errors import OutputError\n"
        "from inkdigits.runs.files import write_whole\n"
        "try:\n"
        f"    write_whole(Path({str(tmp_path / 'big.bin')!r}), bytes(100_000))\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=_limit_file_size,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "big.bin: File too large" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_leftovers_are_removed_and_nothing_else(tmp_path: Path):
    for name in (".writing-abc.json", ".writing-1", "a.json", ".lock"):
        (tmp_path / name).touch()
    (tmp_path / "members").mkdir()
    (tmp_path / "members" / ".writing-2").touch()  # perhaps that of another writer
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", ".lock", "members"}
    assert (tmp_path / "members" / ".writing-2").exists()
    remove_leftovers(tmp_path / "missing")
