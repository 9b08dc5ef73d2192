# Praxis. `make test` is what must pass; `make demo` shows it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

TOOLS := $(shell go env GOPATH 2>/dev/null)/bin
GOFUMPT := mvdan.cc/gofumpt@v0.12.0
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# What to test, e.g. make race P=./models/. Those that take longest begin first, so that the others run beside them.
P ?= ./internal/testrig ./cmd/praxis ./...
# Arguments of demo, e.g. make demo ARGS=--help
ARGS ?=

# Tests that lack one of these fail instead of being skipped.
export PRAXIS_TEST_REQUIRE ?= postgres,chromium,toot,python3-mastodon,node,npm,ffmpeg

.PHONY: build test race lint fmt cover demo tools clean

build: ## bin/praxis, static
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/praxis ./cmd/praxis

# Memory is cheaper here than time, up to a limit: garbage is collected seldom, vet ran already, and nobody debugs these programs.
test: ## everything, on SQLite and on one PostgreSQL cluster for the whole run
	./scripts/install-test-deps.sh
	./scripts/fmtcheck.sh gofmt
	CGO_ENABLED=0 go vet ./...
	mkdir -p tmp/tools
	CGO_ENABLED=0 go build -o tmp/tools/ ./scripts/withpostgres ./scripts/testcount
	CGO_ENABLED=0 GOGC=400 GOMEMLIMIT=2GiB ./scripts/quicktemp.sh tmp/tools/withpostgres tmp/tools/testcount -p 3 -vet=off -ldflags=-w -count=1 -timeout 60m $(P)

race: ## the tests of P under the race detector, with what is installed; all of them take long
	CGO_ENABLED=1 PRAXIS_TEST_REQUIRE= ./scripts/quicktemp.sh go run ./scripts/withpostgres go test -race -count=1 -timeout 60m $(P)

cover: ## tmp/coverage.html
	mkdir -p tmp
	./scripts/quicktemp.sh go run ./scripts/withpostgres go test -coverpkg=./... -coverprofile=tmp/coverage.out $(P)
	go tool cover -html=tmp/coverage.out -o tmp/coverage.html
	go tool cover -func=tmp/coverage.out | tail -1

lint: ## gofumpt and golangci-lint, which `make tools` installs
	PATH="$$PATH:$(TOOLS)"; ./scripts/fmtcheck.sh gofumpt; golangci-lint run ./...

fmt:
	PATH="$$PATH:$(TOOLS)"; if command -v gofumpt >/dev/null; then gofumpt -w .; else gofmt -w .; fi

demo: build ## a small network of communities on this machine
	bin/praxis demo $(ARGS)

tools:
	go install $(GOFUMPT)
	go install $(GOLANGCI)

clean:
	rm -rf bin tmp coverage
