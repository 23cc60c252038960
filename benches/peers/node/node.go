// Package node runs the echo server of npm's ws. The packages are installed, with
// the versions of package.json, beside the program that uses them.
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
	sum := sha256.Sum256(manifest)
	return filepath.Join(filepath.Dir(self), fmt.Sprintf("node-%x", sum[:6])), nil
}

// Install installs the packages where they are not yet, and returns their
// versions. An error says what is lacking, in one line.
func Install() (versions string, err error) {
	runtime, err := exec.Command("node", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("Node does not run (%w): install Node to compare with ws", err)
	}
	dir, err := folder()
	if err != nil {
		return "", err
	}
	err = errors.Join(os.MkdirAll(dir, 0o777),
		os.WriteFile(filepath.Join(dir, "package.json"), manifest, 0o666),
		os.WriteFile(filepath.Join(dir, "server.js"), script, 0o666))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "ws")); err != nil {
		cmd := exec.Command("npm", "install", "--no-audit", "--no-fund", "--no-package-lock")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm could not install ws (%w: %s): with a registry in reach, run 'npm install' in %s", err, lastLine(out), dir)
		}
	}
	return pinned() + " on Node " + strings.TrimSpace(string(runtime)), nil
}

// pinned returns the packages of the manifest with their versions.
func pinned() string {
	var m struct {
		Dependencies         map[string]string
		OptionalDependencies map[string]string
	}
	json.Unmarshal(manifest, &m)
	return fmt.Sprintf("ws %s with bufferutil %s", m.Dependencies["ws"], m.OptionalDependencies["bufferutil"])
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
