package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/google/pprof/driver"

	"wsbench/benches/explain"
)

var viewExperiment = experiment{
	anywhere: true,
	name:     "profile view", summary: "pprof's web page of a profile or of a comparison, on loopback",
	synopsis: `[flags] [FOLDER | FILE [FILE]]

The folder is one of wsbench profile (default results/latest), or one of a
server in it; of profile ab, the page shows the differences. A file is what
go tool pprof reads; of two, the second is shown against the first.`, most: 2,
	examples: "  wsbench profile view\n  wsbench profile view -what offcpu results/latest",
	new: func(c *call) body {
		b := &viewing{}
		c.sharing("addr", "`host:port` of loopback to serve on; port 0 takes a free one", func(s string) (err error) {
			b.addr, err = loopbackAddr("addr", s)
			return err
		}, "127.0.0.1:0")
		c.flags.StringVar(&b.what, "what", "cpu", "profile of a folder: "+strings.Join(explain.Kinds(), ", "))
		return b
	},
}

// viewing is one call of wsbench profile view.
type viewing struct {
	addr netip.AddrPort
	what string
}

func (b *viewing) check(*call) error { return nil }

// run implements body: it serves until ctx ends.
func (b *viewing) run(ctx context.Context, c *call) (*outcome, error) {
	files, err := viewed(c.operands, b.what)
	if err != nil {
		return nil, err
	}
	return nil, viewPprof(ctx, b.addr, files, c.stdout, c.stderr)
}

// viewed returns the files to show: one, or a base and what is compared with it.
func viewed(args []string, what string) ([]string, error) {
	if len(args) == 0 {
		args = []string{latestResults}
	}
	info, err := os.Stat(args[0])
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("there is no %s: 'wsbench profile' and 'wsbench profile ab' make folders to view", args[0])
	case err != nil:
		return nil, err
	case !info.IsDir():
		return args, nil
	case len(args) > 1:
		return nil, fmt.Errorf("%s is a folder; two arguments are two files", args[0])
	}
	return explain.Views(args[0], what)
}

// viewPprof serves pprof's page of files until ctx ends.
func viewPprof(ctx context.Context, addr netip.AddrPort, files []string, stdout, stderr io.Writer) error {
	l, err := net.Listen("tcp", addr.String())
	if err != nil {
		return err
	}
	defer l.Close()
	argv := []string{"-http=" + l.Addr().String(), "-no_browser", "-symbolize=none"}
	if len(files) > 1 {
		argv = append(argv, "-diff_base="+files[0])
	}
	return driver.PProf(&driver.Options{
		Flagset: &pprofFlags{flag.NewFlagSet("pprof", flag.ContinueOnError), append(argv, files[len(files)-1])},
		UI:      pprofUI{stderr},
		HTTPServer: func(args *driver.HTTPServerArgs) error {
			fmt.Fprintf(stdout, "wsbench profile view: http://%v/ shows %s; Ctrl-C ends it\n", l.Addr(), strings.Join(files, " and "))
			return serveUntil(ctx, l, loopbackOnly(pprofPages(args.Handlers)))
		},
	})
}

// pprofPages serves the pages of pprof's driver.
func pprofPages(pages map[string]http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page := pages[r.URL.Path]; page != nil {
			page.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	})
}

// loopbackOnly serves h to who asked for this host by a name of loopback: a page
// from elsewhere whose name leads here is refused.
func loopbackOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "only as localhost", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// serveUntil serves on l until ctx ends.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// pprofFlags gives the driver its command line.
type pprofFlags struct {
	*flag.FlagSet
	args []string
}

func (f *pprofFlags) StringList(name, def, usage string) *[]*string {
	list := &[]*string{}
	f.Func(name, usage, func(s string) error {
		*list = append(*list, &s)
		return nil
	})
	return list
}

func (f *pprofFlags) ExtraUsage() string   { return "" }
func (f *pprofFlags) AddExtraUsage(string) {}

func (f *pprofFlags) Parse(usage func()) []string {
	f.SetOutput(io.Discard)
	if err := f.FlagSet.Parse(f.args); err != nil {
		usage()
		return nil
	}
	return f.Args()
}

// pprofUI passes on what the driver finds wrong; it asks nothing of a person.
type pprofUI struct{ w io.Writer }

func (pprofUI) ReadLine(string) (string, error)     { return "", io.EOF }
func (pprofUI) Print(...any)                        {} // "Serving web UI on …"
func (u pprofUI) PrintErr(args ...any)              { fmt.Fprintln(u.w, args...) }
func (pprofUI) IsTerminal() bool                    { return false }
func (pprofUI) WantBrowser() bool                   { return false }
func (pprofUI) SetAutoComplete(func(string) string) {}
