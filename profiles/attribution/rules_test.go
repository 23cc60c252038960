package attribution

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"wsbench/profiles/stacks"
)

// stack reads a;b;c, the outermost first, _[k] marking the kernel and
// "file!function" a file.
func stack(folded string) []Frame {
	var frames []Frame
	for _, name := range strings.Split(folded, ";") {
		var f Frame
		if file, function, ok := strings.Cut(name, "!"); ok {
			f.File, name = "/usr/lib/"+file, function
		}
		name, f.Kernel = strings.CutSuffix(name, stacks.KernelSuffix)
		f.Name = stacks.Clean(name)
		frames = append(frames, f)
	}
	slices.Reverse(frames)
	return frames
}

const goCall = "runtime.goexit.abi0;wsbench/benches/reactor.(*Loop).read;internal/runtime/syscall/linux.Syscall6;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];"
const goSend = goCall + "__x64_sys_sendto_[k];__sys_sendto_[k];tcp_sendmsg_[k];tcp_sendmsg_locked_[k];"
const loopback = goSend + "tcp_write_xmit_[k];__tcp_transmit_skb_[k];__ip_queue_xmit_[k];ip_finish_output2_[k];__dev_queue_xmit_[k];__local_bh_enable_ip_[k];do_softirq.part.0_[k];handle_softirqs_[k];net_rx_action_[k];__napi_poll_[k];process_backlog_[k];ip_protocol_deliver_rcu_[k];tcp_v4_rcv_[k];"

func TestComponent(t *testing.T) {
	for _, tt := range []struct{ stack, want string }{
		// The two halves of TCP on loopback.
		{goSend, "kernel-tcp-send"},
		{goSend + "_copy_from_iter_[k];rep_movs_alternative_[k]", "kernel-copy-in"},
		{goSend + "__alloc_skb_[k];kmem_cache_alloc_node_noprof_[k]", "kernel-tcp-send"},
		{goSend + "[unknown]_[k]", "kernel-tcp-send"},
		{loopback, "kernel-tcp-receive"},
		{loopback + "tcp_ack_[k];__kfree_skb_[k];skb_release_data_[k]", "kernel-tcp-receive"},
		{loopback + "tcp_data_queue_[k];sock_def_readable_[k]", "wake-up"},
		{loopback + "tcp_data_queue_[k];sock_def_readable_[k];__wake_up_sync_key_[k];ep_poll_callback_[k];try_to_wake_up_[k];select_task_rq_fair_[k]", "wake-up"},
		{loopback + "tcp_rcv_established_[k];__tcp_send_ack.part.0_[k];__tcp_transmit_skb_[k];read_tsc_[k]", "kernel-tcp-send"},
		{goCall + "__x64_sys_recvfrom_[k];sock_recvmsg_[k]", "syscalls"},
		{goCall + "tcp_recvmsg_[k];tcp_recvmsg_locked_[k];skb_copy_datagram_iter_[k];_copy_to_iter_[k]", "kernel-copy-out"},
		{goCall + "tcp_recvmsg_[k];release_sock_[k];__release_sock_[k];sk_free_[k]", "kernel-tcp-receive"},

		// Waiting, sleeping, waking.
		{goCall + "do_epoll_wait_[k];ep_send_events_[k];sock_poll_[k];fput_[k]", "kernel-epoll"},
		{goCall + "__x64_sys_epoll_ctl_[k];fdget_[k]", "kernel-epoll"},
		{goCall + "do_epoll_wait_[k];schedule_hrtimeout_range_[k];schedule_[k];__schedule_[k];finish_task_switch.isra.0_[k]", "scheduler"},
		{goCall + "do_futex_[k];futex_wait_[k];schedule_[k]", "scheduler"},
		{goCall + "do_futex_[k];futex_wake_[k];wake_up_q_[k];try_to_wake_up_[k]", "wake-up"},
		{goCall + "ksys_write_[k];vfs_write_[k];eventfd_write_[k]", "wake-up"},
		{goCall + "__do_sys_io_uring_enter_[k];io_submit_sqes_[k];io_send_[k];tcp_sendmsg_[k]", "kernel-tcp-send"},
		{goCall + "__do_sys_io_uring_enter_[k];io_cqring_wait_[k];io_schedule_timeout_[k]", "scheduler"},
		{goCall + "__do_sys_io_uring_enter_[k];fget_[k]", "kernel-io-uring"},

		// What only happens to run there.
		{"wsbench/mask.xorAVX512.abi0;asm_sysvec_apic_timer_interrupt_[k];sysvec_apic_timer_interrupt_[k];hrtimer_interrupt_[k];ktime_get_[k]", "interrupts"},
		{"wsbench/mask.xorAVX512.abi0;asm_common_interrupt_[k];__irq_exit_rcu_[k];handle_softirqs_[k];net_rx_action_[k]", "kernel-tcp-receive"},
		{"runtime.memmove;asm_exc_page_fault_[k];clear_page_erms_[k]", "kernel-memory"},
		{goCall + "perf_trace_sys_enter_[k];perf_tp_event_[k]", "observer"},
		{goCall + "sched_clock_cpu_[k]", "syscalls"},

		// Where the kernel's symbols are hidden, and Go's own profiles.
		{goCall + "[unknown]_[k];[unknown]_[k]", "syscalls"},
		{"runtime.goexit;net.(*conn).Read;internal/poll.(*FD).Read;syscall.Syscall", "syscalls"},
		{"runtime.mcall;runtime.park_m;runtime.findRunnable;runtime.netpoll;internal/runtime/syscall.EpollWait", "syscalls"},

		// Go's runtime, and what of it is its caller's.
		{"runtime.goexit;wsbench/benches/engine.(*Engine).Process;wsbench/scratch.(*Carry).Put;runtime.memmove", "scratch"},
		{"runtime.goexit;wsbench/benches/engine.(*Engine).Process;runtime.mallocgc;runtime.memclrNoHeapPointers", "runtime"},
		{"runtime.goexit;github.com/gorilla/websocket.(*Conn).ReadMessage;io.ReadAll;runtime.growslice", "runtime"},
		{"runtime.goexit;internal/poll.(*FD).Read;internal/poll.runtime_pollWait;runtime.netpollblock;runtime.gopark", "runtime"},
		{"runtime.goexit;main.serve;runtime.memequal", "handler"},
		{"runtime.goexit;main.(*conn).serve;main.(*conn).unmaskBytewise", "mask"},
		{"runtime.goexit;main.(*maskedConn).serve;main.maskKey.func1;runtime.memmove", "mask"},
		{"runtime.goexit;main.(*maskedConn).serve", "handler"},
		{"runtime.goexit", "other"},
		{"runtime.goexit;example.com/unheard.Of", "other"},
		{"runtime.goexit;main.handle;runtime.cgocall;runtime.asmcgocall.abi0;c_function", "handler"},

		// TLS, in userspace and in the kernel.
		{"runtime.goexit;crypto/tls.(*Conn).handshakeContext;crypto/tls.(*serverHandshakeStateTLS13).doHelloRetryRequest;crypto/internal/fips140/sha256.(*Digest).Write;crypto/internal/fips140/sha256.blockSHANI.abi0", "tls-handshake"},
		{"crypto/tls.(*Conn).handshakeContext;crypto/ecdsa.SignASN1;crypto/internal/fips140/nistec.p256Mul.abi0", "tls-handshake"},
		{"crypto/tls.(*Conn).handshakeContext;crypto/tls.(*xorNonceAEAD).Seal;crypto/internal/fips140/aes/gcm.gcmAesEnc.abi0", "crypto"},
		{"crypto/tls.(*Conn).Write;crypto/tls.(*Conn).writeRecordLocked;runtime.memmove", "tls"},
		{"wsbench/benches/internal/tls13.(*Opener).Open;vendor/golang.org/x/crypto/chacha20poly1305.(*chacha20poly1305).Open", "crypto"},
		{"wsbench/benches/reactor.(*Loop).readRecords;wsbench/benches/engine.(*Engine).Process;wsbench/mask.xorAVX512.abi0", "mask"},
		{"wsbench/benches/reactor.(*Loop).flushRecords;wsbench/benches/internal/tls13.(*Sealer).Seal;runtime.memmove", "tls"},
		{"wsbench/parse/opening.AppendAnswer;crypto/sha1.Sum;crypto/sha1.blockAVX2.abi0", "parse"},
		{goCall + "tls_sw_sendmsg_[k];tls_push_record_[k];crypto_aead_encrypt_[k];gcmaes_encrypt_[k];aesni_gcm_enc_avx_gen4_[k]", "crypto"},
		{goCall + "tls_sw_sendmsg_[k];sk_msg_memcopy_from_iter_[k]", "tls"},
		{goCall + "tls_sw_sendmsg_[k];sk_msg_memcopy_from_iter_[k];_copy_from_iter_[k]", "kernel-copy-in"},
		{goCall + "tls_sw_recvmsg_[k];tls_decrypt_sw_[k];tls_decrypt_sg_[k]", "tls"},
		{goCall + "tls_sw_sendmsg_[k];tls_tx_records_[k];tcp_sendmsg_locked_[k];tcp_push_[k]", "kernel-tcp-send"},

		// Other libraries.
		{"github.com/gorilla/websocket.(*messageReader).Read;github.com/gorilla/websocket.maskBytes", "mask"},
		{"github.com/gorilla/websocket.(*Conn).NextReader;github.com/gorilla/websocket.(*Conn).advanceFrame", "parse"},
		{"github.com/gobwas/ws.Cipher;github.com/gobwas/ws.cipherBlocksAVX2.abi0", "mask"},
		{"github.com/coder/websocket.(*Conn).readLoop;github.com/coder/websocket.readFrameHeader;bufio.(*Reader).ReadByte", "scratch"},
		{"github.com/coder/websocket.maskAsm", "mask"},
		{"github.com/lxzan/gws.(*Conn).ReadLoop;github.com/lxzan/gws/internal.MaskXOR", "mask"},
		{"github.com/lxzan/gws.(*Conn).WriteMessage;compress/flate.(*Writer).Write", "compress"},
		{"us_loop_run;us_internal_dispatch_ready_poll;uWS::WebSocketContext<false, true>::init()::{lambda(us_socket_t*)#1}::operator()", "engine"},
		{"us_loop_run;uWS::WebSocketProtocol<true, uWS::WebSocketContext<false, true, int> >::consume", "parse"},
		{"us_loop_run;uWS::WebSocketProtocol<true, int>::unmaskPrecise", "mask"},
		{"us_loop_run;bsd_send;libc.so.6!__send", "syscalls"},
		{"us_loop_run;libc.so.6!__memmove_avx_unaligned_erms", "reactor"},
		{"us_loop_run;libc.so.6!_int_malloc", "runtime"},
		{"us_loop_run;libcrypto.so.3!gcm_ghash_avx", "crypto"},
		{"lws_service;lws_ws_rx_sm", "parse"},
		{"main;tokio::runtime::scheduler::run;tungstenite::protocol::frame::mask::apply_mask_fast32", "mask"},

		// A kernel's name in a program, and the other way about.
		{"main.main;tcp_sendmsg", "handler"},
		{"runtime.mallocgc_[k]", "other"},
	} {
		if got := Default().Component(stack(tt.stack)); got != tt.want {
			t.Errorf("%s\n  is %s, want %s", tt.stack, got, tt.want)
		}
	}
	if got := Default().Component(nil); got != Other {
		t.Errorf("a sample without a stack is %s, want %s", got, Other)
	}
}

// Every component of the default rules has rules, and a name that a benchmark
// takes.
func TestDefault(t *testing.T) {
	for _, want := range []string{"mask", "parse", "scratch", "syscalls", "kernel-tcp-send", "kernel-tcp-receive", "wake-up", "runtime", "other"} {
		if !slices.Contains(Default().Names(), want) {
			t.Errorf("component %s is missing", want)
		}
	}
	for _, name := range Default().Names() {
		if name != Other && !slices.ContainsFunc(Default().list, func(r rule) bool { return r.component == name }) {
			t.Errorf("component %s has no rule", name)
		}
		if !okName.MatchString(name) {
			t.Errorf("component %q", name)
		}
	}
}

// The default rules are read by hand as well: a rule that an earlier glob on
// the same side covers whole would mislead.
func TestNoDeadRules(t *testing.T) {
	plain := regexp.MustCompile(`^[^*/]+$`)
	var before []rule
	for line := range strings.Lines(DefaultText()) {
		w := words(line)
		if len(w) < 3 || w[0] == "component" || strings.HasPrefix(w[1], "file=") {
			continue
		}
		at, _ := parsePlace(w[1])
		for _, word := range w[2:] {
			if plain.MatchString(word) {
				for _, b := range before {
					if b.place.side == at.side && b.match(word) {
						t.Errorf("%s %s is never reached: a rule above gives it to %s", w[0], word, b.component)
					}
				}
			}
			m, _ := parsePattern(word)
			before = append(before, rule{w[0], at, m})
		}
	}
}
