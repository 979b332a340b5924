"""Which number format layers compute in on this machine.

Comes in: what a recipe asks for. Goes out: "float32" or "bfloat16". bfloat16 pays where the
processor multiplies it in hardware: Intel's AMX and AVX-512 BF16, AMD's AVX-512 BF16, Arm's BF16.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Precision: TypeAlias = Literal["float32", "bfloat16"]

BFLOAT16_FLAGS = frozenset({"amx_bf16", "avx512_bf16", "avx_bf16", "bf16"})


def resolve_precision(
    wanted: Literal["float32", "bfloat16", "auto"], flags: frozenset[str]
) -> Precision:
    """Return what "auto" means for a processor with these flags.

    Example:
        >>> resolve_precision("auto", frozenset({"avx512_bf16"}))
        'bfloat16'
        >>> resolve_precision("auto", frozenset({"avx2"}))
        'float32'
    """
    if wanted != "auto":
        return wanted
    return "bfloat16" if flags & BFLOAT16_FLAGS else "float32"
