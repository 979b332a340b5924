import pytest

from inkdigits.networks.architecture import TUTORIAL
from inkdigits.networks.flops import training_flops
from inkdigits.workflows.contest import Outcome
from inkdigits.workflows.standings import PRODUCTS, RECIPES, make_rows

OUTCOME = Outcome(
    values={
        "published": [1000.0, 2000.0, 1000.0],
        "tutorial": [3000.0, 4000.0, 4000.0],
        "a peer": [500.0, 500.0, 500.0],
        "matrix product, bfloat16": [400.0, 500.0, 600.0],
    },
    missing={},
)


def rows(flags: frozenset[str] = frozenset({"amx_bf16"})):
    return {row.name: row for row in make_rows(OUTCOME, flags)}


def test_the_middle_and_the_ends_of_the_rounds_are_told():
    row = rows()["tutorial"]
    assert (row.median, row.lowest, row.highest) == (4000.0, 3000.0, 4000.0)


def test_ratios_are_taken_within_each_round():
    # 3000/1000, 4000/2000, 4000/1000: the median is 3, though that of the figures would be 4.
    assert rows()["tutorial"].ratio == 3.0
    assert rows()["published"].ratio == 1.0
    assert rows()["a peer"].ratio == 0.5


def test_images_are_turned_into_a_share_of_the_ceiling():
    row = rows()["tutorial"]
    assert row.gflops == pytest.approx(4000 * training_flops(TUTORIAL) / 1e9)
    assert row.ceiling_share == pytest.approx(row.gflops / 500.0)


def test_the_ceiling_is_that_of_the_same_number_format():
    # Without bfloat16 the recipe computes in float32, whose product did not take part.
    assert rows(flags=frozenset())["tutorial"].ceiling_share is None


def test_a_matrix_product_trains_nothing_and_a_peers_network_is_unknown():
    product, peer = rows()["matrix product, bfloat16"], rows()["a peer"]
    assert (product.ratio, product.gflops) == (None, None)
    assert peer.gflops is None


def test_without_the_published_recipe_there_are_no_ratios():
    (row,) = make_rows(Outcome(values={"tutorial": [1.0]}, missing={}), frozenset())
    assert row.ratio is None


def test_names_do_not_clash():
    assert not RECIPES.keys() & PRODUCTS.keys()
