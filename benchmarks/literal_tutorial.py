"""The tutorial as it was published, from start to end: no part of it is ours but data and network.

Comes in: nothing. Goes out: what Keras prints. ImageDataGenerator, `fit`, float32, batch 64, five
epochs, each followed by a validation on augmented test images.
"""

import argparse
import warnings

from keras.src.legacy.preprocessing.image import ImageDataGenerator

from inkdigits.arrays import one_hot, scale
from inkdigits.datasets.mnist import load_mnist
from inkdigits.networks.architecture import PUBLISHED
from inkdigits.networks.build import build

BATCH = 64


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--images", type=int, default=60_000, help="training images to use")
    options = parser.parse_args()
    # The generator calls a name that SciPy has deprecated.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    mnist = load_mnist()
    train, test = mnist.train.take(slice(options.images)), mnist.test.take(slice(options.images))
    model = build(PUBLISHED)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    ranges = {
        "rotation_range": 8,
        "width_shift_range": 0.08,
        "shear_range": 0.3,
        "height_shift_range": 0.08,
        "zoom_range": 0.08,
    }
    flows = [
        ImageDataGenerator(**ranges).flow(
            scale(part.images), one_hot(part.labels), batch_size=BATCH
        )
        for part in (train, test)
    ]
    model.fit(
        flows[0],
        steps_per_epoch=len(train) // BATCH,
        epochs=options.epochs,
        validation_data=flows[1],
        validation_steps=len(test) // BATCH,
        verbose=2,
    )


if __name__ == "__main__":
    main()
