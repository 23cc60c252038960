package main

import (
	_ "embed"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// A flagGroup is flags that the help shows together.
type flagGroup struct {
	title string
	names string
}

// flagGroups are the groups of flags that several commands share, in the order of
// the help. What is in none of them belongs to the command and comes first.
var flagGroups = []flagGroup{
	{"Servers", "io server url peers vary path header subprotocol start-timeout pid keep-going insecure ca"},
	{"Load", "cases conns c depth size op rate segment profile for warmup threads grace verify timeout mtu delay"},
	{"Session", "time quick rounds count benchtime seed looks layouts server-cpu load-cpu pin"},
	{"Verdicts", "margin noise fail-on"},
	{"Output", "format color name hdr o serve v"},
}

// serverGroups are those of wsbench echo.
var serverGroups = []flagGroup{
	{"Protocol", "mask parse utf8 message"},
	{"Buffers and system calls", "buffers buffer-size ring-buffers read write flush nodelay"},
	{"TLS", "tls cert key half-open"},
	{"Work", "handler pool work work-on spin"},
	{"Limits", "max-message max-fragments max-control idle max-request handshake-timeout origin subprotocol"},
	{"CPUs", "workers pin background"},
	{"Output", "format color counters pprof"},
}

func usage() string {
	return "usage: wsbench command [flags]\n\n" + summaries(commands) +
		"\n'wsbench help command' tells of one, 'wsbench help formats' the fields of\n-format json; 'source <(wsbench completion bash)' has bash complete all of it.\n"
}

//go:embed formats.txt
var formatsHelp string

// help writes what 'wsbench help topic' asks for.
func help(topic []string, stdout io.Writer) error {
	if len(topic) == 0 {
		_, err := io.WriteString(stdout, usage()+statusHelp())
		return err
	}
	if len(topic) == 1 && topic[0] == "formats" {
		_, err := io.WriteString(stdout, formatsHelp)
		return err
	}
	e, list := experiment{}, commands
	for _, word := range topic {
		next, ok := find(list, strings.TrimSpace(e.name+" "+word))
		if !ok {
			return usageError{fmt.Sprintf("no help on %q%s; 'wsbench help' lists the commands", strings.Join(topic, " "), meant(word, append(words(list), "formats")))}
		}
		e, list = next, next.sub
	}
	c, _ := e.begin(nil, stdout, io.Discard)
	e.help(c)
	return nil
}

// begin returns a call whose flags are registered.
func (e experiment) begin(args []string, stdout, stderr io.Writer) (*call, body) {
	c := &call{name: e.name, args: args, began: time.Now(), stdout: stdout, stderr: stderr, flags: flag.NewFlagSet(e.name, flag.ContinueOnError)}
	c.flags.SetOutput(io.Discard)
	c.flags.Usage = func() {} // a wrong flag gets one line, not the whole list
	return c, e.new(c)
}

// help writes the usage, the flags by group, and the examples.
func (e experiment) help(c *call) {
	fmt.Fprintf(c.stdout, "usage: wsbench %s\n", strings.TrimSpace(e.name+" "+e.synopsis))
	if e.sub != nil {
		fmt.Fprintf(c.stdout, "\nThe commands, whose flags 'wsbench %s COMMAND -h' lists:\n\n%s\nThe flags without a command:\n", e.name, summaries(e.sub))
	}
	for _, g := range e.grouped(c.flags) {
		fmt.Fprintf(c.stdout, "\n%s:\n", g.Name())
		g.SetOutput(c.stdout)
		g.PrintDefaults()
	}
	if e.examples != "" {
		fmt.Fprintf(c.stdout, "\nExamples:\n\n%s\n", e.examples)
	}
}

// grouped returns the flags of all by group, those that are the command's alone
// first. Groups without flags are left out.
func (e experiment) grouped(all *flag.FlagSet) (list []*flag.FlagSet) {
	groups := e.groups
	if groups == nil {
		groups = flagGroups
	}
	group := func(title string, holds func(name string) bool) {
		fs := flag.NewFlagSet(title, flag.ContinueOnError)
		n := 0
		all.VisitAll(func(f *flag.Flag) {
			if holds(f.Name) {
				fs.Var(f.Value, f.Name, f.Usage)
				fs.Lookup(f.Name).DefValue = f.DefValue
				n++
			}
		})
		if n > 0 {
			list = append(list, fs)
		}
	}
	grouped := map[string]bool{}
	for _, g := range groups {
		for _, name := range strings.Fields(g.names) {
			grouped[name] = true
		}
	}
	group("Flags of "+e.name, func(name string) bool { return !grouped[name] })
	for _, g := range groups {
		group(g.title, func(name string) bool { return slices.Contains(strings.Fields(g.names), name) })
	}
	return list
}

// words returns the last words of the names.
func words(list []experiment) (all []string) {
	for _, e := range list {
		all = append(all, e.name[strings.LastIndexByte(e.name, ' ')+1:])
	}
	return all
}

// summaries returns a line for each experiment, by the last word of its name.
func summaries(list []experiment) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "  %-10s %s\n", words([]experiment{e})[0], e.summary)
	}
	return b.String()
}
