# ExamMonitoring. On a fresh Debian 12 with the Swift toolchain:
#
#   make run     installs what is missing, builds, and serves on http://localhost:8080
#   make test    installs what the tests need in addition, and runs all of them
#   make package builds a Debian package for this machine's release and processor
#
# Options for the server: make run ARGS='--port 9000'

SWIFT ?= swift
ARGS ?=
VENV := .venv
# SwiftPM passes on a flag that pkg-config lists and then calls prohibited; it cannot be avoided here.
QUIET := 2>&1 | { grep -v '^warning: prohibited flag(s)' || true; }
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec

.PHONY: run build test test-long test-swift test-protocol test-pages test-eval test-bench test-fuzz test-sanitize test-soak bench eval \
  eval-footage looks fuzz sanitize sanitize-address sanitize-thread soak models packages packages-test packages-package packages-bench package test-package alert-kinds settings format \
  lint clean help

help:
	@sed -n 's/^#   //p' Makefile

run: packages models build
	.build/release/exam-monitoring serve $(ARGS)

build: packages
	$(SWIFT) build -c release --product exam-monitoring $(QUIET)

packages:
	@deploy/install-packages.sh runtime

packages-test: packages
	@deploy/install-packages.sh test

packages-package: packages
	@deploy/install-packages.sh package

packages-bench: packages
	@deploy/install-packages.sh bench

$(VENV)/.models: deploy/requirements-models.txt
	@deploy/make-venv.sh $(VENV) $< $@

$(VENV)/.bench: Tests/Bench/requirements.txt $(VENV)/.models
	@deploy/make-venv.sh $(VENV) $< $@

$(VENV)/.pages: Tests/Pages/requirements.txt $(VENV)/.models
	@deploy/make-venv.sh $(VENV) $< $@

$(VENV)/.eval: Tests/Eval/requirements.txt $(VENV)/.models
	@deploy/make-venv.sh $(VENV) $< $@

$(VENV)/.protocol: Tests/Protocol/requirements.txt $(VENV)/.models
	@deploy/make-venv.sh $(VENV) $< $@

models: packages $(VENV)/.models
	@$(VENV)/bin/python deploy/fetch_models.py Models

test: packages-test models $(VENV)/.protocol $(VENV)/.pages $(VENV)/.eval $(VENV)/.bench
	@$(MAKE) --no-print-directory test-swift test-protocol test-pages test-eval test-bench test-fuzz test-sanitize \
	  test-soak

# All of it, and what takes longer: docs/testing.md.
test-long: test
	@$(MAKE) --no-print-directory sanitize fuzz test-package
	@$(MAKE) --no-print-directory soak MINUTES=60

# One test at a time: some count the threads and descriptors of the process they all share. Those of the gateway run a
# client in Python, from the environment of the page tests.
test-swift: export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
test-swift:
	$(SWIFT) build --build-tests $(QUIET)
	$(SWIFT) test --no-parallel $(QUIET)

# The binary of the debug build: it checks at run time that actors are not entered from foreign threads.
test-protocol:
	EXAM_MONITORING=.build/debug/exam-monitoring $(VENV)/bin/python -m pytest -q Tests/Protocol

test-pages:
	EXAM_MONITORING=.build/debug/exam-monitoring $(VENV)/bin/python -m pytest -q Tests/Pages

test-eval:
	EXAM_MONITORING=.build/debug/exam-monitoring $(VENV)/bin/python -m pytest -q Tests/Eval

test-bench:
	$(VENV)/bin/python -m pytest -q Tests/Bench

# Parsers on inputs made by libFuzzer; the corpus first, then SECONDS_EACH for each target. lld, since gold fails on the
# tables of the coverage.
SECONDS_EACH ?= 60
FUZZ := .build-fuzz/release/exam-fuzz
SANITIZED := -Xswiftc -use-ld=lld -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
fuzz: packages
	FUZZ=1 $(SWIFT) build -c release --scratch-path .build-fuzz --product exam-fuzz -Xswiftc -enable-testing \
	  -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address $(SANITIZED) $(QUIET)
	python3 Tests/Fuzz/fuzz.py $(FUZZ) $(or $(ARGS),--seconds $(SECONDS_EACH))

# Every test of Swift with C and C++ under the address and the undefined-behaviour sanitizer, Swift under the address
# sanitizer; then with all three under the thread sanitizer.
sanitize: sanitize-address sanitize-thread

sanitize-address: export ASAN_OPTIONS := detect_leaks=0
sanitize-thread: export TSAN_OPTIONS := suppressions=$(CURDIR)/Tests/Sanitizers/thread.supp
sanitize-address sanitize-thread: export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
sanitize-address sanitize-thread: sanitize-%: packages-test models $(VENV)/.protocol $(VENV)/.pages
	$(SWIFT) build --build-tests --sanitize=$* --scratch-path .build-$* $(SANITIZED) $(QUIET)
	$(SWIFT) test --no-parallel --skip-build --sanitize=$* --scratch-path .build-$* $(SANITIZED) $(ARGS) $(QUIET)

# A long exam with hostile students and a crash halfway through.
MINUTES ?= 60
soak: packages models build $(VENV)/.protocol
	$(VENV)/bin/python Tests/Soak/soak.py --server .build/release/exam-monitoring --minutes $(MINUTES)

# The package into .build-package/: docs/operations.md.
package: packages packages-package models
	@deploy/make-package.sh

# It is installed, upgraded, removed and purged in a clean root, and its service runs there. As root, with a network.
test-package: package $(VENV)/.protocol
	$(VENV)/bin/python -m pytest -q Tests/Package

# The same inputs each time, so that it only fails because of a change.
test-fuzz:
	@$(MAKE) --no-print-directory fuzz ARGS='--runs 20000 --seed 1'

# Those that call our C and C++.
test-sanitize:
	@$(MAKE) --no-print-directory sanitize-address ARGS="--filter '^(FaceCheck|GLibRuntime|MediaPipeline|WebGateway)Tests\.'"

test-soak:
	@$(MAKE) --no-print-directory soak MINUTES=2

# What the libraries alone cost: Tests/Bench/libraries. The server's own face detector is compiled in.
FLOOR := .build/floor
$(FLOOR): $(wildcard Tests/Bench/libraries/* Sources/CFaceDetector/* Sources/CFaceDetector/include/*) Sources/CPictureScaler/plane_scaler.c | packages-bench
	@mkdir -p $(@D)
	gcc -O2 -Wall -Wextra -ISources/CPictureScaler/include -c $(filter %.c,$^) -o $@.o
	g++ -O2 -std=c++17 -Wall -Wextra -ISources/CFaceDetector/include -ISources/CFaceDetector -ISources/CPictureScaler/include \
	  -isystem/usr/include/opencv4 $(filter %.cpp,$^) $@.o -o $@ \
	  $$(pkg-config --cflags --libs vpx libturbojpeg libswscale) -lopencv_core -lopencv_imgproc -lopencv_dnn

# What the server costs compared with the libraries alone, into docs/performance.md. Twelve minutes on a quiet machine.
bench: packages-bench models build $(FLOOR) $(VENV)/.bench
	$(VENV)/bin/python Tests/Bench/bench.py --server .build/release/exam-monitoring --floor $(FLOOR) $(ARGS)

# How accurate the alerts are, into docs/accuracy.md. Your own clips: make eval ARGS='--scenes DIR'
eval: packages-test models build $(VENV)/.eval
	$(VENV)/bin/python Tests/Eval/evaluate.py --server .build/release/exam-monitoring $(ARGS)

# Real footage into eval-footage/, as far as it can be fetched: docs/accuracy.md. `make eval` plays what is there.
eval-footage: packages-test $(VENV)/.eval
	$(VENV)/bin/python Tests/Eval/footage.py eval-footage $(ARGS)

# What the checks find in a small set of the scenes, recorded anew for `make test`: docs/tuning.md says when. The rules alone
# have changed: make looks ARGS=--baseline-only
looks: packages-test models build $(VENV)/.eval
	$(VENV)/bin/python Tests/Eval/record_looks.py --program .build/release/exam-monitoring $(ARGS)

# The reference of settings, from the server's table: docs/exam-monitoring.yaml.
settings:
	.build/debug/exam-monitoring config template > .build/exam-monitoring.yaml
	mv .build/exam-monitoring.yaml docs/exam-monitoring.yaml

# The server's table of alert kinds, for programs without a server: docs/alert-kinds.json.
alert-kinds:
	EXAM_MONITORING=.build/debug/exam-monitoring $(VENV)/bin/python Tests/support/alert_kinds.py

format:
	swift-format format -i -r Package.swift Sources Tests

lint:
	swift-format lint -s -r Package.swift Sources Tests

clean:
	rm -rf .build .build-* $(VENV)
