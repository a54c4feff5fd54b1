# `make help` explains the targets. Each of them sets up all it needs, and does so only once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
PYTHON ?=
export PYTHON

run_python := .venv/bin/python

.PHONY: help demo run test unit browser layout firefox javascript-test stores soak check format bench environment development javascript locks clean distclean formats consumers corpora wording-baseline messages

help: ## This list
	@echo "Targets (make TARGET):"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "Variables: PYTHON=/path/to/python3.12 chooses the Python; PORT, VAR_DIR, DATABASE_URL, REDIS_URL and the"
	@echo "other settings of docs/operators/settings.md are read from the environment, as in: make demo PORT=9000"

demo: environment ## Start with the sample project: prints the address and the sign-ins; Ctrl-C stops
	@exec $(run_python) manage.py demo

run: environment ## Start without the sample project
	@exec $(run_python) manage.py serve

test: development javascript ## All tests: unit, API, pages, JavaScript, real browsers, PostgreSQL and Redis
	@exec $(run_python) -m tools.test

unit: development ## Only the Python tests that need no browser and no other database (ARGS="-k words" narrows them)
	@exec $(run_python) -m tools.test --part python -- $(ARGS)

browser: development ## Only the tests in a real Chromium (ARGS as above)
	@exec $(run_python) -m tools.test --part browser -- $(ARGS)

layout: development ## Only the tests of layout, with Noto fonts (ARGS as above)
	@exec $(run_python) -m tools.test --part layout -- $(ARGS)

firefox: development javascript ## Only the tests in a real Firefox (ARGS as above)
	@exec $(run_python) -m tools.test --part firefox -- $(ARGS)

javascript-test: development ## Only the tests of the JavaScript modules
	@exec $(run_python) -m tools.test --part javascript

stores: development ## Only the part that runs on a real PostgreSQL and a real Redis (ARGS as above)
	@exec $(run_python) -m tools.test --part stores -- $(ARGS)

consumers: development ## Only the part with the tools that read what we write: spaCy, datasets, cassis (ARGS as above)
	@exec $(run_python) -m tools.test --part consumers -- $(ARGS)

soak: development ## Long runs: three months of a project, hostile files and requests, many examples (ARGS as above)
	@exec $(run_python) -m tools.test --part soak --part properties -- $(ARGS)

check: development javascript ## Linters, types, architecture, sizes, wording, migrations, API description
	@exec $(run_python) -m tools.check

wording-baseline: development ## Lower tools/wording-baseline.txt after phrases were replaced
	@$(run_python) -m tools.wording --write-baseline

messages: development ## List the strings of pages and scripts in locale/, for translators
	@$(run_python) -m tools.messages

format: development javascript ## Put the formatting of Python and JavaScript right
	@$(run_python) -m ruff format . && $(run_python) -m ruff check --fix --quiet . || true

bench: development ## Measure what the figures in the README claim (ARGS="import export" chooses)
	@exec $(run_python) -m tests.bench.run $(ARGS)

corpora: development ## Import corpora into an empty site and print the balance of their items (FOLDERS="a b.zip", SITE=folder)
	@exec $(run_python) -m tools.corpora $(FOLDERS) $(if $(SITE),--site $(SITE))

environment: ## Make .venv with what running needs
	@tools/environment.sh runtime

formats: ## Install what .spacy, Parquet and HTML need beside the rest
	@tools/environment.sh formats

development: ## Make .venv with what checking and testing need as well
	@tools/environment.sh development

javascript: development ## Install the JavaScript tools
	@tools/environment.sh javascript

locks: development ## Compile requirements*.in and package.json into pinned files with hashes (ARGS=--upgrade upgrades)
	@tools/locks.sh $(ARGS)

clean: ## Remove what tools left behind; keeps the environment and the data in var/
	@rm -rf build .coverage .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +

distclean: clean ## Remove the environment too; keeps the data in var/
	@rm -rf .venv tools/javascript/node_modules
