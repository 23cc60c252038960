package mask

import (
	"bytes"
	"strings"
	"testing"
)

func TestParseKernel(t *testing.T) {
	for name, want := range map[string]Kernel{
		"auto": Auto, "octet": Octet, "word": Word, "sse2": SSE2, "avx2": AVX2, "avx512": AVX512, "neon": NEON,
	} {
		got, err := ParseKernel(name)
		switch {
		case want.Supported() && (got != want || err != nil):
			t.Errorf("%s: got %v, %v", name, got, err)
		case !want.Supported() && (err == nil || !strings.Contains(err.Error(), "lacks the kernel")):
			t.Errorf("%s is not supported: got %v, %v", name, got, err)
		}
		if want.String() != name {
			t.Errorf("%d is %q, want %q", want, want, name)
		}
	}
	for _, name := range []string{"", "AVX2", "avx", "mmx", "Kernel(3)", " word"} {
		_, err := ParseKernel(name)
		if err == nil || !strings.Contains(err.Error(), "unknown kernel") {
			t.Errorf("%q: %v", name, err)
		}
		for _, impl := range Impls() {
			if err != nil && strings.Contains(err.Error(), impl.Name) != impl.Supported {
				t.Errorf("%q: the error should list what this CPU has: %v", name, err)
			}
		}
	}
}

func TestImpls(t *testing.T) {
	for i, impl := range Impls() {
		if impl.Kernel != Kernel(i) || impl.Name != impl.Kernel.String() || impl.Supported != impl.Kernel.Supported() {
			t.Errorf("%d: %s is %v, supported %v", i, impl.Name, impl.Kernel, impl.Supported)
		}
		t.Logf("%s: supported %v", impl.Name, impl.Supported)
	}
	if len(Impls()) != kernels || !Octet.Supported() || !Word.Supported() || !Auto.Supported() {
		t.Error("a portable kernel is missing")
	}
	if best := Best(); best == Auto || best == Octet || !best.Supported() {
		t.Errorf("Best is %v", best)
	}
	t.Logf("best: %v", Best())
}

// Values that are no kernel here must not reach an instruction that this CPU
// lacks.
func TestUnsupportedIsWord(t *testing.T) {
	plain := random(777)
	want := make([]byte, len(plain))
	oracle(want, plain, wireKey)
	for v := range 256 {
		k := Kernel(v)
		if k.Supported() {
			continue
		}
		if k.String() == "" || resolved[k] != Word {
			t.Errorf("Kernel %d is %q and resolves to %v", v, k, resolved[k])
		}
		got := bytes.Clone(plain)
		if k.Unmask(got, wireKey); !bytes.Equal(got, want) {
			t.Errorf("%v: Unmask is wrong from byte %d", k, differ(got, want))
		}
		if k.Copy(got, plain, wireKey); !bytes.Equal(got, want) {
			t.Errorf("%v: Copy is wrong from byte %d", k, differ(got, want))
		}
		if _, ascii := k.UnmaskASCII(got, wireKey); ascii || !bytes.Equal(got, plain) {
			t.Errorf("%v: UnmaskASCII is wrong from byte %d", k, differ(got, plain))
		}
	}
}

// The package's functions are those of Auto.
func TestPackageFunctions(t *testing.T) {
	plain := random(300)
	got, want, copied := bytes.Clone(plain), make([]byte, 300), make([]byte, 300)
	oracle(want, plain, wireKey)
	if next := Unmask(got[:299], wireKey); next != oracleNext(wireKey, 3) || !bytes.Equal(got[:299], want[:299]) {
		t.Errorf("Unmask: next is %08x", next)
	}
	if next := Copy(copied, plain, wireKey); next != wireKey || !bytes.Equal(copied, want) {
		t.Errorf("Copy: next is %08x", next)
	}
	if next, ascii := UnmaskASCII(copied, wireKey); next != wireKey || ascii || !bytes.Equal(copied, plain) {
		t.Errorf("UnmaskASCII: next is %08x, ascii %v", next, ascii)
	}
}

// Nothing is allocated, and a caller's buffer may stay on its stack.
func TestAllocs(t *testing.T) {
	eachImpl(t, func(t *testing.T, impl Impl) {
		k := impl.Kernel
		for _, n := range []int{0, 5, 20, 64, 300, 2000} {
			allocs := testing.AllocsPerRun(100, func() {
				var a, b [2000]byte
				key := k.Unmask(a[:n], wireKey)
				key = k.Copy(b[:n], a[:n], key)
				k.UnmaskASCII(b[:n], key)
				Unmask(a[:n], key)
				Copy(b[:n], a[:n], key)
				UnmaskASCII(b[:n], key)
				Floor(a[:n])
			})
			if allocs != 0 {
				t.Errorf("n=%d: %v allocations", n, allocs)
			}
		}
	})
}
