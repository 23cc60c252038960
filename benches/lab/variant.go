package lab

import (
	"fmt"
	"strconv"
	"strings"

	"wsbench/syscalls"
)

// Variant is one server of the comparison, and how it is started.
type Variant struct {
	Server string // key server of its samples
	IO     string // key io of its samples; "" for external servers
	AA     bool   // the second process of the reference
	// Observer is the key observer: what watched the server during the turn,
	// "" for nothing.
	Observer string
	// Argv starts the server. Where an argument holds {port}, a free port is
	// put in its place, and the server is ready once that accepts. Otherwise
	// it tells its address in its first line of output, as wsbench echo does.
	Argv []string
	// PinsItself: the server is wsbench echo, and takes its CPUs by flags, see
	// pin. Another is started with that affinity, which all its threads inherit.
	PinsItself bool
	// Masked: the server sends payloads back still masked, so the generator
	// checks all of an echo but those.
	Masked bool
}

// Own is the name of this project's reference server as key server.
const Own = "wsbench"

const aaMark = "-aa"

// OwnServer is this project's server: program is the wsbench command.
func OwnServer(program, io string) Variant {
	return Variant{
		Server: Own, IO: io, Masked: io == "raw",
		Argv: []string{program, "echo", "-addr", "127.0.0.1:0", "-io", io}, PinsItself: true,
	}
}

// OwnWith is this project's server with flags of "wsbench echo", under a name
// of its own.
func OwnWith(program, name string, flags []string) Variant {
	v := OwnServer(program, ioOf(flags))
	v.Server = name
	v.Argv = append(v.Argv, flags...) // a flag that is there twice is what it is last
	return v
}

// ioOf is what flags say -io is.
func ioOf(flags []string) string {
	io := "epoll"
	for i, f := range flags {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(f, "-"), "-"), "=")
		switch {
		case name != "io" || !strings.HasPrefix(f, "-"):
		case ok:
			io = value
		case i+1 < len(flags):
			io = flags[i+1]
		}
	}
	return io
}

// pin are the flags by which a server that pins itself does; net has no
// threads to put apart.
func (v Variant) pin(cpus syscalls.CPUs, background string) []string {
	flags := []string{"-pin", cpus.String()}
	if v.IO != "net" {
		flags = append(flags, "-background", background)
	}
	return flags
}

// External is the server of a specification name=command, the command being
// the shell's, with {port} where its port goes. The shell may stay as the
// server's parent: signals go to the process group, and the usage is that of
// the shell and its descendants.
func External(spec string) (Variant, error) {
	name, command, ok := strings.Cut(spec, "=")
	if !ok || strings.TrimSpace(command) == "" {
		return Variant{}, fmt.Errorf("%q: name=command wanted, such as mine='./echo -p %s'", spec, portMark)
	}
	if !strings.Contains(command, portMark) {
		return Variant{}, fmt.Errorf("%s: %s is not in its command; put it where the server takes its port", name, portMark)
	}
	if err := CheckName(name); err != nil {
		return Variant{}, fmt.Errorf("%q: %w", spec, err)
	}
	return Variant{Server: name, Argv: []string{"sh", "-c", command}}, nil
}

// Label is how the variant is called in tables: the io of the reference
// server, the name of another.
func (v Variant) Label() string {
	label := v.Server
	if v.Server == Own && v.IO != "" {
		label = v.IO
	}
	if v.AA {
		label += " A/A"
	}
	if v.Observer != "" {
		label += " + " + v.Observer
	}
	return label
}

// Prefix is the part of its benchmarks' names that all cases share.
func (v Variant) Prefix() string { return v.prefix("BenchmarkEcho") }

// keys returns the part of Prefix that tells servers apart.
func (v Variant) keys() string {
	v.Observer = ""
	return strings.TrimPrefix(v.prefix(""), "/")
}

// LabelOf returns the label of the server that has these keys, as SOURCE lines
// do.
func LabelOf(keys string) string {
	v, _, _ := parseName("Echo/" + keys)
	if v.Server == "" {
		return keys
	}
	return v.Label()
}

// prefix is the name of a benchmark, less what is no key of the variant.
func (v Variant) prefix(benchmark string) string {
	server, io := v.Server, v.IO
	if v.AA && io != "" {
		io += aaMark
	} else if v.AA {
		server += aaMark
	}
	s := benchmark + "/server=" + server
	if io != "" {
		s += "/io=" + io
	}
	if v.Observer != "" {
		s += "/observer=" + v.Observer
	}
	return s
}

// Name is the benchmark's name of the variant under c.
func (v Variant) Name(c Case) string {
	return fmt.Sprintf("%s/conns=%d/size=%d/depth=%d", v.Prefix(), c.Conns, c.Size, c.Depth)
}

// parseName is the inverse of Variant.Name; ok is false for the name of
// another benchmark. The prefix "Benchmark" may be missing.
func parseName(name string) (v Variant, c Case, ok bool) {
	parts := strings.Split(strings.TrimPrefix(name, "Benchmark"), "/")
	if parts[0] != "Echo" {
		return v, c, false
	}
	for _, p := range parts[1:] {
		key, value, _ := strings.Cut(p, "=")
		switch n, err := strconv.Atoi(value); {
		case key == "server":
			v.Server = value
		case key == "io":
			v.IO = value
		case key == "observer":
			v.Observer = value
		case err != nil:
			return v, c, false
		case key == "conns":
			c.Conns = n
		case key == "size":
			c.Size = n
		case key == "depth":
			c.Depth = n
		}
	}
	if v.IO != "" {
		v.IO, v.AA = strings.CutSuffix(v.IO, aaMark)
	} else {
		v.Server, v.AA = strings.CutSuffix(v.Server, aaMark)
	}
	return v, c, v.Server != "" && c.Conns > 0 && c.Depth > 0
}

// WithAA is list with the A/A process of its reference added: of raw, or of
// the first where there is no raw.
func WithAA(list []Variant) []Variant {
	if len(list) == 0 {
		return nil
	}
	ref := list[0]
	for _, v := range list {
		if v.Server == Own && v.IO == "raw" {
			ref = v
			break
		}
	}
	ref.AA = true
	return append(append([]Variant(nil), list...), ref)
}

// CheckName tells why name cannot be the name of an external server.
func CheckName(name string) error {
	switch name {
	case "":
		return fmt.Errorf("the server has no name")
	case Own, "epoll", "net", "raw", "uring":
		return fmt.Errorf("the name %q is the reference server's own", name)
	}
	if strings.HasSuffix(name, aaMark) {
		return fmt.Errorf("the name %q: the ending %s marks an A/A process", name, aaMark)
	}
	return CheckValue(name)
}

// CheckValue tells why value cannot be one in a benchmark's name.
func CheckValue(value string) error {
	if value == "" {
		return fmt.Errorf("the name is empty")
	}
	for _, r := range value {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+", r) {
			return fmt.Errorf("the name %q: only letters, digits and . _ - + can be in a benchmark's name", value)
		}
	}
	return nil
}
