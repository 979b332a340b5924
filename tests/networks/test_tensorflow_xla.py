import tensorflow as tf

from inkdigits.networks.tensorflow_xla import compiled, compiles


def test_a_compiled_function_has_the_results_of_the_plain_one_at_every_size():
    twice = compiled(lambda values: 2.0 * values, tf.TensorSpec([None]))
    for size in (0, 1, 3):
        assert twice(tf.range(float(size))).numpy().tolist() == [2.0 * each for each in range(size)]


def test_without_xla_it_is_told_so(monkeypatch):
    def no_compiler(*_, **__):
        def call():
            raise tf.errors.UnimplementedError(None, None, "no XLA here")

        return call

    compiles.cache_clear()
    monkeypatch.setattr(tf, "function", no_compiler)
    assert not compiles()
    monkeypatch.undo()
    compiles.cache_clear()
    assert compiles()
