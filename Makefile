# Everything one does with makewhole. Each target sets up what it needs on a machine with Python 3.11 or later, pip and make.

.DEFAULT_GOAL := help
.PHONY: help demo test check bench format messages lock browser clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := $(shell command -v uv || echo .tools/bin/uv)
SYNC = UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --frozen --extra analytics --compile-bytecode --quiet --python "$(PYTHON)"

help: ## Say what can be done
	@printf 'makewhole: after-sales, disputes and buyer protection for marketplaces.\n\n'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target meaning; do \
		printf '%-16s %s\n' "$$target" "$$meaning"; done

demo: .venv/.for-use ## Serve an invented marketplace with its stories until Ctrl-C; ONCE=1 plays them and leaves
	@.venv/bin/makewhole demo $(if $(filter 1,$(ONCE)),--once)

test: .venv/.for-work browser ## Run all tests; DATABASE_URL=… runs them on that PostgreSQL
	@if command -v java >/dev/null; then $(SYNC) --extra cluster --inexact; fi
	@.venv/bin/python -m pytest -n 2 --dist loadfile -q -ra
	@command -v chromium >/dev/null || printf '\n*** The browser tests were SKIPPED: this machine has no chromium. ***\n'
	@command -v java >/dev/null || printf '\n*** The trial on Spark was SKIPPED: this machine has no java. ***\n'

check: .venv/.for-work ## Lint, types, floor plan, proof of the rulebooks, and house rules
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/mypy --strict -p makewhole.core
	.venv/bin/lint-imports --no-logo
	.venv/bin/makewhole rulebook check
	.venv/bin/python -m pytest -q tests/house -m 'not slow'

bench: .venv/.for-work ## Measure speed against the references of the same run
	@$(SYNC) --group bench --inexact
	@.venv/bin/python -m bench

format: .venv/.for-work ## Put the code into its form
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

messages: .venv/.for-work ## Collect sentences to translate, and compile the translations
	@.venv/bin/python -m tools.messages

lock: $(UV) ## Pin the dependencies anew after a change of pyproject.toml
	@$(UV) lock

browser:
	@command -v chromium >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Debian's chromium for the browser tests …"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; \
		fi; \
		command -v chromium >/dev/null || \
			printf '\n*** NO BROWSER: install chromium and fonts-noto-cjk to run the browser tests. ***\n\n'; \
	} || true

clean: ## Remove what was set up here; data and demo stay
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis

# What the program itself needs; packages for work on it are left alone when they are there.
.venv/.for-use: pyproject.toml uv.lock | $(UV)
	@echo "Setting up .venv …"
	@$(SYNC) --no-dev --inexact
	@.venv/bin/python -m compileall -q makewhole
	@touch $@

.venv/.for-work: pyproject.toml uv.lock | $(UV)
	@echo "Setting up .venv …"
	@$(SYNC)
	@touch $@ .venv/.for-use

.tools/bin/uv:
	@"$(PYTHON)" -m pip --version >/dev/null 2>&1 || { \
		printf '%s has no pip. Add it, or name a Python that has it: make PYTHON=/usr/bin/python3.11 …\n' "$(PYTHON)" >&2; exit 1; }
	@echo "Fetching uv …"
	@"$(PYTHON)" -m pip install -qq --disable-pip-version-check --target .tools uv
