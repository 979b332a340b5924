"""What a corruption, a set of outliers, an outlier score or a comparison means, in plain words.

Comes in: the counts of a comparison, nothing else. Goes out: sentences for pages and terminals.
What the names stand for is made elsewhere; tests hold the names against it.
"""

from __future__ import annotations

from inkdigits.evaluation.comparison import Comparison
from inkdigits.formats import count

SIGNIFICANCE = 0.05
LEAST_P = 0.0001  # nobody needs to know how much less

CORRUPTIONS: dict[str, str] = {
    "shot_noise": "The grain of a camera with too little light: the ink is speckled.",
    "impulse_noise": "Some pixels are broken, and all ink or all paper.",
    "glass_blur": "Seen through rough glass: neighbouring pixels change places.",
    "motion_blur": "The picture was smeared along a line, as if the hand shook.",
    "shear": "The digit leans to one side.",
    "scale": "The digit is smaller: 70 % of its size.",
    "rotate": "The digit is turned by 23 degrees to one side.",
    "brightness": "Half of full ink is added everywhere, so that the paper is grey.",
    "translate": "The digit stands three pixels off, sideways and up or down.",
    "stripe": "A quarter of the picture at the left and at the right is inverted.",
    "fog": "Uneven grey lies over the picture, and the digit has little contrast left.",
    "spatter": "Grey blots lie over the picture.",
    "dotted_line": "A dotted line crosses the picture.",
    "zigzag": "A zigzag line crosses the picture.",
    "canny_edges": "Only the outline of the digit is left.",
}

OUTLIERS: dict[str, str] = {
    "fashion-mnist": "Photographs of clothes, shoes and bags, as small and grey as the digits.",
    "blank": "Paper without ink: even, lit from one side, or with the grain of a camera.",
    "noise": "Random pixels, from fine grain to clouds.",
    "letters": "Printed letters that do not look like digits.",
    "letters-like-digits": "Printed letters in the shape of a digit, such as O and l. Nobody can "
    "tell them from digits by their shape, so letting them pass is no mistake.",
}
EXCUSED = frozenset({"letters-like-digits"})

SCORES: dict[str, str] = {
    "max-softmax": "one less the largest probability",
    "energy": "how small all the values before the softmax are",
    "none-class": "how much more likely the network holds it to be no digit than to be one",
    "mahalanobis": "how far the picture, as the network sees it, lies from the middle of the "
    "nearest class of digits that it learnt from",
    "nearest-neighbour": "how far the picture, as the network sees it, lies from the most similar "
    "digits that it learnt from",
}


def say_comparison(comparison: Comparison, first: str, second: str) -> str:
    """Say in plain words which of two networks reads better, and whether that may be chance.

    Args:
        comparison: How their answers differ.
        first: Name of the one network.
        second: Name of the other.

    Example:
        >>> say_comparison(Comparison(9, 1, 90, 0, 0.0215), "a", "b").partition(": ")[2]
        'this is more than chance at the 5 % level.'
    """
    mine, theirs = comparison.only_first, comparison.only_second
    if mine == theirs == 0:
        return f"{first} and {second} are right and wrong on the very same images."
    p = comparison.p_value
    how_likely = f"p = {p:.3g}" if p >= LEAST_P else f"p < {LEAST_P:g}"
    verdict = (
        "this is more than chance" if p < SIGNIFICANCE else "this may well be chance"
    ) + f" at the {SIGNIFICANCE:.0%} level.".replace("%", " %")
    return (
        f"{first} is right on {_images(mine)} where {second} is wrong, and {second} on "
        f"{_images(theirs)} where {first} is wrong. If they were equally good, a difference of "
        f"at least this size would come about with {how_likely} (McNemar's exact test): {verdict}"
    )


def _images(n: int) -> str:
    return f"{count(n)} image{'' if n == 1 else 's'}"
