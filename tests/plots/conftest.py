"""What the tests of plots share: pictures one can tell apart, and what is on a figure."""

import numpy as np
import pytest
from matplotlib.image import AxesImage
from matplotlib.text import Text


@pytest.fixture
def texts():
    """A function that returns every text on a figure, those in the axes first, then its title."""

    def find(figure):
        inside = [text for axes in figure.axes for text in axes.findobj(Text)]
        return [text.get_text() for text in (*inside, *figure.texts) if text.get_text()]

    return find


@pytest.fixture
def drawn():
    """A function that returns the one array that a figure shows."""

    def find(figure):
        (image,) = figure.findobj(AxesImage)
        return np.asarray(image.get_array())

    return find


@pytest.fixture
def pictures():
    """Five pictures of 28x28 pixels, the i-th with ink 50 * (i + 1) everywhere."""
    return np.stack([np.full((28, 28), 50 * (i + 1), np.uint8) for i in range(5)])
