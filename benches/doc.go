// Package benches holds the server, the generator and the laboratory of wsbench;
// it has no code of its own. Paths in this table are below the module's root.
//
//	What you look for                     Where it is
//	an AVX2 tail                          mask/avx2_amd64.s
//	which kernel is used, and why         mask/dispatch_amd64.go, mask/thresholds.go
//	a frame's header                      parse/header.go
//	other header parsers, UTF-8 checks    parse/parser.go, parse/validator.go
//	the opening handshake                 parse/opening
//	a receive buffer, the carry           scratch/buffers.go, scratch/carry.go
//	TLS keys and records                  benches/internal/tls13
//	TLS records on an event loop          benches/reactor/tlsread.go, benches/reactor/tlswrite.go
//	TLS alerts and key updates            benches/reactor/tlscontrol.go
//	TLS handshakes before loops (-tls)    benches/echo/tlsfront.go
//	TLS by the kernel                     syscalls/ktls_linux.go
//	kernels with TLS (make test-ktls)     benches/internal/ktlsvm
//	a switch of the server (-flush frame) benches/echo/options.go
//	what -flush frame does                benches/reactor/read.go, benches/reactor/uringwrite.go, benches/echo/netconn.go
//	a new backend (-io)                   benches/echo/backend.go
//	pings, fragments, close codes         benches/engine
//	the shift, its interval, Holm         benches/stat
//	looks, what is spent at each          benches/stat/looks.go, benches/lab/looks.go
//	a verdict in words                    benches/results/verdict.go
//	a unit                                benches/results/unit.go
//	a results file's lines                benches/results/doc.go
//	the file of counters (-counters)      benches/internal/countfile, benches/echo/countfile.go, benches/lab/counters.go
//	a rate (-rate), a share of capacity   benches/lab/rate.go
//	messages cut into sends (-segment)    benches/load/segment.go
//	clients of wss://                     benches/internal/wsclient/tls.go, benches/load/secure.go
//	calls of any server, by the kernel    benches/lab/traced.go
//	values of one switch (-vary)          benches/cmd/wsbench/vary.go
//	GET /json/{count}, and its data       benches/echo/json.go, benches/echo/items.json
//	what TLS costs (wsbench tls)          benches/cmd/wsbench/tls.go, benches/report/viewtls.go
//	answers later (-handler, Conn.Defer)  benches/echo/handler.go, benches/reactor/defer.go
//	facts of the host, CPUs               benches/host
//	steal of each start (STEAL)           benches/lab/steal.go
//	packets of 1500 bytes, late (-mtu)    benches/host/link.go
//	why a run is discarded                benches/lab/interference.go, benches/host/waiting.go
//	what one run does (a probe)           benches/lab/probe.go
//	a new probe's names and cases         benches/results/bench.go
//	a load with a name (-profile)         benches/load/profile.go, benches/lab/validate.go
//	CPU time per request (-work)          benches/echo/work.go
//	who waits in an accept queue          benches/host/listenqueue.go
//	the order of runs, blocks             benches/lab/plan.go, benches/lab/runner.go
//	two refs, built and compared (ab)     benches/cmd/wsbench/ab.go
//	a component's choices, compared       benches/cmd/wsbench/micro.go
//	a switch and its microbenchmark       benches/cmd/wsbench/pairslist.go
//	a new experiment (a command)          benches/cmd/wsbench/experiment.go
//	exit statuses                         benches/cmd/wsbench/status.go
//	false alarms, and what is found       benches/selftest
//	the matrix's table                    benches/report/viewmatrix.go
//	a library to compare with (-peers)    benches/internal/libraries, benches/peers/sockets.go
//	how numbers are written               benches/report/numbers.go
//	the report's bars and curves          benches/report/plot
//	the loop of a benchmark, captured     profiles/bench.sh, profiles/benchloop
//	strace's table                        profiles/counts/stracetable.go
//	CPU time by component                 profiles/attribution/rules.go
//	per message, from captures            benches/explain
//	a server with a fault, to be found    benches/examples/slow
//	the tour, and what its steps are      benches/cmd/wsbench/tour.go
//	which package may import which        benches/layout_test.go
//
// Everything builds on darwin and Windows, where the commands that need no server of
// their own work; make test vets it. A file that uses golang.org/x/sys/unix, or what
// only Linux has of package syscall, is named _linux.go, and what others call of it is
// in unsupported.go beside it. A test file that uses such, or a helper of a test file
// that does, begins with //go:build linux.
package benches
