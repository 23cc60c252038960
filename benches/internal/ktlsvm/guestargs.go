package main

import (
	"encoding/hex"
	"fmt"
	"time"
)

// guestArgs returns the arguments of a machine's first process, which go through
// the kernel's command line. steps is a regular expression, limit the time until
// the machine is ended.
func guestArgs(token, steps string, limit time.Duration) []string {
	return []string{token, "x" + hex.EncodeToString([]byte(steps)), limit.String()}
}

// parseGuestArgs reads what guestArgs returns.
func parseGuestArgs(args []string) (token, steps string, limit time.Duration, err error) {
	if len(args) != 3 || len(args[1]) == 0 {
		return "", "", 0, fmt.Errorf("arguments %q: want three", args)
	}
	text, err := hex.DecodeString(args[1][1:])
	if err != nil {
		return "", "", 0, err
	}
	limit, err = time.ParseDuration(args[2])
	return args[0], string(text), limit, err
}
