SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Node of the pinned major version: from PATH, or from the cache (hack/node.sh). First in PATH of every recipe.
NODE_BIN := $(shell hack/node.sh)
ifeq ($(NODE_BIN),)
$(error Node could not be set up, see the message above)
endif
export PATH := $(NODE_BIN):$(PATH)
# node-gyp builds pkcs11js against the headers of this very Node
export npm_config_nodedir := $(abspath $(NODE_BIN)/..)

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

node_modules/.package-lock.json: package.json package-lock.json */package.json
	npm ci --no-progress
	@touch $@

.PHONY: deps
deps: node_modules/.package-lock.json ## Install the packages of package-lock.json

.PHONY: generate
generate: deps ## Write CRDs, types and reference page from the schemas in crds/
	node crds/src/generate/main.ts

.PHONY: check
check: deps ## Types, lint, format, generated files
	npx tsc --noEmit
	npx biome check .
	node crds/src/generate/main.ts --check

.PHONY: format
format: deps ## Format, and fix what lint can fix
	npx biome check --write .
