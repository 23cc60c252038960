package mask

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/cpuid/v2"
)

// Every file of assembly says what it requires, and the kernels that run it
// name all of that and no more.
func TestRequires(t *testing.T) {
	files := map[Kernel][]string{
		SSE2: {"sse2_amd64.s"}, AVX2: {"avx2_amd64.s", "far_amd64.s"},
		AVX512: {"avx512_amd64.s", "far_amd64.s"}, NEON: {"neon_arm64.s"},
	}
	all, _ := filepath.Glob("*.s")
	line := regexp.MustCompile(`(?m)^// Requires: ([A-Z0-9]+(?:, [A-Z0-9]+)*)`)
	for _, impl := range Impls() {
		var want []string
		for _, name := range files[impl.Kernel] {
			text, err := os.ReadFile(name)
			m := line.FindSubmatch(text)
			if err != nil || m == nil {
				t.Fatalf("%s has no line of what it requires: %v", name, err)
			}
			want = append(want, strings.Split(strings.ToLower(string(m[1])), ", ")...)
			all = slices.DeleteFunc(all, func(n string) bool { return n == name })
		}
		got := impl.Kernel.Requires()
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("%s requires %v, its assembly %v", impl.Name, got, want)
		}
	}
	if len(all) > 0 {
		t.Errorf("of no kernel: %v", all)
	}
}

// Another library's detection agrees with the dispatch on each kernel.
func TestDispatchAgreesWithCPUID(t *testing.T) {
	switch debug := os.Getenv("GODEBUG"); {
	case len(features()) == 0:
		t.Skip("this build has no assembly")
	case strings.Contains(debug, "cpu."):
		t.Skipf("GODEBUG=%s hides features, which package cpuid does not heed", debug)
	case runtime.GOARCH == "arm64" && !cpuid.CPU.Supports(cpuid.ASIMD):
		t.Skip("package cpuid cannot tell here: every arm64 that Go runs on has ASIMD")
	}
	best := Word
	for _, impl := range Impls()[Word+1:] {
		has := true
		for _, f := range impl.Kernel.Requires() {
			id := cpuid.ParseFeature(f)
			if id == cpuid.UNKNOWN {
				t.Fatalf("%s requires %q, which package cpuid does not know", impl.Name, f)
			}
			has = has && cpuid.CPU.Supports(id)
		}
		if impl.Supported != has {
			t.Errorf("%s: supported %v, by package cpuid %v", impl.Name, impl.Supported, has)
		}
		if has {
			best = impl.Kernel
		}
	}
	if Best() != best {
		t.Errorf("the dispatch chose %v, %v is the most specialised by package cpuid", Best(), best)
	}
}
