import os

import numpy as np
import pytest

from inkdigits.errors import DataError
from inkdigits.sources.folder import open_folder


@pytest.fixture
def touch(tmp_path):
    """Make files, and their folders."""

    def make(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return tmp_path

    return make


def found(source, part="train"):
    return [(item.where, item.label) for item in source.items(part)]


def test_each_subfolder_is_a_class(touch):
    source = open_folder(touch("cat/1.png", "dog/1.JPG", "dog/2.webp"))
    assert (source.class_names, source.parts, source.named) == (("cat", "dog"), ("train",), True)
    assert found(source) == [("cat/1.png", 0), ("dog/1.JPG", 1), ("dog/2.webp", 1)]


def test_parts_may_be_folders(touch):
    source = open_folder(touch("train/a/1.png", "train/b/1.png", "test/b/2.png", "val/a/3.png"))
    assert source.parts == ("train", "test")
    assert found(source, "test") == [("test/b/2.png", 1)]


def test_classes_may_be_called_train_and_test(touch):
    source = open_folder(touch("train/1.png", "test/2.png"))
    assert (source.class_names, source.parts) == (("test", "train"), ("train",))


def test_a_train_among_other_classes_is_a_class(touch):
    assert open_folder(touch("train/red/1.png", "car/1.png")).class_names == ("car", "train")


def test_numbers_are_in_their_order(touch):
    source = open_folder(touch("10/1.png", "9/1.png", "2/1.png"))
    assert source.class_names == ("2", "9", "10")


def test_what_is_hidden_or_no_picture_is_left_out(touch):
    source = open_folder(
        touch("a/1.png", "a/.2.png", "a/notes.txt", "a/.git/3.png", "b/1.png", ".c/1.png", "4.png")
    )
    assert source.class_names == ("a", "b")
    assert found(source) == [("a/1.png", 0), ("b/1.png", 1)]


def test_folders_within_a_class_are_searched(touch):
    source = open_folder(touch("a/x/y/1.png", "a/2.png", "b/1.png"))
    assert [where for where, label in found(source) if label == 0] == ["a/2.png", "a/x/y/1.png"]


def test_a_link_to_a_class_is_followed_and_others_are_not(touch, tmp_path_factory):
    root = touch("a/1.png", "b/1.png")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "1.png").touch()
    (root / "c").symlink_to(elsewhere)
    (root / "a" / "deep").symlink_to(elsewhere)
    (root / "b" / "loop").symlink_to(root)
    assert [where for where, _ in found(open_folder(root))] == ["a/1.png", "b/1.png", "c/1.png"]


def test_a_class_that_leads_back_is_refused(touch):
    root = touch("a/1.png", "b/1.png")
    (root / "c").symlink_to(root)
    with pytest.raises(DataError, match="c is a link that leads back to"):
        open_folder(root)


def test_links_to_themselves_are_no_classes(touch):
    root = touch("a/1.png", "b/1.png")
    (root / "c").symlink_to(root / "c")
    (root / "a" / "self.png").symlink_to(root / "a" / "self.png")
    source = open_folder(root)
    assert source.class_names == ("a", "b")
    assert ("a/self.png", 0) in found(source)  # decoding will tell that it is no file
    assert len(source.checksum()) == 64


def test_names_with_newlines_stay_on_one_line(touch):
    source = open_folder(touch("a/two\nlines.png", "b/1.png"))
    assert found(source)[0] == ("a/two\\nlines.png", 0)
    with pytest.raises(DataError, match=r'printable characters; received "c\\nd"'):
        open_folder(touch("c\nd/1.png"))


def test_names_that_are_no_text_stay_printable(touch, tmp_path):
    touch("a/1.png", "b/1.png")
    (tmp_path / "a" / os.fsdecode(b"\xff.png")).touch()
    source = open_folder(tmp_path)
    assert all(where.isprintable() for where, _ in found(source))
    assert len(source.checksum()) == 64


@pytest.mark.parametrize("classes", [1, 256])
def test_too_few_and_too_many_classes_are_refused(touch, classes):
    root = touch(*(f"{i}/1.png" for i in range(classes)))
    with pytest.raises(DataError, match=f"must have 2 to 255 classes; received {classes}"):
        open_folder(root)


def test_255_classes_are_fine(touch):
    assert len(open_folder(touch(*(f"{i}/1.png" for i in range(255)))).class_names) == 255


def test_a_folder_without_subfolders_is_refused(touch):
    with pytest.raises(DataError, match="must be a folder with a subfolder of pictures"):
        open_folder(touch("1.png"))


def test_a_class_of_the_test_part_alone_is_refused(touch):
    with pytest.raises(DataError, match='the test part has a class "c" that the training part'):
        open_folder(touch("train/a/1.png", "train/b/1.png", "test/c/1.png"))


def test_the_checksum_is_over_names_and_contents(touch, write_picture):
    root = touch("a/1.png", "b/1.png")
    before = open_folder(root).checksum()
    write_picture(root / "b" / "1.png", np.zeros((8, 8), np.uint8))
    assert open_folder(root).checksum() != before
