.DEFAULT_GOAL := help
.PHONY: help check test race lint bench update

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: ## everything that CI runs
	@.ci/run

test: ## the tests
	go test ./...

race: ## the tests under the race detector
	@.ci/run race

lint: ## gofmt, go vet, golangci-lint and go mod tidy -diff
	@.ci/run format vet tidy lint

bench: ## the benchmarks; narrow them with BENCH=Import
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem ./...

update: ## rewrite the golden files of every package that has some
	@grep -rlE --include='*_test.go' 'flag\.Bool(Var)?\(.*"update"' . | xargs -n 1 dirname | sort -u | xargs -I {} go test {} -update
