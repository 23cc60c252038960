//go:build amd64 || 386

package syscalls

// padEvent: struct epoll_event has no padding on x86.
type padEvent struct{}
