"""The tutorial's own loop: Keras's ImageDataGenerator, float32, batch 64, no batch normalisation.

Needs nothing beyond the development dependencies (SciPy does the generator's warps). A number
after its name is that of the images to measure with.
"""

import itertools
import sys
import time
import warnings

from inkdigits.arrays import one_hot, scale
from inkdigits.datasets.mnist import load_mnist
from inkdigits.networks.architecture import PUBLISHED
from inkdigits.networks.build import build
from inkdigits.workflows.contest import stay_away, take_part

BATCH = 64
IMAGES = int(sys.argv[1]) if sys.argv[1:] else 100 * BATCH


def main() -> None:
    try:
        import scipy  # noqa: F401
        from keras.src.legacy.preprocessing.image import ImageDataGenerator
    except ImportError as error:
        stay_away(str(error))
        return
    # The generator calls a name that SciPy has deprecated.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    train = load_mnist().train.take(slice(IMAGES))
    model = build(PUBLISHED)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    generator = ImageDataGenerator(
        rotation_range=8,
        width_shift_range=0.08,
        shear_range=0.3,
        height_shift_range=0.08,
        zoom_range=0.08,
    )
    flow = generator.flow(scale(train.images), one_hot(train.labels), batch_size=BATCH)

    def learn(steps: int) -> None:
        for images, targets in itertools.islice(flow, steps):
            model.train_on_batch(images, targets)

    learn(3)

    def measure() -> float:
        started = time.perf_counter()
        learn(IMAGES // BATCH)
        return IMAGES / (time.perf_counter() - started)

    take_part(measure)


if __name__ == "__main__":
    main()
