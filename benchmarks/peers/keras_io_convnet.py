"""The "Simple MNIST convnet" of keras.io: 32 and 64 kernels of 3x3, dropout 0.5, batch 128, fit.

Described at https://keras.io/examples/vision/mnist_convnet/; needs nothing beyond Keras.
A number after its name is that of the images to measure with.
"""

import sys
import time

import keras

from inkdigits.arrays import one_hot, scale
from inkdigits.datasets.mnist import load_mnist
from inkdigits.workflows.contest import take_part

BATCH = 128
IMAGES = int(sys.argv[1]) if sys.argv[1:] else 100 * BATCH


def main() -> None:
    train = load_mnist().train.take(slice(IMAGES))
    images, targets = scale(train.images), one_hot(train.labels)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(images[: 4 * BATCH], targets[: 4 * BATCH], batch_size=BATCH, verbose=0)

    def measure() -> float:
        started = time.perf_counter()
        model.fit(images, targets, batch_size=BATCH, verbose=0)
        return IMAGES / (time.perf_counter() - started)

    take_part(measure)


if __name__ == "__main__":
    main()
