# Parley: `make run` on a fresh Debian machine with Swift gives a transcript and then a server.

export PARLEY_DATA_DIR ?= $(HOME)/.local/share/parley
PORT ?= 3333
SWIFT ?= swift

parley := .build/release/parley
sample := $(PARLEY_DATA_DIR)/samples/dialogue.wav
swift_files := Package.swift Sources Tests

.NOTPARALLEL:
.PHONY: help setup build run test check format bench clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install the system packages, the inference library, the bundled models and the sample
	@scripts/setup

build: ## build the release binary
	$(SWIFT) build -c release --product parley

run: setup build ## set up, build, transcribe the sample, then serve on PORT (3333)
	@echo
	$(parley) transcribe --format pretty --diarize "$(sample)"
	@echo
	$(parley) serve --port $(PORT)

test: ## set up, run every test; ends with the runner's summary
	@scripts/setup --tests
	"$(PARLEY_DATA_DIR)/test-venv/bin/python" -m unittest discover -q -s scripts/tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --disable-xctest

check: ## format lint, structure rules, a build without warnings
	$(SWIFT) format lint --strict --parallel --recursive $(swift_files)
	scripts/check-structure
	$(SWIFT) build --build-tests

format: ## format the Swift sources in place
	$(SWIFT) format --in-place --parallel --recursive $(swift_files)

bench: setup build ## measure speed, memory, accuracy and serving; QUICK=1 for short inputs
	Benchmarks/run

clean: ## remove what was built (not the data folder)
	rm -rf .build
