// Package attribution attributes the samples of a profile to parts of a
// WebSocket server (mask, parse, kernel-tcp-send, …) by rules in a readable
// file. The default rules are attribution.rules, which tells how they are
// written, what the components are, and how a user's rules come before them.
//
// Every sample has exactly one component. What the kernel does within a system
// call is found only in profiles that hold its stacks and symbols: in Go's own
// CPU profiles, and where kptr_restrict hides the kernel's symbols, all of it
// is syscalls.
package attribution
