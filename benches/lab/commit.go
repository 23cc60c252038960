package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
)

const unknown = "unknown"

// SourceFacts tell which source this binary was built from: by what the go
// command stamped on it, else by what git says of root, the source tree that
// it is run in ("": none).
func SourceFacts(root string) []Fact {
	commit, dirty := stamped()
	if commit == "" && root != "" {
		commit, dirty = fromGit(root)
	}
	return []Fact{{"commit", orElse(commit, unknown)}, {"dirty", orElse(dirty, unknown)}}
}

func stamped() (commit, dirty string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			dirty = s.Value
		}
	}
	return commit, dirty
}

func fromGit(root string) (commit, dirty string) {
	git := func(args ...string) (string, error) {
		out, err := exec.Command("git", append([]string{"-C", root}, args...)...).Output()
		return strings.TrimSpace(string(out)), err
	}
	commit, err := git("rev-parse", "--verify", "--quiet", "HEAD")
	if err != nil {
		return "", ""
	}
	changes, err := git("status", "--porcelain")
	if err != nil {
		return commit, ""
	}
	if changes != "" {
		return commit, "true"
	}
	return commit, "false"
}

// SourceRoot finds this module's source tree from dir upwards; "" if dir is
// not in it.
func SourceRoot(dir string) string {
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(b), "module wsbench\n") {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
