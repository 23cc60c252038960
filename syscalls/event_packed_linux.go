//go:build (amd64 || 386) && !portable

package syscalls

// padEvent: struct epoll_event has no padding on x86.
type padEvent struct{}
