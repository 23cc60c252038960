// Package peers compares wsbench with other libraries. It is a module of its
// own, so that wsbench requires none of them.
//
// # Unmasking
//
//	go test -bench Unmask .
//	GOEXPERIMENT=simd go test -bench Unmask/impl=archsimd .
//	go test -bench Read .
//	go run ./cmd/compare    (mask.Unmask and gobwas, paired)
//
// BenchmarkUnmask/impl=/size=/align= has these implementations:
//
//	wsbench   mask.Unmask
//	gobwas    ws.Cipher of github.com/gobwas/ws (AVX2 assembly)
//	xorbytes  crypto/subtle.XORBytes with the key repeated over a pad
//	archsimd  simd/archsimd: 64 octets, or 32 without AVX-512, at a time, the
//	          rest by words; only built with GOEXPERIMENT=simd on amd64
//
// The masks of coder/websocket, gorilla/websocket and lxzan/gws are not
// exported. BenchmarkRead/impl=/size= reads messages through their public
// API from a connection in memory; see there what else its figures hold.
package peers
