package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// processArgs makes this test binary be wsbench with these arguments, a JSON
// list.
const processArgs = "WSBENCH_TEST_ARGS"

func TestMain(m *testing.M) {
	var args []string
	if json.Unmarshal([]byte(os.Getenv(processArgs)), &args) == nil {
		os.Exit(runProcess(args))
	}
	testscript.Main(m, map[string]func(){"wsbench": main})
}
