// Package node runs the echo server of npm's ws. The packages are installed, with
// the versions of package.json, in a folder beside the program that uses them.
package node

import (
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

var (
	//go:embed package.json
	manifest []byte
	//go:embed server.js
	script []byte
)

// folder returns where the packages of this manifest are, or would be.
func folder() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(manifest[:len(manifest):len(manifest)], script...))
	return filepath.Join(filepath.Dir(self), fmt.Sprintf("node-%x", sum[:6])), nil
}

// Install installs the packages where they are not yet, and returns their
// versions. An error says what is lacking, in one line.
func Install() (versions string, err error) {
	runtime, err := exec.Command("node", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("node does not run (%w): install Node to compare with ws", err)
	}
	dir, err := folder()
	if err != nil {
		return "", err
	}
	if installed(dir, "ws") == "" {
		if err := install(dir); err != nil {
			return "", err
		}
	}
	versions = "ws " + installed(dir, "ws")
	if v := installed(dir, "bufferutil"); v != "" {
		versions += " with bufferutil " + v
	} else {
		versions += " without bufferutil"
	}
	return versions + " on Node " + strings.TrimSpace(string(runtime)), nil
}

// install makes dir, with the packages in it. It is there whole or not at all.
func install(dir string) error {
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "installing-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	err = errors.Join(
		os.WriteFile(filepath.Join(fresh, "package.json"), manifest, 0o666),
		os.WriteFile(filepath.Join(fresh, "server.js"), script, 0o666))
	if err != nil {
		return err
	}
	cmd := exec.Command("npm", "install", "--no-audit", "--no-fund", "--no-package-lock")
	cmd.Dir = fresh
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm could not install ws (%w: %s): put its registry in reach", err, lastLine(out))
	}
	os.RemoveAll(dir)
	return os.Rename(fresh, dir)
}

// installed returns the version of a package below dir; "" where it is not there.
func installed(dir, name string) string {
	b, err := os.ReadFile(filepath.Join(dir, "node_modules", name, "package.json"))
	if err != nil {
		return ""
	}
	var m struct{ Version string }
	json.Unmarshal(b, &m)
	return m.Version
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// Exec becomes the server at addr. It returns only if that fails.
func Exec(addr string) error {
	dir, err := folder()
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	program, err := exec.LookPath("node")
	if err != nil {
		return err
	}
	script := filepath.Join(dir, "server.js")
	if _, err := os.Stat(script); err != nil {
		return fmt.Errorf("%w: run 'serve -prepare ws' first", err)
	}
	return syscall.Exec(program, []string{"node", script, host, port}, os.Environ())
}
