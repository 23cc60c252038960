package main

import (
	"strings"
	"testing"
)

func TestRemake(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"", "wsbench matrix -seed 7"},
		{"-quick -o somewhere -io raw,epoll", "wsbench matrix -seed 7 -quick -io raw,epoll"},
		{"-o=x -seed=9 --seed 9 -for 1s", "wsbench matrix -seed 7 -for 1s"},
		{"-server|mine='./a b' {port}|-rounds|3", `wsbench matrix -seed 7 -server 'mine='\''./a b'\'' {port}' -rounds 3`},
	} {
		sep := " "
		if strings.Contains(tt.args, "|") {
			sep = "|"
		}
		args := strings.Split(tt.args, sep)
		if tt.args == "" {
			args = nil
		}
		if got := remake("matrix", args, 7); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.args, got, tt.want)
		}
	}
}
