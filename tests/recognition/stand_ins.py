"""Networks that say what a test wants, and images to show them."""

import numpy as np

from inkdigits.recognition.answers import Classifier, Rejection, Signature

SIGNATURE = Signature("images", (28, 28, 1), ("0", "1"), Rejection("energy", -1.0, 1.0))


class Fixed(Classifier):
    """Gives each image the row whose number its first pixel is, and keeps what it was asked."""

    runtime = "none"

    def __init__(self, rows, outlierness=(), signature=SIGNATURE, none=()):
        super().__init__(signature)
        self.rows = np.array(rows, np.float32)
        self.values = {
            "probabilities": self.rows,
            "outlierness": np.array(outlierness or np.full(len(rows), -9), np.float32),
            "none": np.array(none, np.float32),
        }
        self.asked = []

    def _run(self, images, outputs):
        numbers = images[:, 0, 0]
        self.asked.append(numbers.tolist())
        return [self.values[name][numbers] for name in outputs]


def numbered(count):
    """Images of which the first asks for the first row, the second for the second."""
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(count)
    return images
