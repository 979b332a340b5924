from inkdigits.training.recipe import Recipe
from inkdigits.workflows.train_speed import training_speed


def test_every_measurement_is_a_speed(quick: Recipe):
    measure = training_speed(quick, images=640)
    assert measure() > 0
    assert measure() > 0
