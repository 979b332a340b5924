import numpy as np
import pytest

from inkdigits.datasets.fashion_mnist import load_fashion_sample
from inkdigits.errors import DataError
from inkdigits.sources import fashion
from inkdigits.sources.fashion import CLASS_NAMES, FOLDER, open_fashion_mnist


def test_where_it_is_not_the_way_to_get_it_is_told(tmp_path):
    with pytest.raises(DataError, match="apt-get install dataset-fashion-mnist"):
        open_fashion_mnist(tmp_path / "nowhere")


def test_other_content_is_refused(tmp_path, write_idx):
    for name in fashion.SHA256:
        write_idx(tmp_path / f"{name}.gz", np.zeros(3))
    with pytest.raises(
        DataError, match="is not Fashion-MNIST's: unpacked, its SHA-256 must be c59f"
    ):
        open_fashion_mnist(tmp_path)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte\.gz cannot be read: No such file"
    ):
        open_fashion_mnist(tmp_path)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="dataset-fashion-mnist is not installed")
def test_it_is_the_set_of_which_the_package_has_a_sample():
    source = open_fashion_mnist()
    assert (source.name, source.class_names, source.named) == ("fashion-mnist", CLASS_NAMES, True)
    images = source.arrays["test"].images
    assert {part: len(each.images) for part, each in source.arrays.items()} == {
        "train": 60_000,
        "test": 10_000,
    }
    sample = {image.tobytes() for image in load_fashion_sample("test")}
    assert sample <= {image.tobytes() for image in images}
