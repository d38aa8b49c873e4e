# Every task by name. `make help` lists them.
PYTHON ?= python3
PY := .venv/bin/python
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check format generated lock coverage clean python packages prepared

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: python ## Prepare .venv/ with the program and its pages
	@$(PYTHON) tools/set_up.py

demo: setup ## Run the sample conference and print a link for each desk
	@.venv/bin/diemcau demo

test: packages check ## Prepare everything that tests need, then `make check`

check: python ## Format, lint, types, layers, licences, pages, generated files, tests
	@$(PYTHON) tools/set_up.py --for-tests
	@$(PY) -m tools.check

format: prepared ## Set every Python file in the house's format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

generated: prepared ## Write the generated files anew
	@$(PY) -m tools.generate

lock: python ## Lock dependencies anew after a change in pyproject.toml (UPGRADE=1: the newest of each)
	@$(PYTHON) -m tools.lock $(if $(UPGRADE),--upgrade)

coverage: prepared ## Say how much of the rules the last run of the tests reached
	@$(PY) -m tools.covered

clean: ## Remove what `make` made
	@rm -rf .venv var frontend/node_modules src/diemcau/web/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

prepared: python
	@test -x .venv/bin/ruff || $(PYTHON) tools/set_up.py --for-tests

packages: python
	@$(PYTHON) tools/debian.py

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) is not installed. Install Python 3.11 or newer (Debian, Ubuntu: apt-get install python3), then run make again." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another one: make PYTHON=python3.12" >&2; exit 1; }
