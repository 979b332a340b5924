"""How templates are read and how they write numbers: the same for every page.

Comes in: the name of a template and values. Goes out: HTML. It does not know what a page is about.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from inkdigits import formats


def fill(template: str, **values: Any) -> str:
    """Fill in a template.

    Args:
        template: File name of the template.
        values: What it shows.

    Returns:
        One HTML document; every text among the values is escaped.
    """
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("inkdigits.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": formats.percent,
        "confidence": formats.confidence,
        "thousands": formats.count,
        "duration": formats.duration,
    }
    return environment
