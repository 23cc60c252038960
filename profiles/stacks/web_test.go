package stacks

import (
	"flag"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/driver"
)

// flags is a command line of pprof's.
type flags struct {
	*flag.FlagSet
	args []string
}

func (f flags) StringList(o, d, c string) *[]*string { return &[]*string{f.String(o, d, c)} }
func (f flags) ExtraUsage() string                   { return "" }
func (f flags) AddExtraUsage(string)                 {}
func (f flags) Parse(func()) []string {
	if err := f.FlagSet.Parse(f.args); err != nil {
		panic(err)
	}
	return f.Args()
}

// silent is a terminal that nothing may be said on.
type silent struct{ t *testing.T }

func (s silent) ReadLine(string) (string, error)     { s.t.Error("pprof asks"); return "", nil }
func (s silent) Print(a ...any)                      {}
func (s silent) PrintErr(a ...any)                   { s.t.Error(a...) }
func (s silent) IsTerminal() bool                    { return false }
func (s silent) WantBrowser() bool                   { return false }
func (s silent) SetAutoComplete(func(string) string) {}

// pprof's web page has the flame graph and the top of each profile: kernel and
// user functions, and the sample types in its menu.
func TestPprofWeb(t *testing.T) {
	t.Setenv("PPROF_BINARY_PATH", t.TempDir())
	t.Setenv("HOME", t.TempDir()) // of pprof's settings
	p, _ := readCapture(t, "perf6.1-net.txt.gz")
	args := flags{flag.NewFlagSet("pprof", flag.ContinueOnError), []string{"-http=127.0.0.1:0", "-no_browser", written(t, p)}}
	served := false
	err := driver.PProf(&driver.Options{Flagset: args, UI: silent{t}, HTTPServer: func(s *driver.HTTPServerArgs) error {
		served = true
		for page, parts := range map[string][]string{
			"/flamegraph": {"do_syscall_64", "(*netConn).flush", "samples", "cpu", filepath.Base(p.Mapping[0].File)},
			"/top":        {"do_syscall_64", "finish_task_switch"},
		} {
			w := httptest.NewRecorder()
			s.Handlers[page].ServeHTTP(w, httptest.NewRequest("GET", page, nil))
			if w.Code != 200 {
				t.Errorf("%s: %d", page, w.Code)
			}
			for _, part := range parts {
				if !strings.Contains(w.Body.String(), part) {
					t.Errorf("%s does not have %q", page, part)
				}
			}
		}
		return nil
	}})
	if err != nil || !served {
		t.Errorf("pprof: %v, served %v", err, served)
	}
}
