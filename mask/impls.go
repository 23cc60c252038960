package mask

// Impl is one kernel with its operations, for tests and benchmarks that range
// over them all.
type Impl struct {
	Name      string // as ParseKernel accepts it
	Kernel    Kernel
	Supported bool // on this CPU and build; if not, the functions are those of Word

	Unmask      func(b []byte, key uint32) (next uint32)
	Copy        func(dst, src []byte, key uint32) (next uint32)
	UnmaskASCII func(b []byte, key uint32) (next uint32, ascii bool)
}

// Impls returns every kernel by name, Auto included, whether this CPU and
// build have it or not.
func Impls() []Impl {
	impls := make([]Impl, kernels)
	for k := range Kernel(kernels) {
		impls[k] = Impl{
			Name:        k.String(),
			Kernel:      k,
			Supported:   k.Supported(),
			Unmask:      k.Unmask,
			Copy:        k.Copy,
			UnmaskASCII: k.UnmaskASCII,
		}
	}
	return impls
}
