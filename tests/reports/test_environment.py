import pytest
from jinja2 import TemplateNotFound, UndefinedError

from inkdigits.reports.environment import fill


def test_a_page_without_its_values_is_no_page():
    with pytest.raises(UndefinedError):
        fill("report.html.j2")


def test_an_unknown_template_is_told():
    with pytest.raises(TemplateNotFound, match="none"):
        fill("none.html.j2")
