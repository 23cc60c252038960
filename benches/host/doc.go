// Package host knows this machine as a measurement needs it: what processes
// and CPUs have used, by the kernel's own count, and what limits them. It
// reads /proc and the like, so it works for a server in any language.
//
// Who does not need it: a server. What a server asks of the kernel is in
// package syscalls.
package host
