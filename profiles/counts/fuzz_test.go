package counts

import (
	"os"
	"strings"
	"testing"
)

// seed gives the beginning of each capture whose name holds part.
func seed(f *testing.F, part string) {
	const most = 2000 // bytes; fuzzing is slow on long inputs
	for _, file := range captures(f) {
		if !strings.Contains(file, part) {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b[:min(len(b), most)]))
		f.Add(string(b[max(0, len(b)-most):]))
	}
}

func fuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		c, _ := Read(strings.NewReader(text), "fuzz")
		check(t, c)
	})
}

func FuzzStraceLog(f *testing.F) {
	seed(f, "-f-")
	f.Add("12 read(3, \"\\\") = 1\", 5) = -1 EAGAIN (x) <0.1>\n13 <... futex resumed>) = ?\n")
	fuzzRead(f)
}

func FuzzStraceTable(f *testing.F) {
	seed(f, "-c")
	seed(f, "-C.")
	f.Add("calls syscall\n9223372036854775807 read\n9223372036854775807 write\n")
	fuzzRead(f)
}

func FuzzStatText(f *testing.F) {
	for _, part := range []string{"stat-e", "stat-r-", "stat-I", "stat-A", "stat-thread", "published-perf-stat"} {
		seed(f, part)
	}
	f.Add(" Performance counter stats for 'x':\n 1.234.567 cycles:u # 1 GHz (50,00%)\n 95,46 msec task-clock\n")
	fuzzRead(f)
}

func FuzzStatCSV(f *testing.F) {
	seed(f, ".csv")
	f.Add("1|x|a:u|2|100.00\n")
	fuzzRead(f)
}

func FuzzStatJSON(f *testing.F) {
	seed(f, ".json")
	f.Add("{\"counter-value\":1e308,\"event\":\"cycles\",\"pcnt-running\":\"nan\"}\n")
	fuzzRead(f)
}

func FuzzTrace(f *testing.F) {
	seed(f, "trace")
	f.Add(" Summary of events:\n a (b) (1), 2 events, 1.0%\n syscall calls\n read 5\n\tEAGAIN: 9\n")
	fuzzRead(f)
}
