# The verbs of the project; `make help` lists them. Each works in a fresh clone.

PREFIX ?= /usr/local
EXPERIMENT ?= experiments/fc_only.yaml
PYTHON := .venv/bin/python
# The peers of 'make bench': another interpreter that has Tools/python/requirements-bench.txt will do.
BENCH_PYTHON ?= .venv-bench/bin/python
XRUN := .build/release/xrun
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks

# What runs record; empty, and so unknown, outside of a checkout.
export XRUN_COMMIT := $(shell git describe --always --dirty --abbrev=40 --exclude='*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup browser build run test test-quick accept check lint format format-check generate golden \
  parity mutants test-without-onednn bench tune install clean

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: Debian packages
	@Tools/setup.sh

browser:
	@Tools/browser.sh

.venv-bench/ready: Tools/python/requirements-bench.txt Tools/python/bench-venv.sh
	@Tools/python/bench-venv.sh .venv-bench

.venv/ready: Tools/python/requirements.txt Tools/python/venv.sh
	@Tools/python/venv.sh .venv

build: setup ## Build in release: .build/release/xrun
	swift build -c release --product xrun

run: build ## Train EXPERIMENT (experiments/fc_only.yaml) and leave a folder in runs/
	$(XRUN) $(EXPERIMENT)

test: setup browser .venv/ready ## Build in release once and run all tests that a change must pass
	@Tools/test.sh

test-quick: setup ## The tests that need neither Python nor whole models
	@Tools/test.sh --skip GoldenTests --skip EndToEndTests --skip TrainingTests \
	  --skip SchemaAgreementTests

accept: test ## The long proofs, every figure printed: about an hour, more with PyTorch's curves
	swift build -c release --product xrun
	@Tools/accept.sh

check: lint test ## What must pass before a commit

lint: format-check ## Formatting, no compiler warning, nothing of one machine in the files
	@Tools/lint.sh
	XRUN_STRICT=1 swift build --scratch-path .build-lint --build-tests

format-check:
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

format: ## Format all Swift files in place
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

generate: build ## Renew what is made from declarations: docs/reference (goldens: make golden)
	$(XRUN) explain --write docs/reference
	$(XRUN) schema > docs/reference/xrun.schema.json.new
	mv docs/reference/xrun.schema.json.new docs/reference/xrun.schema.json

golden: ## Renew goldens and show what moved: needs the full venv (Tools/golden/README.md)
	@Tools/golden/renew.sh

parity: setup .venv/ready ## Compare with torch, torchvision, timm and PIL; renew docs/parity.md
	@Tools/parity.sh

mutants: setup ## Plant mistakes, one at a time, and show that the parity suites catch each: some minutes
	python3 Tools/mutants/run.py

test-without-onednn: setup .venv/ready ## All tests as where oneDNN is not installed; needs root
	Tools/without-onednn.sh env XRUN_BUILD=.build-openblas Tools/test.sh

bench: setup .venv/ready $(if $(filter .venv-bench/%,$(BENCH_PYTHON)),.venv-bench/ready) ## Against PyTorch, about an hour: ROWS=resnet18,memory for less
	swift build -c release --product xrun-bench
	swift build -c release --product xrun
	$(BENCH_PYTHON) Benchmarks/compare.py --rows $(or $(ROWS),all) --cpu-python $(PYTHON) \
	  --markdown docs/performance.md

tune: build ## Renew this instruction set's kernel table on a quiet machine; then build and test again
	$(XRUN) tune --write Sources/Kernels/Tables $(TUNE)

install: setup ## Put xrun, its weights and completion for three shells under PREFIX (/usr/local)
	swift build -c release --product xrun --static-swift-stdlib --scratch-path .build-install
	install -D -m 755 .build-install/release/xrun $(DESTDIR)$(PREFIX)/bin/xrun
	@for file in Weights/*.safetensors; do \
	  if [ -e "$$file" ]; then \
	    install -D -m 644 "$$file" "$(DESTDIR)$(PREFIX)/share/xrun/weights/$$(basename "$$file")"; fi; done
	@Tools/install-completion.sh .build-install/release/xrun "$(DESTDIR)$(PREFIX)/share"

clean: ## Remove builds and the venv; runs/ is left alone
	rm -rf .build .build-lint .build-install .bench .venv .venv-bench
