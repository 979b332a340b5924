import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

import inkdigits
from inkdigits.errors import ModelFileError, PictureError, UsageError
from inkdigits.recognition.shipped import shipped_quick
from inkdigits.workflows import readers
from tests.hand_made_networks import write_network
from tests.recognition.stand_ins import Fixed


@pytest.fixture(scope="module")
def seven(mnist):
    """The first test image of MNIST, a 7, large on white paper."""
    ink = np.kron(mnist.test.images[0], np.ones((4, 4), np.uint8))
    return 255 - np.pad(ink, 40)


def test_a_digit_is_read_in_every_form_that_it_comes_in(seven, tmp_path):
    image = Pillow.fromarray(seven)
    path = tmp_path / "seven.png"
    image.save(path)
    for form in (path, str(path), path.read_bytes(), seven, np.stack([seven] * 3, 2), image):
        assert inkdigits.read(form).text == "7"


def test_the_reading_tells_where_and_how_surely(seven):
    reading = inkdigits.read(seven, expect="single")
    (digit,) = reading.digits
    assert (reading.width, reading.height) == (192, 192)
    assert digit.confidence > 0.9 and digit.top[0].digit == 7
    assert 40 <= digit.box.x and digit.box.x + digit.box.width <= 152


def test_a_network_of_ones_own(seven, tmp_path):
    network = write_network(tmp_path / "three.onnx", answer=3)
    (digit,) = inkdigits.read(seven, model=network).digits
    assert digit.top[0].digit == 3


def test_a_file_named_like_standard_input_is_a_file(seven, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Pillow.fromarray(seven).save("seven.png")
    Path("seven.png").rename("-")
    assert inkdigits.read("-").text == "7"


def test_mistakes_are_told_in_one_line_that_names_the_file(tmp_path):
    with pytest.raises(PictureError, match=r"^nowhere.png: cannot be read: No such file"):
        inkdigits.read("nowhere.png")
    (tmp_path / "a.png").write_bytes(b"text")
    with pytest.raises(PictureError, match=r"a\.png: "):
        inkdigits.read(tmp_path / "a.png")


def test_arguments_that_are_of_no_use_are_refused(seven):
    with pytest.raises(UsageError, match="one of single, number, page; received 'word'"):
        inkdigits.read(seven, expect="word")
    with pytest.raises(UsageError, match="received float64"):
        inkdigits.read(seven / 255)
    with pytest.raises(ModelFileError, match="there is no run folder or ONNX file nothing"):
        inkdigits.read(seven, model="nothing")


def test_threads_that_are_first_at_once_share_one_network(monkeypatch):
    made = []

    def load(path, threads):
        made.append(path)
        return Fixed([])

    readers._shipped_reader.cache_clear()
    monkeypatch.setattr(readers, "OnnxClassifier", load)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(readers.load_reader())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    readers.load_reader(threads=2)
    readers._shipped_reader.cache_clear()
    assert made == [shipped_quick()] * 2
    assert len(found) == 8 and len(set(map(id, found))) == 1
