"""What recipes and their parts have in common.

Comes in: fields. Goes out: a frozen value, each field checked.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Checked(BaseModel):
    """Frozen, closed, and never converting one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
