package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/echo"
	"wsbench/benches/lab"
)

// switched is a switch of the reference server that -vary names, with the values
// that servers are to have.
type switched struct {
	name   string
	values []string
}

// vary registers -vary.
func (f *serverFlags) vary(fs *flag.FlagSet) {
	fs.Func("vary", "`switch=value,…` of the reference server, such as buffers=conn,pool: a server for each value, the other switches at their defaults, compared with the server of defaults alone; repeatable, one switch changes at a time; without values a switch that is on or off is turned over, any other is refused", func(s string) error {
		name, list, valued := strings.Cut(s, "=")
		v := switched{name: name}
		if valued {
			v.values = strings.Split(list, ",")
		}
		f.varied = append(f.varied, v)
		return nil
	})
}

// variants returns the reference server with the defaults of an I/O mode, then
// one for each value of each switch that differs from them.
func (f *serverFlags) variants() ([]lab.Server, error) {
	if !slices.Contains(echo.IOs(), f.io) {
		return nil, fmt.Errorf("-io %s: with -vary want one of %s; -vary io=… compares them", f.io, strings.Join(echo.IOs(), ", "))
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	list := []lab.Server{lab.OwnServer(self, f.io)}
	for _, v := range f.varied {
		values, err := v.differing(f.io)
		if err != nil {
			return nil, fmt.Errorf("-vary %s: %w", v.name, err)
		}
		for _, value := range values {
			s := list[0].Varied(v.name, value)
			if slices.ContainsFunc(list, func(other lab.Server) bool { return other.Key == s.Key }) {
				return nil, fmt.Errorf("-vary %s: duplicate %q", v.name, value)
			}
			list = append(list, s)
		}
	}
	return list, nil
}

// differing returns the values of the switch but those that are in force with
// an I/O mode anyway. A value that the server would refuse is an error.
func (v switched) differing(mode string) (list []string, err error) {
	switches := flag.NewFlagSet("", flag.ContinueOnError)
	new(echo.Options).Flags(switches)
	values, err := v.all(switches)
	if err != nil {
		return nil, err
	}
	byDefault, err := inForce("-io", mode)
	if err != nil {
		return nil, err
	}
	for _, value := range values {
		with, err := inForce("-io", mode, "-"+v.name+"="+value)
		if err != nil {
			return nil, err
		}
		if !reflect.DeepEqual(with, byDefault) {
			list = append(list, value)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s is what the server has by default: name another value", strings.Join(values, ", "))
	}
	return list, nil
}

// all returns the values; of a switch that is on or off the one that is not its
// default where none is named.
func (v switched) all(switches *flag.FlagSet) ([]string, error) {
	f := switches.Lookup(v.name)
	switch {
	case chosenHere([]string{"-" + v.name}) != nil:
		return nil, chosenHere([]string{"-" + v.name})
	case f == nil:
		return nil, errors.New("the reference server has no such switch; 'wsbench echo -h' lists them")
	case len(v.values) > 0:
		return v.values, nil
	}
	if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
		return []string{strconv.FormatBool(f.DefValue != "true")}, nil
	}
	return nil, fmt.Errorf("want values other than the default %q: -vary %s=VALUE,…; 'wsbench echo -h' lists them", f.DefValue, v.name)
}

// inForce returns the reference server's switches with these flags, or why it
// refuses them.
func inForce(flags ...string) (o echo.Options, err error) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	read := o.Flags(fs)
	if err := fs.Parse(flags); err != nil {
		return o, err
	}
	return o, read()
}
