# Every target installs what it needs into .venv; nothing else is touched but Debian's chromium, for the page tests.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
.DEFAULT_GOAL := help

.PHONY: help
help: ## Show these targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.PHONY: check
check: $(STAMP) ## Format, lint, types, layers, sizes: what CI runs first
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/sizes.py

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  echo "installing Debian's chromium for the page tests"; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null \
	  || { echo "The page tests need Chromium and it could not be installed: run 'apt-get install chromium' as root," \
	       "or set CHROMIUM=/path/to/chromium."; test -n "$$CHROMIUM"; }; }

.PHONY: test
test: $(STAMP) chromium ## Everything: unit, rooms, story, page
	$(BIN)/pytest

.PHONY: story
story: $(STAMP) ## One change through every room, against the sandbox
	$(BIN)/pytest tests/story

.PHONY: page
page: $(STAMP) chromium ## The sandbox's page in headless Chromium
	$(BIN)/pytest tests/page

.PHONY: chaos
chaos: $(STAMP) ## Kill, pause and cut at every named moment; CHAOS_ROUNDS, CHAOS_SEED, CHAOS_DATABASES
	@$(BIN)/python -m tests.chaos

.PHONY: demo
demo: $(STAMP) ## Sandbox Slack, sandbox cloud and the real bot; ARGS=--script tells the story as text
	@$(BIN)/countersign demo $(ARGS)

.PHONY: run
run: $(STAMP) ## The bot, with the settings of your environment
	@$(BIN)/countersign run

.PHONY: lock
lock: $(STAMP)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --python-version 3.11 --universal -o requirements.lock
