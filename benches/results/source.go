package results

import (
	"cmp"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

const unknown = "unknown"

// Source is the commit that something was built from.
type Source struct {
	Commit   string // "" where it is not known
	Modified string // whether the tree had changes: true, false, or "" where it is not known
	Reason   string // why Commit is not known
}

// NamedSource is the Source of a server, whose keys are the Name (such as
// server=wsbench/io=epoll), or of the microbenchmarks.
type NamedSource struct {
	Name string
	Source
}

// String returns the beginning of the commit and whether the tree had changes,
// or why the commit is not known.
func (s Source) String() string {
	switch {
	case s.Commit == "" && s.Reason == "":
		return unknown
	case s.Commit == "":
		return fmt.Sprintf("%s (%s)", unknown, s.Reason)
	case s.Modified == "true":
		return s.Commit[:min(len(s.Commit), shownCommit)] + " with changes"
	}
	return s.Commit[:min(len(s.Commit), shownCommit)]
}

// shownCommit is how many digits of a commit are shown to people.
const shownCommit = 12

// Facts returns the keys commit and dirty of the file configuration.
func (s Source) Facts() []Fact {
	commit := s.Commit
	if commit == "" {
		commit = s.String()
	}
	return []Fact{{"commit", commit}, {"dirty", cmp.Or(s.Modified, unknown)}}
}

// Source returns that of the wsbench that wrote the results.
func (res *Results) Source() Source {
	commit, reason, _ := strings.Cut(res.Config["commit"], " (")
	if commit == unknown || commit == "" {
		return Source{Reason: strings.TrimSuffix(reason, ")")}
	}
	return Source{Commit: commit, Modified: knownOr(res.Config["dirty"])}
}

// knownOr returns v, or "" where it says that it is not known.
func knownOr(v string) string {
	if v == unknown {
		return ""
	}
	return v
}

// line writes s as a line SOURCE has it.
func (s Source) line() string {
	if s.Commit == "" {
		return unknown + ": " + s.Reason
	}
	return fmt.Sprintf("commit=%s modified=%s", s.Commit, cmp.Or(s.Modified, unknown))
}

// parseSource reads what follows the word SOURCE on a line of a results file.
func parseSource(text string) Source {
	if reason, ok := strings.CutPrefix(text, unknown+": "); ok {
		return Source{Reason: reason}
	}
	commit, modified, _ := strings.Cut(strings.TrimPrefix(text, "commit="), " modified=")
	return Source{Commit: commit, Modified: knownOr(modified)}
}

// OwnSource returns that of this binary, by what the go command stamped on it.
func OwnSource() Source {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Source{Reason: "this binary tells nothing of its build"}
	}
	return sourceOf(info)
}

// ProcessSource returns that of the program that a process runs.
func ProcessSource(pid int) Source {
	path := fmt.Sprintf("/proc/%d/exe", pid)
	info, err := buildinfo.ReadFile(path)
	if err == nil {
		return sourceOf(info)
	}
	program, linkErr := os.Readlink(path)
	if linkErr != nil {
		return Source{Reason: linkErr.Error()}
	}
	_, cause, _ := strings.Cut(err.Error(), path+": ")
	return Source{Reason: filepath.Base(program) + ": " + cmp.Or(cause, err.Error())}
}

// refused is what the Makefile leaves in the flags of the linker, which the
// binary records: why no commit could be stamped.
var refused = regexp.MustCompile(`results\.gitRefused=([^'"]+)`)

func sourceOf(info *debug.BuildInfo) Source {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if commit := settings["vcs.revision"]; commit != "" {
		return Source{Commit: commit, Modified: settings["vcs.modified"]}
	}
	if m := refused.FindStringSubmatch(settings["-ldflags"]); m != nil {
		return Source{Reason: "the build could not stamp it: " + m[1]}
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return Source{Reason: fmt.Sprintf("built from the module %s %s", info.Main.Path, v)}
	}
	return Source{Reason: "built without a stamp of version control, as go run, go test and -buildvcs=false do"}
}

// TreeSource returns that of what is built from the source tree root now, as git
// tells it.
func TreeSource(root string) Source {
	commit, err := git(root, "rev-parse", "--verify", "HEAD")
	if err != nil {
		return Source{Reason: err.Error()}
	}
	changes, err := git(root, "status", "--porcelain")
	if err != nil {
		return Source{Commit: commit}
	}
	return Source{Commit: commit, Modified: fmt.Sprint(changes != "")}
}

// git runs git in a folder. The error is the first line that it printed.
func git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if text, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n"); text != "" {
			err = errors.New(text)
		}
	}
	return strings.TrimSpace(string(out)), err
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
