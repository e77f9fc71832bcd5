SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Node of the pinned major version comes from PATH or from the cache (hack/node.sh), and is first in the PATH of every
# recipe. The targets that need no Node, above all `make doctor`, work without it.
WITHOUT_NODE := help doctor cluster cluster-down shell
ifneq ($(filter-out $(WITHOUT_NODE),$(MAKECMDGOALS)),)
NODE_BIN := $(shell hack/node.sh)
ifeq ($(NODE_BIN),)
$(error Node could not be set up, see the message above. What is missing: make doctor)
endif
export PATH := $(NODE_BIN):$(PATH)
# node-gyp builds pkcs11js against the headers of this very Node, if they came with it
ifneq ($(wildcard $(NODE_BIN)/../include/node/node.h),)
export npm_config_nodedir := $(abspath $(NODE_BIN)/..)
endif
endif

# Node keeps what it has compiled, with the types stripped: tests start in half the time.
export NODE_COMPILE_CACHE := $(shell source hack/env.sh && echo "$$cache/compiled")
CORES := $(shell getconf _NPROCESSORS_ONLN)

# The files run one at a time, since they share a cluster. A test that hangs is ended after 15 minutes, so that its
# failure can be read; --test-force-exit ends the process even if a test left something running.
TEST_IN_CLUSTER := node --test --test-concurrency=1 --test-timeout=900000 --test-force-exit

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

.PHONY: doctor
doctor: ## Which tools are used, and what is missing
	@hack/doctor.sh

node_modules/.package-lock.json: package.json package-lock.json */package.json
	hack/compiler.sh
	npm ci --no-progress
	@touch $@

.PHONY: deps
deps: node_modules/.package-lock.json ## Install the packages of package-lock.json

.PHONY: generate
generate: deps ## Write CRDs, types and reference pages
	node crds/src/generate/main.ts
	node test/mutation/main.ts --table

.PHONY: check
check: deps ## Types, lint, format, generated files
	npx tsc --noEmit
	npx biome check .
	node crds/src/generate/main.ts --check
	node test/mutation/main.ts --check

.PHONY: format
format: deps ## Format, and fix what lint can fix
	npx biome check --write .

.PHONY: cluster
cluster: ## Create the kind cluster of kind-config.yaml, or start it again
	@hack/cluster.sh up

.PHONY: cluster-down
cluster-down: ## Remove it
	@hack/cluster.sh down

.PHONY: images
images: cluster ## Build the images and load them into the cluster
	@hack/images.sh

.PHONY: shell
shell: ## A shell in which kubectl, kind and helm mean the cluster
	@hack/in-cluster-net.sh bash

.PHONY: test-unit
test-unit: deps ## No cluster, under three minutes
	@hack/stage.sh 'Types, lint, generated files' $(MAKE) --no-print-directory check
	@hack/stage.sh 'Unit tests' node --test --test-timeout=600000 --test-concurrency=$(CORES) \
	  'crds/**/*.test.ts' 'runtime/**/*.test.ts' 'operator/**/*.test.ts' 'party/**/*.test.ts' 'test/structure/*.test.ts'

.PHONY: test
test: test-unit ## That first, then integration and end to end in the cluster
	@hack/stage.sh 'Cluster and images' $(MAKE) --no-print-directory images
	@hack/stage.sh 'Integration tests' hack/in-cluster-net.sh $(TEST_IN_CLUSTER) 'test/integration/**/*.test.ts'
	@hack/stage.sh 'Integration tests with HSM and NATS' hack/in-pod.sh $(TEST_IN_CLUSTER) 'test/in-pod/**/*.test.ts'
	@hack/stage.sh 'End-to-end tests' hack/in-cluster-net.sh $(TEST_IN_CLUSTER) 'test/e2e/**/*.test.ts'
	@hack/stage.sh 'ECDSA at random' env ECDSA_RUNS=50 node --test --test-concurrency=$(CORES) 'test/full/ecdsa/*.test.ts'

.PHONY: test-full
test-full: test ## That first, then the long matrices
	@hack/stage.sh 'Long matrices' hack/in-cluster-net.sh node --test --test-concurrency=1 'test/full/*.test.ts'
	@hack/stage.sh 'ECDSA at random, at length' node --test --test-concurrency=$(CORES) 'test/full/ecdsa/*.test.ts'

.PHONY: test-mutation
test-mutation: deps ## Takes each guard of the attack list out in turn: its tests must turn red
	node test/mutation/main.ts

.PHONY: bench
bench: deps images ## Medians and ratios, in simulation and in the cluster
	@hack/in-cluster-net.sh node test/bench/main.ts

.PHONY: demo
demo: deps images ## The whole path in the cluster, from four YAML files to signatures and a refresh
	@hack/in-cluster-net.sh node test/demo/main.ts
