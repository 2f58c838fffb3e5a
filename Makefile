# The verbs of the house; the continuous integration runs the same ones. Each sets up .venv by itself.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check fix bench nightly docs docs-check clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

help: ## Show the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Review the bundled example, then start a registry and ask it something
	@$(BIN)/python scripts/demo.py

test: $(READY) ## Run the tests
	@$(BIN)/pytest -n $(WORKERS)

check: $(READY) ## Format, lint, types, layers and generated docs
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "Not formatted (above): run 'make fix'."; exit 1; }
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/docs.py --check

fix: $(READY) ## Format and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: $(READY) ## Measure time, memory and sameness of a review (REPO=dir RANGE=base..head)
	@$(BIN)/python bench/review.py --repo "$(or $(REPO),.)" $(if $(RANGE),--range "$(RANGE)")

nightly: $(READY) ## Run every test, the long ones too, with many more generated examples
	@PYTHONPATH=scripts $(BIN)/pytest -n $(WORKERS) -m "nightly or not nightly" -p nightly_profile --hypothesis-profile=nightly

docs: $(READY) ## Write the generated parts of the documentation
	@$(BIN)/python scripts/docs.py --write

docs-check: $(READY) ## Say which generated parts are out of date
	@$(BIN)/python scripts/docs.py --check

clean: ## Remove the environment and everything that was built
	@rm -rf $(VENV) build dist .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# The first of these that runs and is new enough; `make PYTHON=...` chooses another.
$(READY): requirements/runtime.txt requirements/dev.txt pyproject.toml
	@version='import sys; sys.exit(sys.version_info < (3, 11))'; \
	if ! $(BIN)/python -c "$$version" 2>/dev/null; then \
	  for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    if $$python -c "$$version" 2>/dev/null; then found=$$python; break; fi; \
	  done; \
	  [ -n "$${found:-}" ] || { echo "Byte needs Python 3.11 or newer: install it, or say where it is with 'make PYTHON=/path/to/python'." >&2; exit 1; }; \
	  echo "Setting up $(VENV) with $$found"; \
	  $$found -m venv --clear $(VENV); \
	fi
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements/dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
