// Package mask masks and unmasks WebSocket payloads (RFC 6455, section 5.3):
// byte i of a payload is XORed with byte i modulo 4 of the frame's
// masking-key. Masking and unmasking are the same operation.
//
// A masking-key is a uint32 whose low byte is first on the wire: the
// little-endian load of its 4 bytes. Every operation returns the key as the
// byte after its input sees it, so that a payload may arrive in any parts:
//
//	for part := range parts {
//		key = mask.Unmask(part, key)
//	}
//
// [Unmask], [Copy] and [UnmaskASCII] choose the fastest kernel of this CPU.
// The methods of [Kernel] do the same with a kernel of the caller's choice,
// and [Impls] lists them all for tests and benchmarks. Any length and any
// alignment will do. Nothing is allocated, nothing retained, and no byte
// outside the slices is read or written.
//
// Build with the tag purego for the kernels written in Go alone.
//
// The benchmarks of these four need 15 s here (Sapphire Rapids, CPUs shared
// with other work): the chosen kernel, portable ones, and the floor, which loads
// and stores the same bytes without the XOR. Payloads are others each time, in
// the L1.
//
//	$ go test -run '^$' -bench 'UnmaskFresh/impl=(auto|octet|word|floor)/size=(20|126|16384)$/align=1' ./mask
//	BenchmarkUnmaskFresh/impl=auto/size=20/align=1-2         	153919171	         7.636 ns/op	2619.14 MB/s
//	BenchmarkUnmaskFresh/impl=auto/size=126/align=1-2        	158948942	         7.647 ns/op	16476.33 MB/s
//	BenchmarkUnmaskFresh/impl=auto/size=16384/align=1-2      	 9025048	       137.3 ns/op	119309.27 MB/s
//	BenchmarkUnmaskFresh/impl=octet/size=20/align=1-2        	48170618	        21.98 ns/op	 910.08 MB/s
//	BenchmarkUnmaskFresh/impl=octet/size=126/align=1-2       	12282031	       107.1 ns/op	1176.19 MB/s
//	BenchmarkUnmaskFresh/impl=octet/size=16384/align=1-2     	   99764	     19025 ns/op	 861.17 MB/s
//	BenchmarkUnmaskFresh/impl=word/size=20/align=1-2         	87040747	        13.86 ns/op	1442.67 MB/s
//	BenchmarkUnmaskFresh/impl=word/size=126/align=1-2        	53406483	        28.61 ns/op	4404.80 MB/s
//	BenchmarkUnmaskFresh/impl=word/size=16384/align=1-2      	  610015	      2068 ns/op	7920.99 MB/s
//	BenchmarkUnmaskFresh/impl=floor/size=20/align=1-2        	158895014	         7.271 ns/op	2750.76 MB/s
//	BenchmarkUnmaskFresh/impl=floor/size=126/align=1-2       	143218648	         7.827 ns/op	16098.85 MB/s
//	BenchmarkUnmaskFresh/impl=floor/size=16384/align=1-2     	 8839177	       125.0 ns/op	131093.90 MB/s
//
// make compare-mask compares the kernels, interleaved. Where the loop of a
// benchmark spends its time, on a busy machine:
//
//	$ sh profiles/bench.sh -o /tmp/out mask perf
//	BenchmarkUnmaskFresh/impl=auto/size=16384/align=1: 2635701 operations captured
//	...
//	function                         where         ns/op  share                             ns/op
//	wsbench/mask.xorAVX512.abi0      bench.test  159.510  0.892  ####################     167.865
//	irqentry_exit_to_user_mode       kernel        6.456  0.036  #                          9.115
//	finish_task_switch.isra.0        kernel        3.038  0.017  #                          3.038
//	wsbench/mask.benchRun            bench.test    2.658  0.015  #                        176.980
package mask
