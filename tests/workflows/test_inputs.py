import io
import os
import sys
import threading
from pathlib import Path

import pytest

from inkdigits.errors import PictureError
from inkdigits.imaging.limits import Limits
from inkdigits.workflows.inputs import Source, find_sources

ROOT = os.geteuid() == 0


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with files in it, and one below."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.JPG", "notes.txt", ".hidden.png", "deep/c.tiff", ".git/d.png"):
        path = Path("pics", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return Path("pics")


def names(*words):
    return [source.name for source in find_sources(words)]


def problem(word):
    (source,) = find_sources([word])
    with pytest.raises(PictureError) as caught:
        source.load(Limits(max_bytes=1000))
    return str(caught.value)


def test_files_come_in_the_order_given_even_twice(folder):
    assert names("pics/b.png", "-", "pics/notes.txt", "pics/b.png") == [
        *("pics/b.png", "-", "pics/notes.txt", "pics/b.png")
    ]


def test_a_folder_stands_for_the_pictures_in_it_and_below_sorted(folder):
    assert names("pics") == ["pics/a.JPG", "pics/b.png", "pics/deep/c.tiff"]


def test_a_pattern_stands_for_what_the_shell_would_make_of_it(folder):
    assert names("pics/?.png") == ["pics/b.png"]
    assert names("pics/*") == ["pics/a.JPG", "pics/b.png", "pics/deep/c.tiff", "pics/notes.txt"]


def test_two_stars_reach_below(folder):
    assert names("pics/**/*.tiff") == ["pics/deep/c.tiff"]
    assert names("pics/**") == [*("pics/a.JPG", "pics/b.png", "pics/deep/c.tiff", "pics/notes.txt")]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(folder):
    Path("pics/[ab].png").touch()
    assert names("pics/[ab].png") == ["pics/[ab].png"]


def test_what_is_not_there_is_a_problem_of_its_own(folder):
    assert problem("nowhere.png") == "cannot be read: No such file or directory"
    assert problem("pics/*.webp") == "no file matches this pattern"


def test_a_folder_without_pictures_is_a_problem(folder):
    Path("pics/deep/c.tiff").unlink()
    assert problem("pics/deep").startswith("the folder has no pictures in it (.bmp .gif")


def test_a_broken_link_is_a_problem(folder):
    Path("pics/b.png").unlink()
    Path("pics/b.png").symlink_to("gone.png")
    assert problem("pics/b.png") == "cannot be read: No such file or directory"
    assert names("pics") == ["pics/a.JPG", "pics/b.png", "pics/deep/c.tiff"]


def test_a_link_to_the_folder_itself_is_not_followed(folder):
    Path("pics/deep/again").symlink_to("..")
    assert names("pics") == ["pics/a.JPG", "pics/b.png", "pics/deep/c.tiff"]


@pytest.mark.skipif(ROOT, reason="root may read everything")
def test_what_may_not_be_read_is_a_problem(folder):
    Path("pics/b.png").chmod(0)
    assert problem("pics/b.png") == "cannot be read: Permission denied"


def test_a_folder_that_cannot_be_listed_is_a_problem(folder, monkeypatch):
    def walk(top, onerror):
        onerror(PermissionError(13, "Permission denied", top))
        return iter(())

    monkeypatch.setattr(os, "walk", walk)
    assert problem("pics") == "cannot be read: Permission denied"


def test_the_content_is_loaded(folder):
    assert Source("pics/b.png").load(Limits()) == b"b.png"


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 100_000])
def test_files_of_any_size_are_loaded_whole(size, tmp_path):
    content = bytes(range(256)) * (size // 256 + 1)
    path = tmp_path / "a.png"
    path.write_bytes(content[:size])
    assert Source(str(path)).load(Limits()) == content[:size]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_with_a_name_is_read_to_its_end(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=[b"0123456789" * 1000])
    writer.start()
    assert Source(str(path)).load(Limits()) == b"0123456789" * 1000
    writer.join()


def test_a_file_that_is_too_long_is_not_loaded(folder):
    Path("pics/b.png").write_bytes(bytes(2000))
    assert problem("pics/b.png") == "received a file of 2,000 bytes; at most 1,000 are allowed"


def test_a_device_without_end_is_not_read_for_ever():
    assert problem("/dev/zero") == "received a file of 1,001 bytes; at most 1,000 are allowed"


def test_a_file_without_content_is_a_problem(folder):
    Path("pics/b.png").write_bytes(b"")
    assert problem("pics/b.png").startswith("received an empty file")
    assert problem("/dev/null").startswith("received an empty file")


def test_a_name_that_no_file_can_have_is_a_problem():
    assert problem("a\0b") == "cannot be read: embedded null byte"


@pytest.fixture
def stdin(tmp_path, monkeypatch):
    """A function that puts content in the place of standard input."""

    def feed(content):
        path = tmp_path / "stdin"
        path.write_bytes(content)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(path.open("rb")))

    return feed


def test_standard_input_is_loaded(stdin):
    stdin(b"\xff\x00")
    assert Source("-").load(Limits()) == b"\xff\x00"


def test_standard_input_without_content_is_a_problem(stdin):
    stdin(b"")
    with pytest.raises(PictureError, match="received an empty file"):
        Source("-").load(Limits())
