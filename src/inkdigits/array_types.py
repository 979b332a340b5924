"""Types of arrays that state a dtype and a shape, as jaxtyping writes them.

Comes in: nothing. Goes out: `UInt8[np.ndarray, "n height width"]` and its like. Type checkers read
them, and so does whoever imports jaxtyping before this package, as the tests do to have every
shape checked. For all others they are plain arrays: a program that reads one small picture need
not wait for jaxtyping, which takes as long to import as NumPy.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or "jaxtyping" in sys.modules:
    from jaxtyping import Bool as Bool
    from jaxtyping import Float as Float
    from jaxtyping import Float32 as Float32
    from jaxtyping import Float64 as Float64
    from jaxtyping import Int32 as Int32
    from jaxtyping import Int64 as Int64
    from jaxtyping import UInt8 as UInt8
    from jaxtyping import UInt16 as UInt16
else:

    class _Unchecked:
        """An array of any dtype and shape."""

        def __class_getitem__(cls, array_and_shape: tuple[type, object]) -> type:
            return array_and_shape[0]

    Bool = Float = Float32 = Float64 = Int32 = Int64 = UInt8 = UInt16 = _Unchecked
