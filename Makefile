# Everything a newcomer needs: `make run` builds the report, `make test` proves the program.
# Both set up a virtual environment first, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint types browser slow soak wheel bench clean

# The newest week that has entries. All feeds down is exit 1 though an issue was written: that
# is for cron to notice; here an issue written is what counts.
run: $(VENV)/.run
	@$(BIN)/digest run --latest; code=$$?; \
	if [ $$code -eq 1 ] && [ -s output/index.html ]; then code=0; fi; \
	if [ $$code -eq 0 ]; then echo "Open it: $(CURDIR)/output/index.html"; fi; exit $$code

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n auto -m "not slow"

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy digest

browser: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m browser

slow: $(VENV)/.train
	$(BIN)/python -m pytest -q -n auto -m slow

soak: $(VENV)/.train
	DIGEST_SOAK=1 $(BIN)/python -m pytest -q -m slow

wheel: $(VENV)/.dev
	rm -rf dist && $(BIN)/python -m pip -q wheel --no-deps --wheel-dir dist .

# What makes the shipped weights anew, and the test that they are what training gives.
$(VENV)/.train: $(VENV)/.dev requirements-train.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-train.lock
	@touch $@

clean:
	rm -rf $(VENV) dist build .digest

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
