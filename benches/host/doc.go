// Package host knows this machine as a measurement needs it:
//
//   - Facts, which tell machines apart whose results must not be compared;
//   - Place, which chooses CPUs for the server and the load generator, and
//     Confine, which keeps this process on its own;
//   - Meter, which accounts for a window: what the server and its observer used
//     of the CPUs;
//   - ReadWaiting, which tells how long threads waited for a CPU: a longer wait
//     than usual is interference, and discards a run;
//   - Link, which gives server and generator a network of their own, with packets
//     as small and as late as asked for;
//   - what processes and CPUs have used, by the kernel's own count (Usage,
//     CPUTime, Resident), and what limits them (Descriptors, CPUQuota).
//
// It reads /proc and the like, so it works for a server in any language.
//
// Who does not need it: a server. What a server asks of the kernel is in
// package syscalls.
package host
