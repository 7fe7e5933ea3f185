# The commands a newcomer needs; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
UV := .venv/bin/uv
PYTHON := .venv/bin/python
BOT := $(PYTHON) -m bot

export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: help install run chat train lint check test evaluate bench evening x-day requirements clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 20

.venv/installed: requirements.txt requirements-lift.txt
	@python=$$(scripts/find-python) && echo "Installing into .venv (a few minutes the first time)…" \
	  && rm -rf .venv && $$python -m venv .venv
	@.venv/bin/pip install --quiet uv==0.13.9
	@$(UV) pip install --python $(PYTHON) --require-hashes --no-deps --compile-bytecode -r requirements.txt
	@$(UV) pip install --python $(PYTHON) --require-hashes --no-deps --compile-bytecode -r requirements-lift.txt
	@touch $@

install: .venv/installed  ## install everything into .venv

train: .venv/installed  ## train the model if what it is made from has changed
	@$(BOT) train --if-needed

run: train  ## start Cuicui and print where to click
	@$(BOT) run

chat: train  ## talk to Cuicui in this terminal
	@$(BOT) chat

lint: .venv/installed  ## check the glossary
	@$(BOT) lint

check: lint  ## check the glossary, the code's style and its types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

test: check train  ## run the whole suite
	@$(PYTHON) -m pytest

evaluate: train  ## measure understanding on lines the training never saw
	@$(PYTHON) -m tests.evaluation

bench: train  ## measure speed and memory beside Rasa's own starter
	@$(PYTHON) -m tests.bench

evening: train  ## play an evening of 200 people before the Telegram door, with figures
	@$(PYTHON) -m tests.evening

x-day: .venv/installed  ## play a day of 300 people before the X door, with figures
	@$(PYTHON) -m tests.x_day

requirements: .venv/installed  ## resolve requirements.in again
	@$(UV) pip compile --quiet --no-header --generate-hashes --python $(PYTHON) requirements.in -o requirements.txt
	@$(UV) pip compile --quiet --no-header --generate-hashes --no-deps --python $(PYTHON) requirements-lift.in -o requirements-lift.txt

clean:  ## remove the model and what was measured (not the conversations)
	@rm -rf var/models results .mypy_cache .ruff_cache .pytest_cache .hypothesis
