# wsbench: verbs. `make bench` measures this host, `make test` tests the code.
WSBENCH := .build/wsbench
FUZZTIME ?= 1m

.PHONY: bench test peers build fuzz clean help

help: ## list the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

bench: build ## components, then the echo matrix, then a report (QUICK=1: under a minute)
	@$(WSBENCH) matrix -components $(if $(filter-out 0 no,$(QUICK)),-quick)

test: ## gofmt, vet, the tests natively, purego, -race, arm64; each benchmark once
	@.ci/test

peers: ## masks, headers and whole echoes against other libraries: paired, then each alone
	@go -C benches/peers run ./cmd/compare
	@go -C benches/peers test -run '^$$' -bench . -benchtime 200ms .

build: ## build .build/wsbench
	@go build -buildvcs=false -o $(WSBENCH) ./benches/cmd/wsbench

fuzz: ## run each fuzz target for FUZZTIME (default 1m)
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
		echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s $$p || exit 1; done; done

clean: ## remove what was built, not the results
	@rm -rf .build
