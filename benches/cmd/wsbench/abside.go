package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsbench/benches/echo"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// abSide is one of the two sides of wsbench ab.
type abSide struct {
	name   string
	commit string     // to be checked out; "": none
	tree   bool       // the working tree is built
	flags  []string   // of a built server of wsbench
	root   string     // of the source tree that is built; of a commit once it is checked out
	server lab.Server // of what is built once it is
	source results.Source
}

func (s abSide) built() bool { return s.tree || s.commit != "" }

// refMark begins a side that is checked out.
const refMark = "ref:"

// parse reads the two sides.
func (b *comparedSides) parse(specs []string) (sides [2]abSide, err error) {
	switch {
	case len(specs) == 0:
		return sides, errors.New("no A: want a ref such as main, or two sides such as '' '-flush frame'; 'wsbench ab -h' tells more")
	case len(specs) == 1:
		name, rest := cutName(specs[0])
		if rest == "" || strings.HasPrefix(rest, "-") || lab.TakesPort(rest) {
			return sides, errors.New("no B: only a ref alone is compared with the working tree")
		}
		sides[0], err = b.ref(name, strings.TrimPrefix(rest, refMark))
		if err == nil {
			sides[1], err = b.workingTree()
		}
	default:
		for i, spec := range specs {
			if sides[i], err = b.side(string(rune('A'+i)), spec); err != nil {
				break
			}
		}
	}
	if err == nil && sides[0].name == sides[1].name {
		if name, _ := cutName(specs[0]); name != "" {
			return sides, fmt.Errorf("both are called %q: name them differently", name)
		}
		sides[0].name, sides[1].name = "A", "B"
	}
	return sides, err
}

// side reads a side, called letter unless there is a better name.
func (b *comparedSides) side(letter, spec string) (abSide, error) {
	name, rest := cutName(spec)
	if ref, ok := strings.CutPrefix(rest, refMark); ok {
		return b.ref(name, ref)
	}
	if rest = strings.TrimSpace(rest); rest != "" && !strings.HasPrefix(rest, "-") && !lab.TakesPort(rest) {
		return abSide{}, fmt.Errorf("%s: %q: want %s%s, flags such as '-flush frame', or a command with {port}", letter, rest, refMark, rest)
	}
	server, err := side(letter, spec)
	return abSide{name: server.Key.Value("server"), server: server}, err
}

// ref reads what follows "ref:".
func (b *comparedSides) ref(name, text string) (abSide, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return abSide{}, errors.New("ref: is followed by a commit, branch or tag, such as ref:main")
	}
	s := abSide{name: cmp.Or(name, nameOf(words[0])), flags: words[1:]}
	if err := b.checkFlags(s); err != nil {
		return s, err
	}
	root, err := b.root()
	if err != nil {
		return s, err
	}
	if s.commit, err = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", words[0]+"^{commit}"); err != nil {
		return s, fmt.Errorf("%s: git knows no commit of that name in %s", words[0], root)
	}
	s.source = results.Source{Commit: s.commit, Modified: "false"}
	return s, nil
}

// nameOf returns a ref as the name of a server.
func nameOf(ref string) string {
	name := results.ValueOf(ref)
	if results.CheckName(name) != nil || slices.Contains(echo.IOs(), name) {
		return "ref-" + name
	}
	return name
}

// checkFlags refuses flags that cannot be given to what is built.
func (b *comparedSides) checkFlags(s abSide) error {
	switch {
	case len(s.flags) > 0 && b.server != "":
		return fmt.Errorf("%s: flags behind a ref are wsbench's own server's; -server names those of another", strings.Join(s.flags, " "))
	case len(s.flags) > 0 && !strings.HasPrefix(s.flags[0], "-"):
		return fmt.Errorf("%q behind a ref is no flag of the server", s.flags[0])
	}
	return chosenHere(s.flags)
}

// workingTree returns the side that is the working tree.
func (b *comparedSides) workingTree() (abSide, error) {
	root, err := b.root()
	return abSide{name: "tree", tree: true, root: root, source: results.TreeSource(root)}, err
}

// root returns the root of the source tree that refs are of.
func (b *comparedSides) root() (string, error) {
	if b.build == "" {
		return ownRoot()
	}
	return filepath.Abs(cmp.Or(b.dir, "."))
}

// ownBuild builds wsbench, as the Makefile does but for the stamp of version
// control: the commit is known.
const ownBuild = "go build -o {out} ./benches/cmd/wsbench"

// prepare builds what has to be built of a side, and makes it a server.
func (b *comparedSides) prepare(ctx context.Context, w *workshop, s *abSide) (err error) {
	if !s.built() {
		return nil
	}
	root, err := b.root()
	if err != nil {
		return err
	}
	if s.commit != "" {
		if s.root, err = w.checkOut(root, s.commit); err != nil {
			return err
		}
	} else if err := w.open(root); err != nil {
		return err
	}
	builds, err := w.build(ctx, s.name, s.root, cmp.Or(b.build, ownBuild))
	if err != nil {
		return err
	}
	if b.server != "" {
		if s.server, err = external(s.name + "=cd " + quoted(s.root) + " && " + b.server); err != nil {
			return fmt.Errorf("-server: %w", err)
		}
	} else {
		s.server = lab.OwnWith(lab.OutMark, s.name, s.flags)
		s.server.PinsItself = takes(ctx, builds[0], "pin", "background")
		s.server.Counts = takes(ctx, builds[0], "counters")
	}
	if strings.Contains(b.server+ownBuild, lab.OutMark) {
		s.server.Builds = builds
	}
	s.server.Source = s.source
	return nil
}

// takes reports whether the echo server of a build of wsbench has these flags.
func takes(ctx context.Context, program string, flags ...string) bool {
	help, err := exec.CommandContext(ctx, program, "echo", "-h").Output()
	return err == nil && !slices.ContainsFunc(flags, func(f string) bool { return !bytes.Contains(help, []byte("\n  -"+f+" ")) })
}

// workshop holds the trees that are checked out and what is built, in a folder
// below the repository's .build. close removes it.
type workshop struct {
	progress lab.Progress
	layouts  int
	repo     string // whose trees are checked out
	dir      string // "": not open yet
	trees    []string
	built    int
}

// open makes the folder.
func (w *workshop) open(root string) (err error) {
	if w.dir != "" {
		return nil
	}
	w.repo = root
	parent := filepath.Join(root, ".build")
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	w.dir, err = os.MkdirTemp(parent, "ab-")
	return err
}

// close removes all trees, and the folder.
func (w *workshop) close() {
	if w.dir == "" {
		return
	}
	for _, tree := range w.trees {
		if _, err := git(w.repo, "worktree", "remove", "--force", tree); err == nil {
			continue
		}
		// A second signal may have ended git: without its folder the tree is stale.
		os.RemoveAll(tree)
		if _, err := git(w.repo, "worktree", "prune"); err != nil {
			w.progress.Say("git worktree prune: %v", err)
		}
	}
	os.RemoveAll(w.dir)
	os.Remove(filepath.Dir(w.dir)) // unless it holds more
}

// checkOut returns the root of a source tree at a commit: root's, which may lie
// below the top of its repository.
func (w *workshop) checkOut(root, commit string) (string, error) {
	if err := w.open(root); err != nil {
		return "", err
	}
	below, err := git(root, "rev-parse", "--show-prefix")
	if err != nil {
		return "", err
	}
	w.progress.Phase("checking out %s", commit)
	tree := filepath.Join(w.dir, fmt.Sprint("tree", len(w.trees)))
	if _, err := git(root, "-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach", tree, commit); err != nil {
		return "", fmt.Errorf("git worktree add: %w", err)
	}
	w.trees = append(w.trees, tree)
	return filepath.Join(tree, below), nil
}

// build builds the program of a tree in every code layout. Where layouts have no
// effect on what the command builds, and where it does not name {out}, it is
// built once.
func (w *workshop) build(ctx context.Context, name, root, command string) (programs []string, err error) {
	w.built++
	for layout := 1; layout <= w.layouts; layout++ {
		w.progress.Step("building %s, code layout %d of %d", name, layout, w.layouts)
		out := filepath.Join(w.dir, fmt.Sprintf("build%d-%d", w.built, layout))
		if err := shellIn(ctx, root, strings.ReplaceAll(command, lab.OutMark, quoted(out)), layoutFlags(layout)); err != nil {
			return nil, fmt.Errorf("%s does not build: %s: %w", name, command, err)
		}
		if !strings.Contains(command, lab.OutMark) {
			return []string{""}, nil
		}
		if _, err := os.Stat(out); err != nil {
			return nil, fmt.Errorf("%s: %s made no file {out}", name, command)
		}
		if layout == 2 && lab.SameFile(programs[0], out) {
			return programs, nil
		}
		programs = append(programs, out)
	}
	return programs, nil
}

// layoutFlags returns the environment in which the go command links in a code
// layout, and without the tree's path: equal code makes equal programs.
func layoutFlags(layout int) string {
	return strings.TrimSpace(fmt.Sprintf("GOFLAGS=%s -trimpath -buildvcs=false -ldflags=-randlayout=%d", os.Getenv("GOFLAGS"), layout))
}

// killGrace is how long output is read of a command that was killed.
const killGrace = time.Second

// shellIn runs a command of the shell in a folder. The error has the end of its
// output. Where ctx ends, the command does, with all it started.
func shellIn(ctx context.Context, dir, command string, env ...string) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, append(os.Environ(), env...), killGrace
	apart(cmd)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("%w\n%s", err, strings.Join(lines[max(0, len(lines)-20):], "\n"))
}

// git runs git in a folder, apart from the signals of a terminal, so that it ends
// what it began. The error is the first line that it printed.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	apart(cmd)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if first, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n"); err != nil && first != "" {
		err = errors.New(first)
	}
	return strings.TrimSpace(string(out)), err
}
