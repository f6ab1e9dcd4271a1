# `make` alone lists what can be made.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= out

.DEFAULT_GOAL := help
.PHONY: help build test lint bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[select]' --group dev
	@touch $@

build: $(READY) ## make a dataset from the bundled problems, offline
	@$(BIN)/prmdata build -o $(OUT)

# A browser's driver keeps an event loop running in its process, so its tests have one of their own.
test: $(READY) ## run the tests
	@$(BIN)/python -m pytest -m browser -q || test $$? -eq 5
	@$(BIN)/python -m pytest -m "not browser" -n auto --dist loadgroup

lint: $(READY) ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY) ## measure, side by side in one run (slow)
	@for one in benchmarks/[a-z]*.py; do echo "== $$one"; $(BIN)/python $$one || exit 1; done

clean: ## remove what was made here
	rm -rf $(VENV) $(OUT) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
