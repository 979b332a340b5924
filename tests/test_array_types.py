import subprocess
import sys

import jaxtyping

from inkdigits import array_types


def answer(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_whoever_imports_jaxtyping_first_gets_its_types():
    assert array_types.UInt8 is jaxtyping.UInt8


def test_for_all_others_they_are_plain_arrays_of_every_kind():
    names = "Bool, Float, Float32, Float64, Int32, Int64, UInt8, UInt16"
    code = (
        f"import sys; from inkdigits.array_types import {names}; import numpy as np;"
        f"print({{each[np.ndarray, 'n height'] for each in ({names})}}, 'jaxtyping' in sys.modules)"
    )
    assert answer(code) == "{<class 'numpy.ndarray'>} False"


def test_every_type_is_there_both_ways():
    with_it = {name for name in vars(array_types) if hasattr(jaxtyping, name)}
    code = "from inkdigits import array_types; print(*vars(array_types))"
    assert with_it <= set(answer(code).split())
