# SPDX-License-Identifier: BSD-2-Clause
PYTHON  := /usr/bin/python3
PROFILES := intel amd
PY_TREES := harness bench $(wildcard runners/*.py) $(wildcard refcore/tests/*.py)
SCRIPTS := $(wildcard runners/*/run)
C_SOURCES = $(shell find refcore runners bench -name '*.[ch]')
READY := $(addprefix ready-,asan release defects programs kvm model model-asan bodies)

.DEFAULT_GOAL := help
.PHONY: help setup refcore kvm model v86 ready $(READY) run check check-all coverage bench ablation profile lint format clean

help:
	@echo "make run        install what is missing, build, run the suite on the reference core, QEMU, Bochs and KVM (Intel and AMD)"
	@echo "make refcore    build the reference core: build/bin/refcore"
	@echo "make kvm        build the KVM runner: build/bin/kvm-runner"
	@echo "make model      build the host of in-process models and the models: build/bin/model-host, build/bin/model-NAME.so"
	@echo "make check      lint and tests"
	@echo "make check-all  the same with the slow tests"
	@echo "make coverage   branch coverage of the core's event/, seg/ and mem/"
	@echo "make bench      cases a second, windows of models, latency, bars of the core, ten workloads against Bochs and QEMU"
	@echo "make ablation   the reference core without each of the things that make it fast"
	@echo "make profile    where the reference core spends its time"
	@echo "make lint       formatter and linters only"
	@echo "make format     let the formatter rewrite"
	@echo "make clean      remove build products and caches"

setup:
	@./setup

# Two parallel compilers at most: a core needs some 300 MB while it compiles.
refcore: setup
	@$(MAKE) --no-print-directory -j2 -C refcore VARIANT=release

# Needs no KVM to build, only the kernel's headers.
kvm: setup
	@$(MAKE) --no-print-directory -C runners/kvm VARIANT=release

# A part of the core is compiled again, as position-independent code.
model: refcore
	@$(MAKE) --no-print-directory -j2 -C runners/model VARIANT=release

# From npm, once; without it the tests that need it are skipped and say so.
v86:
	@./ringdiff get v86 || echo "make: v86 could not be fetched: its tests will be skipped" >&2

# Both profiles run even if the first one finds something; the exit code is the worse of the two.
run: refcore kvm
	@status=0; for profile in $(PROFILES); do \
	    ./ringdiff run --cpu $$profile || { code=$$?; [ $$code -le $$status ] || status=$$code; }; \
	done; exit $$status

# What the tests need, with lint beside the compilers: the release core for the suite, the sanitizer build for comparison
# with it, the broken cores that the suite must catch, on which the core's own tests run too; all bodies assembled, which
# the first tests would else do at once, each for itself. Two at a time, whatever they belong to; any failure is all's.
ready: setup
	@$(MAKE) --no-print-directory -C refcore index
	@$(MAKE) --no-print-directory -j2 lint $(READY)
ready-release ready-asan ready-defects: ready-%:
	@$(MAKE) --no-print-directory -C refcore VARIANT=$*
ready-programs: ready-asan ready-defects
	@$(MAKE) --no-print-directory -C refcore check-programs
ready-kvm:
	@$(MAKE) --no-print-directory -C runners/kvm VARIANT=release
ready-model: ready-release
	@$(MAKE) --no-print-directory -C runners/model VARIANT=release
ready-model-asan: ready-asan ready-model
	@$(MAKE) --no-print-directory -C runners/model VARIANT=asan
ready-bodies:
	@./ringdiff image -o build/all/all.rom >build/all.log 2>&1 || { cat build/all.log; exit 1; }

check: ready v86
	@$(MAKE) --no-print-directory -C refcore check
	@$(PYTHON) -m pytest -q -n 2 --dist loadfile --durations=25 -m "not slow"

# The core's own tests on the loop core as it is, and for longer.
check-all: ready v86
	@$(MAKE) --no-print-directory -j2 -C refcore VARIANT=loop
	@$(MAKE) --no-print-directory -C refcore check TESTED=loop SILICON_COUNT=20000000 SIMD_ROUNDS=2000
	@$(MAKE) --no-print-directory -j2 -C refcore coverage
	@$(PYTHON) -m pytest -q -n 2 --dist loadfile

# Branches of event/, seg/ and mem/ that the core's own tests and the suite take.
coverage: setup
	@$(MAKE) --no-print-directory -j2 -C refcore coverage

bench: refcore model
	@$(PYTHON) bench/run.py
	@$(PYTHON) bench/models.py
	@$(PYTHON) bench/workloads.py
	@$(PYTHON) bench/machines.py

# What each of the things that make the reference core fast is worth.
ablation: refcore
	@$(PYTHON) bench/ablation.py

# Where the reference core spends its time on the bench's images and on ten workloads; needs Linux' perf.
profile: refcore
	@$(PYTHON) bench/profile.py

lint: setup
	@black --quiet --check $(PY_TREES) $(SCRIPTS) || { echo "lint: run make format" >&2; exit 1; }
	@flake8 $(PY_TREES) $(SCRIPTS)
	@MYPYPATH=runners mypy $(PY_TREES)
	@said=$$(clang-format --dry-run --Werror $(C_SOURCES) 2>&1) || \
	    { echo "$$said" | head -n 20; echo "lint: run make format" >&2; exit 1; }
	@for script in $(SCRIPTS); do MYPYPATH=runners mypy --scripts-are-modules $$script || exit 1; done

format: setup
	@black --quiet $(PY_TREES) $(SCRIPTS)
	@clang-format -i $(C_SOURCES)

clean:
	rm -rf build .pytest_cache .mypy_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
