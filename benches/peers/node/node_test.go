package node

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/load"
	"wsbench/parse"
)

// addrKey is in the environment of the test binary that is to be the server.
const addrKey = "WSBENCH_NODE_ADDR"

func TestMain(m *testing.M) {
	if addr := os.Getenv(addrKey); addr != "" {
		panic(Exec(addr))
	}
	os.Exit(m.Run())
}

// A package that is not whole is not installed.
func TestInstalled(t *testing.T) {
	dir := t.TempDir()
	if v := installed(dir, "ws"); v != "" {
		t.Errorf("version %q of nothing", v)
	}
	ws := filepath.Join(dir, "node_modules", "ws")
	if err := os.MkdirAll(ws, 0o777); err != nil {
		t.Fatal(err)
	}
	if v := installed(dir, "ws"); v != "" {
		t.Errorf("version %q of an empty folder", v)
	}
	if err := os.WriteFile(filepath.Join(ws, "package.json"), []byte(`{"name": "ws", "version": "1.2.3"}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if v := installed(dir, "ws"); v != "1.2.3" {
		t.Errorf("version %q", v)
	}
}

// npm's ws is installed, starts and sends back what it is sent.
func TestServerEchoes(t *testing.T) {
	if _, err := Install(); err != nil {
		t.Skip(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), addrKey+"="+addr)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	waiting.For(t, "the server listens", func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	for _, op := range []parse.Opcode{parse.Text, parse.Binary, parse.Ping} {
		g, err := load.Open(t.Context(), load.Config{URL: "ws://" + addr + "/", Conns: 3, Size: 100, Depth: 4, Op: op, Verify: load.VerifyAll, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		r, err := g.Run(t.Context(), 0, 20*time.Millisecond)
		if g.Close(); err != nil || r.Corruption != nil || r.Echoes == 0 {
			t.Errorf("%v: %v, %v, %d echoes", op, err, r.Corruption, r.Echoes)
		}
	}
}
