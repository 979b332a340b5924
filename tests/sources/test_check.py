import numpy as np
import pytest
from PIL import Image

from inkdigits.sources.check import check
from inkdigits.sources.load import load_source


@pytest.fixture
def textures(rng):
    """A function that makes smooth pictures that differ."""

    def make(n):
        coarse = rng.integers(0, 256, (n, 5, 5), dtype=np.uint8)
        return [np.asarray(Image.fromarray(each).resize((40, 40))) for each in coarse]

    return make


@pytest.fixture
def folder(tmp_path, write_picture, textures):
    """Three training pictures and a test picture of each of two classes."""
    pictures = textures(8)
    for i, picture in enumerate(pictures):
        part = "test" if i >= 6 else "train"
        write_picture(tmp_path / "mine" / part / "ab"[i % 2] / f"{i}.png", picture)
    return tmp_path / "mine"


def checked(path):
    return check(load_source(path, thumbnails=True))


def test_all_is_well(folder):
    found = checked(folder)
    assert found.problems == []
    assert (found.counts("train"), found.counts("test")) == ([3, 3], [1, 1])
    assert (found.imbalance, found.is_uneven) == (1.0, False)


def test_a_copy_in_another_format_is_a_leak(folder):
    Image.open(folder / "train/a/0.png").save(folder / "test/a/copy.bmp")
    found = checked(folder)
    assert found.problems == ["test images that are training images, too: 1"]
    (_, test), (_, train) = found.alike.leaks[0]
    where = found.loaded.where
    assert (where["test"][test], where["train"][train]) == ("test/a/copy.bmp", "train/a/0.png")
    assert found.near == []


def test_a_copy_in_another_size_and_light_is_a_near_leak(folder):
    picture = Image.open(folder / "train/a/2.png").resize((100, 80)).point(lambda v: v * 0.8 + 20)
    picture.save(folder / "test/a/copy.jpg", quality=80)
    found = checked(folder)
    assert found.problems == ["test images nearly the same as a training image: 1"]
    where = found.loaded.where
    assert where["test"][found.near[0].second] == "test/a/copy.jpg"
    assert where["train"][found.near[0].first] == "train/a/2.png"


def test_a_copy_under_another_label_is_a_conflict(folder):
    Image.open(folder / "train/a/0.png").save(folder / "train/b/copy.png")
    found = checked(folder)
    assert found.problems == ["images under another label than the same image elsewhere: 1"]
    assert found.alike.repeated == {"train": 1, "test": 0}


def test_a_near_copy_of_a_page_with_a_digit_is_found(tmp_path, write_picture, textures, rng):
    from inkdigits.imaging.scaling import scale_to

    for i, shade in enumerate((0, 40, 80, 120)):
        for name in "01":
            page = np.full((300, 200), 235, np.uint8)
            left = 30 + 20 * i
            page[60 + 9 * i : 240, left : left + (12 if name == "1" else 60)] = shade
            write_picture(tmp_path / "train" / name / f"{i}.png", page)
    copy = scale_to(np.asarray(Image.open(tmp_path / "train/0/2.png")), 230)
    write_picture(tmp_path / "test" / "0" / "copy.png", copy)
    found = checked(tmp_path)
    assert found.loaded.dataset.form == "digits"
    where = found.loaded.where["train"]
    near = [where[pair.first] for pair in found.near]
    exact = [where[train] for _, (_, train) in found.alike.leaks]
    assert near + exact == ["train/0/2.png"]


def test_blank_unreadable_and_empty_are_told(folder, write_picture):
    write_picture(folder / "train/a/white.png", np.full((40, 40), 255, np.uint8))
    (folder / "train/a/broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "train/c").mkdir()
    found = checked(folder)
    assert found.problems == [
        "pictures that cannot be read: 1",
        "classes without a training image: 1",
        "classes without a test image: 1",
        "blank images: 1",
    ]
    assert (found.empty("train"), found.empty("test")) == (["c"], ["c"])
    part, index = found.blank[0]
    assert found.loaded.where[part][index] == "train/a/white.png"


def test_uneven_classes_are_told(folder, write_picture, textures):
    for i, picture in enumerate(textures(30)):
        write_picture(folder / "train/a" / f"more-{i}.png", picture)
    found = checked(folder)
    assert (found.imbalance, found.is_uneven) == (11.0, True)
    assert found.problems == []
