import pytest

from inkdigits.training.matmul import matmul_gflops


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_measurement_is_a_speed(dtype: str):
    measure = matmul_gflops(dtype, side=64)
    assert measure() > 0
    assert measure() > 0
