# What a fresh machine needs: Python 3.11 or newer, with venv, and make.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
RUN := .venv/ready-to-run
DEV := .venv/ready-to-test
CODE := connector webhooks tests

.PHONY: demo run test quick check format bench simulate fuzz faults reference lock clean

demo: $(RUN)                    ## a morning in a webshop, with a local HubSpot and Mailchimp
	$(BIN)/loods demo

run: $(RUN)                     ## the real thing: the folder mappings/, your own HubSpot and Mailchimp
	$(BIN)/loods run

test: quick                     ## every test
	$(BIN)/pytest --numprocesses auto --maxschedchunk 1 -m slow

quick: $(DEV)                   ## the tests that take less than two minutes together, on all cores
	$(BIN)/pytest --numprocesses auto -m "not slow"

check: $(DEV)                   ## format, lint, types and the direction of imports
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV)                  ## put the code into its form
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(DEV)                   ## speed and memory, as ratios to a limit or a peer of the same run
	@for one in tests/bench/bench_*.py; do echo "== $$one"; $(BIN)/python -m $$(echo $${one%.py} | tr / .) || exit 1; done

simulate: $(DEV)                ## a whole Loods over a clock and a chance of its own: SEEDS runs, every promise asked
	$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),2000) --from $(or $(FROM),0)

fuzz: $(DEV)                    ## COUNT requests that nobody wrote, of a SEED, FROM a number, posted to the receiver in process
	$(BIN)/python -m tests.faults.fuzz --count $(or $(COUNT),50000) $(if $(SEED),--seed $(SEED)) $(if $(FROM),--from $(FROM))

faults: $(DEV)                  ## kills, crashes, power cuts, …: CYCLES of each, of a SEED; ONLY names campaigns
	$(BIN)/python -m tests.faults --cycles $(or $(CYCLES),100) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

reference: $(DEV)              ## the generated parts of README and docs
	$(BIN)/python -m connector.reference

lock: $(DEV)                    ## lock the newest versions that requirements/*.in allow
	$(PIP) install uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  requirements/run.in requirements/build.in --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  requirements/dev.in --output-file requirements/dev.txt

clean:                          ## the virtual environment and all that tools left behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info build

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Loods needs Python 3.11 or newer; say which: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN): requirements/run.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes --requirement requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@
