package main

import (
	"context"
	"errors"
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

// runProfileAB carries out wsbench profile ab.
func runProfileAB(args []string, stdout, stderr io.Writer) error {
	e, flags := abExperiment(args)
	return e.call(context.Background(), flags, stdout, stderr)
}

// abExperiment returns wsbench profile ab with these arguments, and the flags
// among them.
func abExperiment(args []string) (e experiment, flags []string) {
	flags, specs := splitSides(args)
	e = experiment{name: "profile ab", synopsis: `[flags] A B

The last two arguments, A and B, are flags of the reference server, such as
'-flush frame' or '', or commands of servers with {port} where their port goes.
The differences are B - A; name=… before either names it.`, new: func(c *call) body {
		c.args = args // with A and B
		p := &profileSession{specs: append([]string{}, specs...), with: explain.PerfRecord, plan: explain.Plan{Compare: true}}
		p.register(c, explain.Rounds(attribution.Default()), explain.DenseHZ)
		return p
	}}
	return e, flags
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
	if len(specs) < 2 {
		return nil, errors.New("want two servers, such as '' and '-flush frame'; 'wsbench profile ab -h' tells more")
	}
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

// side returns the server of a specification, called name unless it has a name.
func side(name, spec string) (lab.Server, error) {
	if before, rest, ok := strings.Cut(spec, "="); ok && !strings.HasPrefix(spec, "-") && results.CheckName(before) == nil {
		name, spec = before, rest
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

// checkSide returns what is wrong with flags of the reference server that this
// command is to start.
func checkSide(flags []string) error {
	for _, f := range flags {
		name, _, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if strings.HasPrefix(f, "-") && slices.Contains([]string{"addr", "pin", "background"}, name) {
			return fmt.Errorf("-%s is this command's to choose; -server-cpu says where servers run", name)
		}
	}
	_, err := echoOptions(flags, io.Discard)
	var wrong usageError
	if errors.As(err, &wrong) {
		return errors.New(strings.TrimPrefix(wrong.text, "echo: "))
	}
	return err
}
