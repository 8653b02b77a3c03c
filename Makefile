# Needs Python 3.11 or later with venv, and make. Everything else is installed below this directory, from the locks.

SHELL := /bin/sh
PYTHON ?= python3
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export CDK8S_CHECK_UPGRADE := false

# Each stamp is newer than what it was made from. Those in $(VENV) go when it does.
DEPENDENCIES := $(VENV)/.stamp-dependencies
PROJECT := $(VENV)/.stamp-project
LINTERS := $(VENV)/.stamp-linters
COMPOSE := $(VENV)/.stamp-compose
CLI := node_modules/.stamp-cli

PIP_INSTALL = $(BIN)/python -m pip install --quiet
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(LOCKFLAGS)

.PHONY: help synth compose docs examples imports test test-cluster test-compose lint types bench soak lock clean
.DELETE_ON_ERROR:

help: ## Show this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '  make %-14s %s\n' "$$name" "$$text"; done

# The CLI empties its output directory before it starts, so it never gets dist/ itself.
synth: $(PROJECT) $(CLI) ## Write the manifests to dist/; if that fails, dist/ stays as it was
	@echo "Synthesizing…"
	@rm -rf .dist.new
	@log=$$($(BIN)/node node_modules/cdk8s-cli/bin/cdk8s synth --output .dist.new) || { \
		[ -z "$$log" ] || printf '%s\n' "$$log" >&2; \
		rm -rf .dist.new; echo "Synthesis failed; dist/ is unchanged." >&2; exit 1; }
	@rm -rf .dist.old
	@[ ! -e dist ] || mv dist .dist.old
	@mv .dist.new dist
	@rm -rf .dist.old
	@for file in dist/*; do echo "  $$file"; done

compose: $(PROJECT) ## Write the docker-compose counterpart to compose/; secrets only where .env lacks them
	@$(BIN)/python -m cdk8s_paperless_ngx.compose main.py compose

examples: $(PROJECT) ## Write the manifests of each example beside it
	@for example in examples/*/; do \
		echo "  $$example"; \
		rm -rf .dist.new; \
		PYTHONPATH=. CDK8S_OUTDIR=.dist.new $(BIN)/python "$$example/main.py" || { rm -rf .dist.new; exit 1; }; \
		rm -rf "$$example/dist"; mv .dist.new "$$example/dist"; \
	done

imports: $(CLI) ## Make the bindings in imports/ anew, from the schemas there
	@echo "Importing…"
	@rm -rf imports/io
	@NODE_NO_WARNINGS=1 $(BIN)/node node_modules/cdk8s-cli/bin/cdk8s import

docs: $(PROJECT) ## Write docs/settings.md from the declarations of the settings
	@echo "Writing the reference…"
	@$(BIN)/python docs/settings_reference.py

test: $(PROJECT) $(CLI) ## Run the tests that need no cluster (PYTEST='-k name' for some of them)
	@echo "Testing…"
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(PYTEST)

test-cluster: $(PROJECT) ## Run the tests on the cluster that KUBECONFIG names
	@if [ -z "$$KUBECONFIG" ]; then \
		echo "*** Cluster tests NOT run: KUBECONFIG is not set. ***" >&2; \
	else \
		echo "Testing on the cluster of $$KUBECONFIG…"; \
		$(BIN)/python -m pytest -m cluster tests/cluster $(PYTEST); \
	fi

test-compose: $(PROJECT) $(COMPOSE) ## Run the tests of compose/ with podman, and the images that TESTCLUSTER makes
	@if ! command -v podman >/dev/null; then \
		echo "*** Compose tests NOT run: there is no podman. ***" >&2; \
	elif [ -z "$$TESTCLUSTER" ]; then \
		echo "*** Compose tests NOT run: TESTCLUSTER is not set. ***" >&2; \
	else \
		echo "Testing compose/ with podman…"; \
		$(BIN)/python -m pytest -m compose tests/compose $(PYTEST); \
	fi

lint: $(PROJECT) $(LINTERS) ## Check style, format and types
	@echo "Checking style…"
	@$(BIN)/ruff check --no-cache
	@$(BIN)/ruff format --check
	@$(MAKE) --no-print-directory types

types: $(PROJECT) $(LINTERS) ## Check types only
	@echo "Checking types…"
	@$(BIN)/mypy
	@$(BIN)/pyright

bench: $(PROJECT) ## Time the steps of a synthesis and, on the cluster that KUBECONFIG names, workers
	@$(BIN)/python tests/bench.py
	@if [ -n "$$KUBECONFIG" ]; then $(BIN)/python -m tests.cluster.bench; \
		else echo "Workers NOT timed: KUBECONFIG is not set."; fi

soak: $(PROJECT) ## Kill everything at random for 10 minutes, on the cluster that KUBECONFIG names (SOAK='--seed 1')
	@if [ -z "$$KUBECONFIG" ]; then \
		echo "*** Soak NOT run: KUBECONFIG is not set. ***" >&2; \
	else \
		$(BIN)/python -m tests.cluster.soak $(SOAK); \
	fi

lock: $(DEPENDENCIES) ## Renew the locks (needs uv; LOCKFLAGS=--upgrade for newer versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@echo "Locking Python packages…"
	@$(COMPILE) --group dev --output-file requirements/dev.txt pyproject.toml
	@$(COMPILE) --group lint --constraints requirements/dev.txt --output-file requirements/lint.txt
	@$(COMPILE) --group types --constraints requirements/dev.txt --output-file requirements/types.txt
	@$(COMPILE) --group compose --constraints requirements/dev.txt --output-file requirements/compose.txt
	@$(COMPILE) --group standin --output-file requirements/standin.txt
	@echo "Locking the cdk8s CLI…"
	@npm install --package-lock-only --loglevel=error

clean: ## Remove what make installed; dist/ stays
	rm -rf $(VENV) node_modules build .dist.new .dist.old .mypy_cache .pytest_cache .ruff_cache

$(DEPENDENCIES): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed; name one: make PYTHON=python3.11" >&2; exit 1; }
	@echo "Setting up Python and Node…"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP_INSTALL) --require-hashes --requirement $<
	@touch $@

$(PROJECT): $(DEPENDENCIES) pyproject.toml
	@echo "Installing the project…"
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q lib imports
	@touch $@

$(LINTERS): $(DEPENDENCIES) requirements/lint.txt requirements/types.txt
	@echo "Setting up the linters…"
	@$(PIP_INSTALL) --require-hashes --requirement requirements/lint.txt --requirement requirements/types.txt
	@touch $@

$(COMPOSE): $(DEPENDENCIES) requirements/compose.txt
	@$(PIP_INSTALL) --require-hashes --requirement requirements/compose.txt
	@touch $@

$(CLI): package.json package-lock.json .npmrc | $(DEPENDENCIES)
	@echo "Setting up the cdk8s CLI…"
	@npm ci --loglevel=error
	@touch $@
