import csv
import io

import numpy as np

from inkdigits.evaluation.metrics import evaluate
from inkdigits.evaluation.mistakes import mistakes_to_csv

HEADER = "index,truth,answer,confidence,truth_probability\n"


def judged(rows, labels):
    return evaluate(np.array(rows, np.float32), np.array(labels, np.uint8))


def test_the_most_confident_mistake_comes_first():
    result = judged([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.125, 0, 0.875]], [1, 1, 0])
    assert mistakes_to_csv(result, ["a", "b", "c"]) == (
        HEADER + "2,a,c,0.875000,0.125000\n" + "0,b,a,0.500000,0.250000\n"
    )


def test_without_mistakes_there_is_the_header_alone():
    assert mistakes_to_csv(judged([[1, 0]], [0]), ["a", "b"]) == HEADER


def test_names_with_commas_and_quotes_survive_a_csv_reader():
    names = ['T-shirt, "top"', "Ankle boot"]
    text = mistakes_to_csv(judged([[1, 0]], [1]), names)
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["truth"], row["answer"]) == (names[1], names[0])
