import numpy as np

from inkdigits.arrays import to_colours
from inkdigits.imaging.single import single_digit
from inkdigits.recognition.onnx_runtime import OnnxClassifier
from inkdigits.recognition.shipped import shipped_network


def page_with_a_digit(image, paper=230, ink=50, factor=10, at=(60, 40)):
    """Draw an image of MNIST large, in dark ink on paper."""
    large = np.kron(image, np.ones((factor, factor))) / 255
    page = np.full((large.shape[0] + 120, large.shape[1] + 90), float(paper))
    page[at[0] : at[0] + large.shape[0], at[1] : at[1] + large.shape[1]] += large * (ink - paper)
    return to_colours(page.astype(np.uint8))


def correlation(one, other):
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_digits_on_pages_are_what_a_network_reads(mnist):
    few = mnist.train.take(slice(60))
    images = np.stack([single_digit(page_with_a_digit(image)) for image in few.images])
    probabilities = OnnxClassifier(shipped_network()).probabilities(images)
    assert (probabilities.argmax(axis=1) == few.labels).sum() >= 59


def test_light_ink_on_dark_is_the_same(mnist):
    image = mnist.train.images[0]
    light = single_digit(page_with_a_digit(image, paper=30, ink=220))
    assert correlation(light, image) > 0.8


def test_specks_do_not_shrink_the_digit(mnist):
    page = page_with_a_digit(mnist.train.images[0])
    clean = single_digit(page)
    page[3:8, 3:8] = 50
    assert correlation(single_digit(page), clean) > 0.99


def test_bare_paper_is_an_empty_image():
    assert not single_digit(np.full((200, 300, 3), 240, np.uint8)).any()


def test_small_images_of_mnist_are_taken_as_they_are(mnist):
    image = mnist.train.images[1]
    assert (single_digit(to_colours(image)) == image).all()
