package echo

import (
	"flag"
	"io"
	"strings"
	"testing"

	"wsbench/parse"
)

// Each value of -parse and -utf8 has its effect in the server.
func TestParseSwitches(t *testing.T) {
	for _, args := range []string{
		"", "-parse fast", "-parse general -utf8 stdlib", "-parse bytewise -utf8 bytewise",
		"-io net -parse bytewise -utf8 off", "-io uring -parse general -utf8 off", "-utf8 off",
	} {
		t.Run(args, func(t *testing.T) {
			o, err := flags(args)
			if err != nil {
				t.Fatal(err)
			}
			s, _ := serve(t, o)
			c := connect(t, s)
			defer c.Close()
			c.write([]byte(strings.Repeat(string(frame(text, "κόσμε")), 40)))
			for range 40 {
				c.want(text, "κόσμε")
			}
			long := strings.Repeat("€", 30_000) // a 64-bit length
			c.write(frame(text, long))
			c.want(text, long)
			c.write(frame(text, "\xff"))
			if o.UTF8 == parse.ValidOff {
				c.want(text, "\xff")
			} else {
				c.want(fin|uint8(parse.Close), "\x03\xef")
			}
			for i, word := range strings.Fields(args) {
				if value := strings.TrimPrefix(word, "-"); value != word && !strings.Contains(s.String(), value+"="+strings.Fields(args)[i+1]) {
					t.Errorf("%v does not tell %s", s, args)
				}
			}
		})
	}
}

func TestParseSwitchesRefused(t *testing.T) {
	for args, want := range map[string]string{
		"-parse quick":           `parse "quick": want one of runs, fast, general, bytewise`,
		"-utf8 sse2":             `unknown validator "sse2" (has auto, off, bytewise, stdlib`,
		"-io raw -parse general": "-parse has no effect with -io raw",
		"-io raw -utf8 off":      "-utf8 has no effect with -io raw",
	} {
		if _, err := flags(args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", args, err, want)
		}
	}
}

// flags returns the options of a command line, on any port.
func flags(args string) (Options, error) {
	o := options(Epoll)
	fs := flag.NewFlagSet("echo", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	read := o.Flags(fs)
	if err := fs.Parse(strings.Fields(args)); err != nil {
		return o, err
	}
	return o, read()
}
