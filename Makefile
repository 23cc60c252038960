# wsbench: verbs. `make bench` measures this host, `make test` tests the code.
WSBENCH := .build/wsbench
FUZZTIME ?= 1m

.PHONY: bench bench-peers module compare-mask compare-parse compare-scratch compare-syscalls test test-more test-ktls test-busy peers build fuzz golden clean help

help: ## list the verbs
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

bench: build ## microbenchmarks, then the echo matrix, then a report (QUICK=1: under a minute; ARGS='-io epoll -peers gws': flags of wsbench matrix)
	@$(WSBENCH) matrix -micro $(if $(filter-out 0 no,$(QUICK)),-quick) $(ARGS)

# Each is below two minutes. REF=main compares that ref with the working tree instead.
compare-mask: ## the kernels of mask against each other, interleaved; REF=main: that ref against the tree
compare-parse: ## the parsers, in the same way
compare-scratch: ## the receive buffers, in the same way
compare-syscalls: ## the ways to receive and send, in the same way
compare-mask compare-parse compare-scratch compare-syscalls: build
	@$(WSBENCH) micro $(if $(REF),-ref $(REF)) $(@:compare-%=%)

test: ## gofmt, vet, staticcheck, the tests natively, purego, -race, emulated; each benchmark once
	@.ci/test

test-more: ## what takes longer: the peers, and more of emulation, -race and purego
	@.ci/test more

test-ktls: ## tests of kernel TLS on Debian kernels, in virtual machines under qemu: at most 10 minutes
	@.ci/test ktls

test-busy: ## the tests of benches and profiles, plain and -race, beside 2 x nproc busy loops
	@.ci/test busy

peers: ## masks, headers and whole echoes against other libraries in memory, paired: about a minute and a half
	@go -C benches/peers run ./cmd/compare $(ARGS)

bench-peers: ## the same alone, as benchmarks of go test
	@go -C benches/peers test -run '^$$' -bench . -benchtime 200ms .

module: ## give the module its home: make module MODULE=example.com/you/wsbench
	@.ci/module "$(MODULE)"

# Where git refuses, or go does not look, the binary records why it has no stamp.
build: ## build .build/wsbench, its commit stamped on it
	@why=$$({ git show -s && git status; } 2>&1 >/dev/null | head -n 1 | tr -cd '[:alnum:] ._:/()-'); \
	if [ -z "$$why" ] && [ -f .git ]; then why='go stamps no linked worktree'; fi; \
	if [ -z "$$why" ]; then set -- -buildvcs=true; \
	else set -- -buildvcs=false -ldflags "-X 'wsbench/benches/results.gitRefused=$$why'"; fi; \
	go build "$$@" -o $(WSBENCH) ./benches/cmd/wsbench

fuzz: ## run each fuzz target for FUZZTIME (default 1m)
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
		echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s $$p || exit 1; done; done

golden: ## record the names and units of all benchmark lines anew, after an intended change
	@go run ./benches/internal/golden -update

clean: ## remove what was built, not the results
	@rm -rf .build
