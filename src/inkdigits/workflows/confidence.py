"""Fitting what a network's confidence means, from images that it did not learn from.

Comes in: a network's weights and the images of its run. Goes out: temperature, outlier score and
threshold. It reads no test images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from inkdigits.arrays import COLOURS, AnyImages, Images, Shape, image_shape, in_colour
from inkdigits.datasets.dataset import Form, LabelledImages
from inkdigits.datasets.mnist import DIGIT_SHAPE
from inkdigits.evaluation.choosing_sets import CHOOSING_SETS, choosing_set
from inkdigits.evaluation.confidence import FALSE_REJECTION, Confidence, Inner, fit_confidence
from inkdigits.evaluation.detection import threshold_for
from inkdigits.evaluation.feature_distances import by_network
from inkdigits.export.onnx_graph import to_onnx
from inkdigits.networks.network import Network
from inkdigits.recognition.onnx_runtime import OnnxClassifier

LEARNT_IMAGES = 5000  # enough for a covariance of a thousand features
LEAST_PICTURES = 100  # held out; of fewer, none tells which is stranger than 99 of 100


class InnerNetwork:
    """A network that also gives out its logits and features."""

    def __init__(
        self,
        members: Sequence[Network],
        class_names: Sequence[str],
        form: Form = "digits",
    ) -> None:
        """Make the network, without a confidence, and run it in memory.

        Args:
            members: The networks whose logits are averaged, as `to_onnx` takes them.
            class_names: One name for each class.
            form: What its images are.
        """
        self._members, self._class_names, self._form = members, class_names, form
        self._widths = [
            len(each.weights[f"{each.architecture.answering_layer}/kernel"]) for each in members
        ]
        self.classifier = OnnxClassifier(to_onnx(members, class_names, inner=True))

    def look_at(self, images: AnyImages) -> Inner:
        """Return logits and features of images."""
        logits, features = self.classifier.run(images, ["logits", "features"])
        return Inner(logits, features)

    def fit(
        self,
        train: LabelledImages,
        validation: LabelledImages,
        outliers: Callable[[str], Images] = choosing_set,
    ) -> Confidence | None:
        """Fit a confidence.

        Args:
            train: What the network learnt from; the first `LEARNT_IMAGES` are looked at.
            validation: What it did not learn from.
            outliers: Returns `choosing_set` of a name, where it has been drawn already.

        Returns:
            The confidence; its threshold is worked out by the network's file, so that rounding
            rejects no validation image more. None where there is nothing to fit one on: digits of
            another size than the outliers to choose by, fewer than `LEAST_PICTURES` pictures, a
            class that was not looked at, or a network whose training failed, with features that
            are all zero or values that are not finite.
        """
        learnt = train.take(slice(LEARNT_IMAGES))
        classes = len(self.classifier.class_names)
        sets = sets_to_choose_by(self._form, validation)
        if not sets or 0 in learnt.class_counts(classes):
            return None
        shape = self.classifier.input_shape
        known, checked = self.look_at(learnt.images), self.look_at(validation.images)
        strange = {name: self.look_at(bring_to(outliers(name), shape)) for name in sets}
        alive = all(part.any() for part in by_network(known.features, self._widths))
        if not (alive and _are_finite([known, checked, *strange.values()])):
            return None
        fitted = fit_confidence(
            (known, learnt.labels),
            (checked, validation.labels),
            strange,
            none_class=self._members[0].architecture.none_class,
            widths=self._widths,
        )
        return replace(fitted, threshold=self._threshold(fitted, validation.images))

    def _threshold(self, fitted: Confidence, images: AnyImages) -> float:
        """Return the threshold for the scores that the network's file gives these images."""
        content = to_onnx(self._members, self._class_names, confidence=fitted)
        file = OnnxClassifier(content)
        (outlierness,) = file.run(images, ["outlierness"])
        return threshold_for(outlierness, FALSE_REJECTION)


def sets_to_choose_by(form: Form, validation: LabelledImages) -> tuple[str, ...]:
    """Return the names of the outliers that a confidence is fitted with.

    Args:
        form: What the images are.
        validation: What the network does not learn from.

    Returns:
        Names for `choosing_set`; none where a confidence cannot be fitted on these images.
    """
    if form == "pictures":
        can_fit = len(validation) >= LEAST_PICTURES
    else:
        can_fit = image_shape(validation.images) == DIGIT_SHAPE
    return CHOOSING_SETS[form] if can_fit else ()


def bring_to(images: AnyImages, shape: Shape) -> AnyImages:
    """Return images of noise and the like in another shape, their pixels repeated or left out.

    Example:
        >>> bring_to(np.array([[[1, 2], [3, 4]]], np.uint8), (2, 4, 1)).tolist()
        [[[1, 1, 2, 2], [3, 3, 4, 4]]]
    """
    height, width, channels = shape
    rows = np.arange(height) * images.shape[1] // height
    columns = np.arange(width) * images.shape[2] // width
    sized = images[:, rows][:, :, columns]
    return in_colour(sized) if channels == COLOURS else sized


def _are_finite(pictures: Iterable[Inner]) -> bool:
    return all(
        np.isfinite(values).all() for inner in pictures for values in (inner.logits, inner.features)
    )
