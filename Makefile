# make          builds every command into bin/
# make demo     shows the main job on bundled tables
# make check    builds, vets, lints and runs all tests; as root it installs what it lacks and lets no test be skipped
# make bench    measures beside the rivals and fails below a promised ratio
# make fuzz     runs every fuzz target, FUZZTIME executions each
# make install  copies commands and man pages under DESTDIR and PREFIX

PREFIX   = /usr/local
FUZZTIME = 1000000x
VERSION  = $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
MODULE   = github.com/reedbase/reedbase

# A checkout that belongs to another user, as on some CI machines, has no version control to ask.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

GO    = go
BUILD = CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-X $(MODULE)/pkg/cli.version=$(VERSION)'

.NOTPARALLEL:
.PHONY: build check packages lint cross test man fuzz demo bench install clean

# Each command is written again in one piece, which takes a third of a millisecond off its start: a linker writes through a mapping, and
# leaves the file in the page cache as single pages, each of which is then mapped by itself.
build:
	$(BUILD) -o bin/ ./cmd/...
	@for command in bin/*; do dd if=$$command of=$$command.new bs=64M status=none && chmod 755 $$command.new && mv $$command.new $$command || exit 1; done

check: packages build lint cross test

# The real programs that tests compare with.
packages:
	@scripts/packages

lint:
	@echo 'gofmt, go vet, staticcheck'
	@unformatted=$$(gofmt -l cmd pkg scripts) && test -z "$$unformatted" || { echo "not gofmt-clean: $$unformatted" >&2; exit 1; }
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...

# Linux is the home; everything must build for macOS too.
cross:
	@for arch in amd64 arm64; do \
	  echo "build and vet for darwin/$$arch" && \
	  CGO_ENABLED=0 GOOS=darwin GOARCH=$$arch $(GO) vet ./... && \
	  CGO_ENABLED=0 GOOS=darwin GOARCH=$$arch $(GO) build ./... || exit 1; \
	done

test:
	@$(GO) run ./scripts/tally -count=1 ./...

man:
	@$(GO) run ./scripts/tally -count=1 -run '^TestMan' ./cmd

fuzz:
	@scripts/fuzz $(FUZZTIME)

demo: build
	@PATH="$(CURDIR)/bin:$$PATH" scripts/demo

bench: build
	@$(GO) run ./scripts/bench

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install bin/* $(DESTDIR)$(PREFIX)/bin
	for page in man/*.[157]; do \
	  install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; \
	done

clean:
	rm -rf bin
