package profiles

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed *.sh
var scripts embed.FS

// isLibrary reports whether a file is sourced by the scripts, and not run.
func isLibrary(name string) bool { return strings.HasSuffix(name, "lib.sh") }

// Unpack writes the scripts, executable, and what they source into dir, which
// it makes if need be. Other files are left alone.
func Unpack(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("profiles: %w", err)
	}
	files, err := scripts.ReadDir(".")
	for _, f := range files {
		if err == nil {
			err = unpack(dir, f.Name())
		}
	}
	if err != nil {
		return fmt.Errorf("profiles: unpacking: %w", err)
	}
	return nil
}

func unpack(dir, name string) error {
	text, err := scripts.ReadFile(name)
	if err != nil {
		return err
	}
	mode := os.FileMode(0o755)
	if isLibrary(name) {
		mode = 0o644
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, text, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode) // one that was there
}
