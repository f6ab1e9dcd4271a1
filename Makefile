# `make` alone lists what can be made.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OUT ?= out
# CONSTRAINT=requirements-dev.lock installs the versions that the checks are known to pass with.
CONSTRAINT ?=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(CONSTRAINT),--constraint $(CONSTRAINT))

.DEFAULT_GOAL := help
.PHONY: help build test coverage lint docs bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade 'pip>=25.1'
	@$(PIP) --editable '.[select]' --group dev
	@touch $@

build: $(READY) ## make a dataset from the bundled problems, offline
	@$(BIN)/prmdata build -o $(OUT)

# A browser's driver keeps an event loop running in its process, so its tests have one of their own.
test: $(READY) ## run the tests
	@$(BIN)/python -m pytest -m browser -q || test $$? -eq 5
	@$(BIN)/python -m pytest -m "not browser" -n auto --dist loadgroup

coverage: $(READY) ## run the tests and say how much of the code they run
	@$(BIN)/python -m pytest -m "not browser" -n auto --dist loadgroup --cov --cov-report=term:skip-covered

lint: $(READY) ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

docs: $(READY) ## build the documentation as a site, without a warning or a dead link
	@$(PIP) --group docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

bench: $(READY) ## measure, side by side in one run (slow)
	@for one in benchmarks/[a-z]*.py; do echo "== $$one"; $(BIN)/python $$one || exit 1; done

clean: ## remove what was made here
	rm -rf $(VENV) $(OUT) build dist site .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
