import numpy as np
import pytest

from inkdigits.errors import DataError, UsageError
from inkdigits.sources.load import load_dataset, load_source


@pytest.fixture
def pets(tmp_path, write_picture, shades):
    """Ten pictures of cats, shades 0 to 9, and five of dogs, 100 to 104."""
    for name, first, n in (("cat", 0, 10), ("dog", 100, 5)):
        for i, image in enumerate(shades(n, first=first)):
            write_picture(tmp_path / "pets" / name / f"{i}.png", image)
    return tmp_path / "pets"


def test_mnist_is_the_one_of_the_package(mnist):
    loaded = load_dataset("mnist")
    assert (loaded.name, loaded.form, loaded.checksum) == ("mnist", "digits", mnist.checksum)
    assert (loaded.test.images == mnist.test.images).all()


def test_mnist_as_whole_pictures_can_have_another_size():
    loaded = load_dataset("mnist", form="pictures", side=10)
    assert loaded.shape == (10, 10, 1)
    assert (loaded.form, len(loaded.train), len(loaded.test)) == ("pictures", 60_000, 10_000)


def test_a_folder_of_named_classes_holds_pictures(pets):
    loaded = load_dataset(pets)
    assert (loaded.name, loaded.class_names, loaded.form) == ("pets", ("cat", "dog"), "pictures")
    assert loaded.shape == (8, 8, 1)
    assert loaded.train.class_counts(2) == [8, 4]
    assert loaded.test.class_counts(2) == [2, 1]
    shades = np.sort(np.concatenate([loaded.train.images, loaded.test.images])[:, 0, 0])
    assert shades.tolist() == [*range(10), *range(100, 105)]


def test_the_same_fifth_is_set_aside_at_every_load(pets):
    first, second = load_dataset(pets), load_dataset(pets)
    assert (first.test.images == second.test.images).all()
    assert first.checksum == second.checksum


def test_the_checksum_tells_that_data_changed(pets, write_picture):
    before = load_dataset(pets).checksum
    write_picture(pets / "cat" / "0.png", np.full((8, 8), 77, np.uint8))
    changed = load_dataset(pets).checksum
    (pets / "dog" / "0.png").rename(pets / "dog" / "zero.png")
    assert len({before, changed, load_dataset(pets).checksum}) == 3


def test_a_side_may_be_chosen(pets):
    assert load_dataset(pets, side=16).shape == (16, 16, 1)


@pytest.mark.parametrize("side", [7, 257])
def test_a_side_out_of_range_is_refused(pets, side):
    with pytest.raises(UsageError, match=f"between 8 and 256 pixels; received {side}"):
        load_dataset(pets, side=side)


def test_digits_have_no_side_of_their_own():
    with pytest.raises(UsageError, match='`side` is for the form "pictures"'):
        load_dataset("mnist", form="digits", side=32)


def test_a_folder_of_digits_is_brought_into_the_form_of_mnist(tmp_path, write_picture):
    for i in range(4):
        page = np.full((300, 200), 235 - i, np.uint8)
        page[50:250, 95 + i : 110 + i] = 40  # a 1 in dark ink
        write_picture(tmp_path / "1" / f"{i}.png", page)
        page = np.full((300, 200), 235 - i, np.uint8)
        page[50 + i : 250, 50:65] = page[50 + i : 250, 120:135] = 40
        page[50 + i : 65 + i, 50:135] = page[235:250, 50:135] = 40  # a 0
        write_picture(tmp_path / "0" / f"{i}.png", page)
    loaded = load_dataset(tmp_path)
    assert (loaded.form, loaded.class_names, loaded.shape) == ("digits", ("0", "1"), (28, 28, 1))
    assert {int(image.max()) for image in loaded.train.images} == {255}
    heights = [np.ptp(np.nonzero(image)[0]) + 1 for image in loaded.train.images]
    assert set(heights) == {20}


def test_the_form_may_be_chosen(tmp_path, write_picture, shades):
    for i, image in enumerate(shades(4, side=12)):
        write_picture(tmp_path / str(i % 2) / f"{i}.png", image)
    assert load_dataset(tmp_path, form="pictures").shape == (12, 12, 1)
    with pytest.raises(UsageError, match='"digits" or "pictures"; received "letters"'):
        load_dataset(tmp_path, form="letters")


def test_mnist_as_idx_comes_back_to_the_bit(tmp_path, write_idx, mnist):
    few = mnist.train.take(slice(300))
    write_idx(tmp_path / "train-images-idx3-ubyte", few.images)
    write_idx(tmp_path / "train-labels-idx1-ubyte", few.labels)
    write_idx(tmp_path / "t10k-images-idx3-ubyte", mnist.test.images[:50])
    write_idx(tmp_path / "t10k-labels-idx1-ubyte", mnist.test.labels[:50])
    loaded = load_dataset(tmp_path)
    assert loaded.form == "digits"
    assert (loaded.train.images == few.images).all()
    assert (loaded.test.labels == mnist.test.labels[:50]).all()


def test_numbered_classes_of_other_pictures_are_no_digits(tmp_path, write_idx, shades):
    write_idx(tmp_path / "train-images-idx3-ubyte", shades(10, side=28))
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.arange(10) % 2)
    assert load_dataset(tmp_path).form == "pictures"


def test_unreadable_pictures_are_left_out_and_told(pets):
    (pets / "cat" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n, but no more")
    (pets / "dog" / "empty.jpg").touch()
    loaded = load_source(pets)
    assert len(loaded.dataset.train) + len(loaded.dataset.test) == 15
    told = [str(each) for each in loaded.unreadable]
    assert told[0].startswith("cat/broken.png: received a PNG file that is damaged")
    assert told[1] == "dog/empty.jpg: received an empty file; it should hold a picture"


def test_a_class_without_a_readable_picture_is_refused(pets):
    (pets / "owl").mkdir()
    (pets / "owl" / "empty.png").touch()
    with pytest.raises(DataError, match='the class "owl" has no picture to learn from'):
        load_dataset(pets)
    assert load_source(pets).dataset.train.class_counts(3)[2] == 0


def test_nothing_readable_at_all_is_refused(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "empty.png").touch()
    with pytest.raises(DataError, match=r"no picture that can be read; cat/empty\.png: received"):
        load_dataset(tmp_path)


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"nowhere cannot be read: No such file"):
        load_dataset(tmp_path / "nowhere")


def test_sizes_and_places_of_pictures_are_told(pets, write_picture):
    write_picture(pets / "dog" / "wide.png", np.zeros((10, 30), np.uint8))
    loaded = load_source(pets)
    assert loaded.sizes == {(8, 8): 15, (10, 30): 1}
    assert loaded.dataset.shape == (28, 28, 1)
    assert loaded.was_split
    assert sorted(loaded.where["train"] + loaded.where["test"])[0] == "cat/0.png"
