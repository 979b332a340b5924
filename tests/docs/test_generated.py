import importlib.util
from types import ModuleType

import pytest

from tests.places import REPOSITORY

DOCS = REPOSITORY / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["commands.md", "recipes.md", "model-card.md"])
def test_the_committed_page_is_what_the_program_says_today(generate: ModuleType, page: str):
    committed = (DOCS / page).read_text(encoding="utf-8")
    assert generate.PAGES[page]() == committed, "run `make docs` and commit the result"


def test_every_field_of_a_recipe_is_documented(generate: ModuleType):
    page = generate.recipe_reference()
    for field in ("`batch_size`", "`augmentation.rotation`", "`precision`"):
        assert field in page
