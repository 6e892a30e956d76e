# SPDX-License-Identifier: BSD-2-Clause
PYTHON  := /usr/bin/python3
PROFILES := intel amd
PY_TREES := harness bench runners/boot.py
SCRIPTS := $(wildcard runners/*/run)

.DEFAULT_GOAL := help
.PHONY: help setup run check check-all bench lint format clean

help:
	@echo "make run        install what is missing, build, run the suite on QEMU and Bochs (Intel and AMD profiles)"
	@echo "make check      lint and tests"
	@echo "make check-all  the same with the slow tests"
	@echo "make bench      cases a second and latency"
	@echo "make lint       formatter and linters only"
	@echo "make format     let the formatter rewrite"
	@echo "make clean      remove build products and caches"

setup:
	@./setup

# Both profiles run even if the first one finds something; the exit code is the worse of the two.
run: setup
	@status=0; for profile in $(PROFILES); do \
	    ./ringdiff run --cpu $$profile -b qemu -b bochs || { code=$$?; [ $$code -le $$status ] || status=$$code; }; \
	done; exit $$status

check: setup lint
	@$(PYTHON) -m pytest -q -m "not slow"

check-all: setup lint
	@$(PYTHON) -m pytest -q

bench: setup
	@$(PYTHON) bench/run.py

lint: setup
	@black --quiet --check $(PY_TREES) $(SCRIPTS) || { echo "lint: run make format" >&2; exit 1; }
	@flake8 $(PY_TREES) $(SCRIPTS)
	@MYPYPATH=runners mypy harness bench runners/boot.py
	@for script in $(SCRIPTS); do MYPYPATH=runners mypy --scripts-are-modules $$script || exit 1; done

format: setup
	@black --quiet $(PY_TREES) $(SCRIPTS)

clean:
	rm -rf build .pytest_cache .mypy_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
