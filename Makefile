# make run      set up and replay the eleven minutes
# make test     set up and pass the tests
# The rest is for people who change deactsim: see CONTRIBUTING.md.

# The first Python on the path that is new enough; or say which: make run PYTHON=/path/to/python
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p $(NEW_ENOUGH) && echo $$p && break; done)

VENV := .venv
PY := $(VENV)/bin/python
SCENARIO ?= scenarios/trump.yaml

.DEFAULT_GOAL := help
.PHONY: help run test lint coverage bounds verify format report readme bench pins clean FORCE
.DELETE_ON_ERROR:

help:
	@echo 'make run      replay the eleven minutes (sets up first)'
	@echo 'make test     pass the tests (sets up first)'
	@echo 'make lint     style, types, floors, spelling, dependencies, documents'
	@echo 'make coverage pass the tests with the coverage gate, nothing compiled'
	@echo 'make bounds   pass the tests of the engines with bounds checks in what is compiled'
	@echo 'make verify   slow proofs: estimates against theory and independent accounts'
	@echo 'make format   put the style right'
	@echo 'make report   rebuild the sample charts and outputs in reports/'
	@echo 'make readme   record the outputs shown in README.md and docs/ again'
	@echo 'make bench    measure speed, memory and precision'
	@echo 'make pins     resolve constraints.txt again'
	@echo 'make clean    remove what was built, the environment too'

# ---- set-up. A stamp is written last, so a set-up that broke half-way is made again; the stamp
# holds the folder's name, so an environment that was moved or copied is made again too.

ifneq ($(shell cat $(VENV)/home 2>/dev/null),$(CURDIR))
MOVED := FORCE
endif

define set_up
	@$(or $(PYTHON),false) $(NEW_ENOUGH) || { echo 'deactsim needs Python 3.11 or newer: make PYTHON=/path/to/python' >&2; exit 1; }
	@echo 'Setting up $(VENV): about half a minute, once' >&2
	@test "`cat $(VENV)/home 2>/dev/null`" = "$(CURDIR)" && $(PY) -m pip --version >/dev/null 2>&1 \
		|| $(PYTHON) -m venv --clear $(VENV) \
		|| { echo 'No venv: on Debian and Ubuntu, apt install python3-venv' >&2; exit 1; }
	@$(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt -e '$(1)'
	@echo '$(CURDIR)' > $(VENV)/home && touch $@
endef

$(VENV)/for-run: pyproject.toml constraints.txt $(MOVED)
	$(call set_up,.[fast])

$(VENV)/for-test: pyproject.toml constraints.txt $(MOVED)
	$(call set_up,.[dev])
	@touch $(VENV)/for-run

FORCE:

# ---- the two commands

run: $(VENV)/for-run
	@$(VENV)/bin/deactsim run $(SCENARIO)

test: $(VENV)/for-test
	@$(PY) -m pytest -q -n 2

# ---- for people who change deactsim

lint: $(VENV)/for-test
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/codespell
	@$(PY) -m deptry src
	@$(PY) -m pytest -q --no-header tests/house/test_tree.py tests/house/test_documents.py

# What is compiled cannot be seen by the coverage gate: here nothing is, and the fast engine runs as it is written.
coverage: $(VENV)/for-test
	@NUMBA_DISABLE_JIT=1 $(PY) -m pytest -q -n 2 --cov --cov-report=term

bounds: $(VENV)/for-test
	@NUMBA_BOUNDSCHECK=1 $(PY) -m pytest -q -n 2 tests/engines

# Each proof ends with exit code 1 where an estimate does not hold.
verify: $(VENV)/for-test
	@for proof in known_answers conditioning far_records forecast_intervals forecast_fleets settled_queues coverage tipping; do \
		echo "== verification/$$proof.py"; $(PY) verification/$$proof.py || exit 1; done

format: $(VENV)/for-test
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

report: $(VENV)/for-test
	@mkdir -p reports/trump
	@$(VENV)/bin/deactsim chart scenarios/trump.yaml -o reports/trump --as png,svg
	@$(VENV)/bin/deactsim run scenarios/trump.yaml > reports/trump/run.txt
	@$(VENV)/bin/deactsim compare scenarios/trump.yaml > reports/trump/compare.txt
	@$(VENV)/bin/deactsim forecast scenarios/small-saas.yaml -o reports/small-saas > /dev/null
	@rm reports/small-saas/forecast-occurrences.csv  # large, and soon made

readme: $(VENV)/for-test
	@$(PY) tests/house/examples.py README.md docs

bench: $(VENV)/for-test
	@$(PY) benchmarks/engines.py
	@$(PY) benchmarks/run.py
	@$(PY) benchmarks/variance.py
	@$(PY) benchmarks/memory.py

# uv resolves for every system and Python at once; it goes into an environment of its own.
pins:
	@$(PYTHON) -m venv $(VENV)-pins && $(VENV)-pins/bin/pip install -qq --disable-pip-version-check uv
	@echo '# Exact versions that the tests ran with; no addresses. Made again by: make pins' > constraints.txt
	@$(VENV)-pins/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade --extra dev \
		--no-emit-index-url --no-annotate --no-header pyproject.toml >> constraints.txt
	@rm -rf $(VENV)-pins

clean:
	@rm -rf $(VENV) $(VENV)-pins build dist htmlcov .coverage .coverage.* .hypothesis \
		.mypy_cache .pytest_cache .ruff_cache .import_linter_cache .grimp_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
