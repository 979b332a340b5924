# The two commands to know: `make train` and `make test`. Both set up everything they need in .venv.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: venv train test lint docs bench

venv: $(INSTALLED)

$(INSTALLED): requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "inkdigits needs Python 3.11 or newer; this is " + sys.version.split()[0] + "; name another with `make PYTHON=python3.11`")'
	@echo "Setting up .venv: about 2 GB, once; a minute or more"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/lock.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

train: venv
	@$(BIN)/inkdigits train $(ARGS)

test: lint
	@$(BIN)/pytest --numprocesses 2 --dist loadfile $(ARGS)

lint: venv
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

docs: venv
	@$(BIN)/python docs/generate.py

bench: venv
	@$(BIN)/python benchmarks/recipes.py $(ARGS)
