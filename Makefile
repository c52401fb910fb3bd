# Everything a person needs. `make help` lists it.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
export PYTHONPATH := .:site
export DJANGO_SETTINGS_MODULE ?= config.settings.dev
MANAGE := $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help run test test-full test-kill check demo bench setup messages lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(STAMP): requirements.txt tests/requirements.txt
	@PYTHON=$(PYTHON) bash tests/tools/make_venv.sh $(VENV)
	@touch $@

setup: $(STAMP) ## the virtual environment and the compiled translations
	@$(BIN)/python tests/tools/messages.py compile

run: setup ## set everything up and serve http://127.0.0.1:8000/ (PORT=… for another port)
	@$(MANAGE) migrate --verbosity 0
	@exec $(MANAGE) serve --port $(PORT)

test: setup ## every kind of test in small sizes, with a real browser (installs Chromium and fonts where it may)
	@bash tests/tools/install_tools.sh
	@DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python -m pytest -n 2 --dist loadfile

test-full: setup ## the same with the large sizes and PostgreSQL
	@bash tests/tools/install_tools.sh
	@FULL=1 DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python -m pytest -n 2 --dist loadfile

test-kill: setup ## kills mail workers, PostgreSQL and the relay while mail is sent, and prints who got what (about 15 minutes)
	@$(BIN)/python tests/faults/send_kill.py $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

check: setup ## format, lint, imports, migrations, translations, templates
	@bash tests/tools/check.sh

demo: setup ## the main job from the form to the outbox, on a scratch database, without a person
	@$(MANAGE) demo

bench: setup ## measurements, as ratios within one run
	@DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python -m pytest tests/bench -o python_files='bench_*.py' -o addopts='--import-mode=importlib -q -s' -p no:cacheprovider

messages: setup ## write new strings into the translation files
	@$(BIN)/python tests/tools/messages.py update

lock: setup ## write the hashed requirements again (needs uv)
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -q pyproject.toml -o requirements.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -q --group tools -c requirements.txt -o tests/requirements.txt
