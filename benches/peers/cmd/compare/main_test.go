package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"wsbench/benches/lab"
)

func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-rounds", "9", "-sizes", "20,1KiB", "-sets", "hot,fresh", "-aligns", "0,63", "-seed", "7"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"seed 7", "fresh", "1KiB", "63", "of 8 cells", "in the worst"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestBench(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-rounds", "9", "-sizes", "20", "-sets", "hot", "-aligns", "0", "-format", "bench", "-pin", "none"}, &out); err != nil {
		t.Fatal(err)
	}
	res, err := lab.Read(&out, "compare")
	if err != nil || len(res.Warnings) > 0 || res.Components != 4*9 {
		t.Errorf("%d samples, %v, %v", res.Components, err, res.Warnings)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range []string{"-rounds 3", "-sizes x", "-sets cold", "-aligns 64", "-aligns 1x", "-pin 1023", "-format xml", "-frob", "more"} {
		if err := run(strings.Fields(args), &bytes.Buffer{}); !errors.As(err, new(usageError)) {
			t.Errorf("%s: %v, want a usage error", args, err)
		}
	}
}
