package micro

import "syscall"

// cheapest times getpid, straight and through the Go scheduler's hooks.
func cheapest() []Func {
	return []Func{
		{Name: "Syscall/way=raw", Run: func(n int) error {
			for range n {
				syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0)
			}
			return nil
		}},
		{Name: "Syscall/way=runtime", Run: func(n int) error {
			for range n {
				syscall.Syscall(syscall.SYS_GETPID, 0, 0, 0)
			}
			return nil
		}},
	}
}
