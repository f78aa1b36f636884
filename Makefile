# Everything a newcomer needs: `make run` shows the product, `make test` proves it. Each target does its own set-up.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X github.com/echelon-hr/echelon/app.Version=$(VERSION)
DB ?= sqlite
LINT := bin/golangci-lint
ASSETS := templates/static/dist/.built
NODE_MODULES := node_modules/.package-lock.json

.PHONY: run test check lint gen fresh assets bench measure build clean help

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: build ## build, load the demo company and serve it (DB=postgres: on a private throw-away cluster)
	@.ci/serve $(DB)

build: $(ASSETS) ## make bin/echelon with everything inside
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/echelon ./cmd/echelon

assets: $(ASSETS) ## build the front-end files

$(NODE_MODULES): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The stylesheet holds what the templates use: a changed template may change it.
$(ASSETS): $(NODE_MODULES) $(shell find templates -path templates/static/dist -prune -o -type f ! -name '*_templ.go' ! -name '*_test.go' -print)
	npm run --silent build
	@touch $@

gen: $(NODE_MODULES) ## make the generated files again
	go generate ./app/lang/msg ./templates/pdf
	go tool templ generate -log-level error
	go test ./app -run 'TestPermissionsDocument|TestRoutesAreAsListed' -update -count=1 >/dev/null

fresh: ## fail when a generated file is not what its source says
	@.ci/fresh

lint: $(LINT) ## format, vet and lint
	$(LINT) fmt --diff
	go vet ./...
	$(LINT) run

$(LINT): .ci/lint/go.mod
	go build -modfile=.ci/lint/go.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

check: $(ASSETS) lint fresh ## before each commit: lint, generated files, unit tests and suites on SQLite
	go test -short ./...

test: ## everything: check, PostgreSQL, race, shuffle, browser, axe, PDFs, boot test; sets up what it needs
	@.ci/setup
	$(MAKE) check
	ECHELON_TEST_ALL=1 .ci/with-postgres go test -race -shuffle=on -count=1 -timeout 15m ./...

bench: $(ASSETS) ## measure, and write docs/benchmarks.md
	@.ci/setup
	.ci/with-postgres go run ./cmd/echelon/internal/bench -out docs/benchmarks.md

measure: ## print how long functions, files and lines are, how much is tested and documented, beside our aims
	@go run ./cmd/echelon/internal/measure

clean: ## remove what was built
	rm -rf bin templates/static/dist/* node_modules
	git checkout -q -- templates/static/dist/.gitkeep 2>/dev/null || touch templates/static/dist/.gitkeep
