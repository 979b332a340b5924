"""The mistakes as the page tells them: one card for each, and the most frequent mix-ups.

Comes in: an evaluation and its images. Goes out: frozen values for the template. It does not
know how they are laid out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkdigits.arrays import WHITE, AnyImages, ConfusionMatrix, Probabilities
from inkdigits.evaluation.metrics import Evaluation
from inkdigits.plots.png import image_to_png
from inkdigits.reports.pictures import Picture, embed

CARDS = 40
GUESSES = 3
DIGIT_SIDE = 84  # CSS pixels: three for each of MNIST's 28


@dataclass(frozen=True)
class Guess:
    """One class that the network considered.

    Attributes:
        name: The class.
        probability: 0 to 1.
        true: Whether it is the right one.
    """

    name: str
    probability: float
    true: bool


@dataclass(frozen=True)
class Card:
    """One image that was read wrongly.

    Attributes:
        index: Its place among the test images, from 0.
        picture: Ink dark on paper; pictures in colour as they are.
        truth: Name of the true class.
        answer: Name of the class it was taken for.
        guesses: The three most probable classes, then the true one if it is not among them.
    """

    index: int
    picture: Picture
    truth: str
    answer: str
    guesses: tuple[Guess, ...]


@dataclass(frozen=True)
class MixUp:
    """How often one class was taken for another."""

    truth: str
    answer: str
    count: int


def mistake_cards(
    evaluation: Evaluation, images: AnyImages, class_names: Sequence[str]
) -> list[Card]:
    """Describe the most confident mistakes, up to `CARDS` of them.

    Args:
        evaluation: The answers to the images.
        images: Shape (n, height, width), uint8, shown as ink on paper, or in colour (n, height,
            width, 3), shown as they are.
        class_names: One name per class, in order.
    """
    chosen = evaluation.mistakes[:CARDS]
    return [_card(evaluation, images[i], int(i), class_names) for i in chosen]


def mix_ups(confusion: ConfusionMatrix, class_names: Sequence[str], most: int = 3) -> list[MixUp]:
    """Return the most frequent mistakes, the most frequent first.

    Args:
        confusion: Shape (classes, classes), int64; row is the true class, column the answer.
        class_names: One name per class, in order.
        most: How many to return where there are as many.

    Example:
        >>> mix_ups(np.array([[9, 1, 0], [0, 7, 3], [0, 0, 8]]), ["a", "b", "c"])[0]
        MixUp(truth='b', answer='c', count=3)
    """
    wrong = confusion * (1 - np.eye(len(class_names), dtype=confusion.dtype))
    rows, columns = np.nonzero(wrong)
    order = np.argsort(-wrong[rows, columns], kind="stable")[:most]
    return [
        MixUp(class_names[rows[i]], class_names[columns[i]], int(wrong[rows[i], columns[i]]))
        for i in order
    ]


def worst_mix_ups(confusion: ConfusionMatrix, class_names: Sequence[str]) -> list[MixUp | None]:
    """Return for each class what it was taken for most often; None where it never was."""
    worst: list[MixUp | None] = []
    for index in range(len(class_names)):
        row = np.zeros_like(confusion)
        row[index] = confusion[index]
        worst.append(next(iter(mix_ups(row, class_names, most=1)), None))
    return worst


def _card(evaluation: Evaluation, image: np.ndarray, index: int, names: Sequence[str]) -> Card:
    probabilities, label = evaluation.probabilities[index], int(evaluation.labels[index])
    return Card(
        index=index,
        picture=_on_paper(image),
        truth=names[label],
        answer=names[int(probabilities.argmax())],
        guesses=_guesses(probabilities, label, names),
    )


def _guesses(probabilities: Probabilities, label: int, names: Sequence[str]) -> tuple[Guess, ...]:
    best = [int(index) for index in np.argsort(-probabilities, kind="stable")[:GUESSES]]
    shown = best if label in best else [*best, label]
    return tuple(Guess(names[i], float(probabilities[i]), i == label) for i in shown)


def _on_paper(image: np.ndarray) -> Picture:
    shown = WHITE - image if image.ndim == 2 else image
    return embed(image_to_png(shown), dots_per_pixel=len(image) / DIGIT_SIDE)
