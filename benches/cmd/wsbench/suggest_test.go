package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What cannot be carried out gets one line that says what to write instead, before
// anything is measured or written.
func TestWrongInput(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct{ args, want string }{
		{"matrx", `unknown command "matrx"; did you mean matrix?; 'wsbench help' lists`},
		{"zzzzzz", `unknown command "zzzzzz"; 'wsbench help' lists`},
		{"profile comapre", "did you mean compare?"},
		{"help matrx", `no help on "matrx"; did you mean matrix?`},
		{"help profile comapre", "did you mean compare?"},
		{"completion fish", "want 'wsbench completion bash'"},
		{"matrix -ronds 3", "there is no flag -ronds; did you mean -rounds?"},
		{"matrix -zzzzzz 3", "there is no flag -zzzzzz; 'wsbench matrix -h' lists"},
		{"matrix -for 5", `-for "5": want a time with its unit, such as 5s or 300ms`},
		{"load -conns many ws://127.0.0.1:1/", `-conns "many": want a whole number`},
		{"load -rate fast ws://127.0.0.1:1/", `-rate "fast": want a number`},
		{"load -conns", "-conns needs a value: a whole number"},
		{"load -seed", "-seed needs a value: number"},
		{"matrix -quick=maybe", `-quick`},
		{"matrix -server-cpu 1000", "cannot run on CPU 1000; name one of"},
		{"matrix -noise 3", `-noise "3": want a share of 0 to 1, such as 0.1 or 10%, or off`},
		{"matrix -noise 300%", `-noise "300%": want a share`},
		{"matrix -margin 150%", "want a share such as 2%"},
		{"matrix -rate 120%", "want 100% at most"},
		{"ab", "no A: want a ref such as main, or two sides"},
		{"profile ab", "an argument is missing"},
		{"matrix -o /proc/wsbench", "-o /proc/wsbench: "},
		{"load 127.0.0.1:9001", "ws://127.0.0.1:9001/"},
		{"conform -cases 99.1 ws://127.0.0.1:9001/", "99.1"},
	} {
		err := run(strings.Fields(tt.args), io.Discard, io.Discard)
		if exit(err, io.Discard) != int(statusUsage) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("wsbench %s: %v, want a usage error of one line with %q", tt.args, err, tt.want)
		}
		if made, err := os.ReadDir("."); len(made) > 0 || err != nil {
			t.Fatalf("wsbench %s: something was written: %v %v", tt.args, made, err)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"matrix", "matrix", 0}, {"matrx", "matrix", 1}, {"amtrix", "matrix", 1}, {"-fro", "-for", 1}, {"chunk", "conns", 3},
	} {
		if got := distance(tt.a, tt.b); got != tt.want || distance(tt.b, tt.a) != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d both ways", tt.a, tt.b, got, tt.want)
		}
	}
}

// Each command has examples and each of its flags is in one group of the help,
// which shows it once.
func TestHelpOfCommands(t *testing.T) {
	var all func(list []experiment)
	all = func(list []experiment) {
		for _, e := range list {
			all(e.sub)
			var out strings.Builder
			if err := help(strings.Fields(e.name), &out); err != nil {
				t.Fatal(err)
			}
			if e.examples == "" || !strings.Contains(e.examples, "wsbench "+e.name) {
				t.Errorf("%s: no example in its help", e.name)
			}
			c, _ := e.begin(nil, io.Discard, io.Discard)
			c.flags.VisitAll(func(f *flag.Flag) {
				if n := strings.Count(out.String(), fmt.Sprintf("\n  -%s", f.Name)+"\n") + strings.Count(out.String(), fmt.Sprintf("\n  -%s ", f.Name)) + strings.Count(out.String(), fmt.Sprintf("\n  -%s\t", f.Name)); n != 1 {
					t.Errorf("%s: -%s is %d times in its help", e.name, f.Name, n)
				}
			})
			var same strings.Builder
			if run(append(strings.Fields(e.name), "-h"), &same, io.Discard); same.String() != out.String() {
				t.Errorf("%s: -h and help differ", e.name)
			}
		}
	}
	all(commands)
}

// Completion offers what a word may be, by bash itself.
func TestCompletion(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	var script strings.Builder
	if err := run([]string{"completion", "bash"}, &script, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ line, want string }{
		{"ma", "matrix"},
		{"matrix -server-c", "-server-cpu"},
		{"matrix -quick -server-c", "-server-cpu"},
		{"profile comp", "compare"},
		{"profile ab -cases 2/20 -rul", "-rules"},
		{"help prof", "profile"},
		{"completion b", "bash"},
	} {
		words := strings.Fields(tt.line)
		out, err := exec.Command("bash", "-c", fmt.Sprintf("%s\nCOMP_WORDS=(wsbench %s) COMP_CWORD=%d; _wsbench; echo ${COMPREPLY[@]}", script.String(), tt.line, len(words))).CombinedOutput()
		if got := strings.TrimSpace(string(out)); got != tt.want || err != nil {
			t.Errorf("wsbench %s: %q %v, want %q", tt.line, got, err, tt.want)
		}
	}
}
