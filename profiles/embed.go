package profiles

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed *.sh
var scripts embed.FS

// Names returns the names of the scripts that can be run, sorted. The files
// that they source (lib.sh, perflib.sh) are not among them.
func Names() []string {
	names := files()
	return slices.DeleteFunc(names, isLibrary)
}

func isLibrary(name string) bool { return strings.HasSuffix(name, "lib.sh") }

func files() []string {
	entries, err := scripts.ReadDir(".")
	if err != nil {
		panic(err) // the root of an embedded tree is always there
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}

// Unpack writes the scripts, executable, and what they source into dir, which
// it makes if need be. A script that is there is replaced at once, so that one
// who runs it meanwhile has the old or the new one; other files are left alone.
func Unpack(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("profiles: %w", err)
	}
	for _, name := range files() {
		if err := unpack(dir, name); err != nil {
			return fmt.Errorf("profiles: unpacking %s: %w", name, err)
		}
	}
	return nil
}

func unpack(dir, name string) error {
	text, err := scripts.ReadFile(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already where all went well
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(mode(name))
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, name))
}

func mode(name string) os.FileMode {
	if isLibrary(name) {
		return 0o644
	}
	return 0o755
}
