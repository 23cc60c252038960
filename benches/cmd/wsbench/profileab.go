package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"wsbench/benches/explain"
	"wsbench/benches/lab"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

var profileABExperiment = experiment{
	name: "profile ab", summary: "two servers, or two sets of flags, function by function, with significance",
	synopsis: `[flags] A B

The last two arguments, A and B, are flags of the reference server, such as
'-flush frame' or '', or commands of servers with {port} where their port goes.
The differences are B - A; name=… before either names it.`, least: 2, most: 2, split: splitSides,
	examples: "  wsbench profile ab '' '-flush frame'\n  wsbench profile ab -cases 10/1024 old='./old {port}' new='./new {port}'",
	new: func(c *call) body {
		p := &profileSession{with: explain.PerfRecord, plan: explain.Plan{Compare: true}}
		p.register(c, explain.Rounds(attribution.Default()), explain.DenseHZ)
		c.keepGoing()
		return p
	},
}

// splitSides parts the flags from the two last arguments, which may begin like
// flags.
func splitSides(args []string) (flags, specs []string) {
	n := len(args) - 2
	if n < 0 {
		return args, nil
	}
	flags, specs = args[:n], args[n:]
	if n > 0 && flags[n-1] == "--" {
		flags = flags[:n-1]
	}
	return flags, specs
}

// sides returns the two servers of a comparison.
func sides(specs []string) ([]lab.Server, error) {
	var list []lab.Server
	for i, spec := range specs {
		v, err := side(string(rune('A'+i)), spec)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if list[0].Key.Value("server") == list[1].Key.Value("server") {
		return nil, fmt.Errorf("both are called %q: name them differently", list[0].Key.Value("server"))
	}
	return list, nil
}

// sidesNote says what sides are that have letters for names; "" where both have names.
func sidesNote(specs, names []string) string {
	var said []string
	for i, spec := range specs {
		switch spec = strings.TrimSpace(spec); {
		case i >= len(names) || names[i] != string(rune('A'+i)):
		case spec == "":
			said = append(said, names[i]+" is wsbench echo without flags")
		case strings.HasPrefix(spec, "-"):
			said = append(said, names[i]+" is wsbench echo "+spec)
		default:
			said = append(said, names[i]+" is "+spec)
		}
	}
	return strings.Join(said, ", ")
}

// side returns the server of a specification, called name unless it has a name.
func side(name, spec string) (lab.Server, error) {
	if given, rest := cutName(spec); given != "" {
		name, spec = given, rest
	}
	spec = strings.TrimSpace(spec)
	if spec != "" && !strings.HasPrefix(spec, "-") {
		return external(name + "=" + spec)
	}
	self, err := os.Executable()
	if err != nil {
		return lab.Server{}, err
	}
	flags := strings.Fields(spec)
	if err := checkSide(flags); err != nil {
		return lab.Server{}, fmt.Errorf("%s: %w", name, err)
	}
	return lab.OwnWith(self, name, flags), nil
}

// cutName parts the name from a specification name=…; "" if it has none.
func cutName(spec string) (name, rest string) {
	before, rest, ok := strings.Cut(spec, "=")
	if ok && !strings.HasPrefix(spec, "-") && results.CheckName(before) == nil {
		return before, rest
	}
	return "", spec
}

// checkSide returns what is wrong with flags of the reference server that this
// command is to start.
func checkSide(flags []string) error {
	if err := chosenHere(flags); err != nil {
		return err
	}
	_, _, err := echoExperiment.parse(flags, io.Discard, io.Discard)
	return err
}

// chosenHere refuses flags of the reference server that this command chooses.
func chosenHere(flags []string) error {
	for _, f := range flags {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if strings.HasPrefix(f, "-") && slices.Contains([]string{"addr", "pin", "background", "counters"}, name) {
			return fmt.Errorf("-%s is this command's to choose; -server-cpu says where servers run", name)
		}
	}
	return nil
}
