# `make demo` and `make test` start from nothing: a Python 3.11 or later and make are enough.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# `make test demo` is two jobs on one .venv and one terminal.
.NOTPARALLEL:

export PIP_DISABLE_PIP_VERSION_CHECK = 1

bin := .venv/bin

.PHONY: demo test check quick walk explore wheel-test keys json faults bench bench-tui screenshots catalogue lock clean help venv

demo: venv  ## show Safehands on an invented company, in a vault that is thrown away
	@$(bin)/safehands demo

test: check  ## everything that has to hold; the same as `make check`

check: venv  ## format, lint, types, import contracts, wheel, tests
	@echo 'check 1/6  format            ruff format'
	@$(bin)/ruff format --check --quiet --diff .
	@echo 'check 2/6  lint              ruff check'
	@$(bin)/ruff check --quiet .
	@echo 'check 3/6  import contracts  lint-imports'
	@$(bin)/lint-imports --no-logo >.venv/contracts.txt 2>&1 || { cat .venv/contracts.txt; exit 1; }
	@echo 'check 4/6  types             mypy, strict'
	@echo 'check 5/6  installed wheel   tests/wheel/run.sh, beside mypy'
	@tests/wheel/run.sh & wheel=$$!; $(bin)/mypy --no-error-summary; types=$$?; \
		wait $$wheel && exit $$types
	@echo 'check 6/6  tests             pytest, 2000 examples a property'
	@HYPOTHESIS_PROFILE=full $(bin)/pytest -n 2 --dist worksteal --quiet -m 'not walk'

quick: venv  ## the tests alone, 25 examples a property
	@HYPOTHESIS_PROFILE=quick $(bin)/pytest -n 2 --dist worksteal --quiet -m 'not walk'

walk: venv  ## walk through all pages of the interface on very small and very large terminals
	@$(bin)/pytest -n 2 --dist worksteal --quiet -m walk tests/tui

explore: venv  ## look for rare combinations: 2000 new examples a property
	@HYPOTHESIS_PROFILE=explore $(bin)/pytest -n 2 --dist worksteal --quiet tests/property

wheel-test: venv  ## build the wheel and use it with the source tree out of the way
	@tests/wheel/run.sh && echo 'the installed wheel works'

keys: venv  ## write docs/keys.md from the command registry
	@$(bin)/python -m tui.keys >docs/keys.md

json: venv  ## write docs/json.md from real answers of the commands
	@$(bin)/python -m tests.cli.json_page >docs/json.md

faults: venv  ## cut a rotation off at every call that writes, every moment, by every power cut
	@$(bin)/python -m tests.faults

bench: venv  ## measure what docs and README promise
	@$(bin)/python -m bench

bench-tui: venv  ## measure what the terminal interface promises
	@$(bin)/python -m bench.interface

screenshots: venv  ## draw the demo company's pages into docs/screenshots
	@PYTHONHASHSEED=0 $(bin)/python -m tests.tui.pictures

catalogue: venv  ## compile the platform catalogue from its TOML files
	@$(bin)/python -m vault.domain.platforms.compile

lock: venv  ## resolve the dependencies anew into requirements.lock (fetches uv)
	@scripts/lock

clean:  ## remove .venv and everything the tools left
	@rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find vault tui migrations tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 20

venv:
	@scripts/make-venv
