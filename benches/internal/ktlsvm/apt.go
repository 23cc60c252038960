package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// metaPackage depends on the newest kernel for cloud machines.
const metaPackage = "linux-image-cloud-amd64"

// kernelPackage matches the names of packages that have a kernel or its modules;
// newer suites have them apart.
var kernelPackage = regexp.MustCompile(`^linux-(image|binary|modules)-[0-9].*-cloud-amd64$`)

// keyring signs all suites of Debian; the package debian-archive-keyring has it.
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// apt runs apt's commands for one suite, with lists and a cache of its own: this
// machine's remain as they are.
type apt struct {
	folder string
}

// download fetches the packages of a suite's newest kernel into a folder, from the
// mirror that this machine's packages come from. All that fails is a skip.
func download(ctx context.Context, suite, folder string) (packages []string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Minute, errors.New("downloading takes more than 2 minutes"))
	defer cancel()
	mirror, err := debianMirror(ctx)
	if err != nil {
		return nil, err
	}
	a, err := newApt(folder, mirror, suite)
	if err != nil {
		return nil, err
	}
	if _, err := a.run(ctx, "apt-get", "update"); err != nil {
		return nil, err
	}
	names, err := a.kernelPackages(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := a.run(ctx, "apt-get", append([]string{"download"}, names...)...); err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(folder, "*.deb"))
}

// debianMirror returns the address that this machine's packages of Debian come
// from.
func debianMirror(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages", "Component: main").Output()
	if err != nil {
		return "", skip(fmt.Sprintf("apt-get indextargets: %v", err))
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "Debian" {
			return f[1], nil
		}
	}
	return "", skip("apt knows no mirror of Debian: run apt-get update on a Debian")
}

// newApt makes the folders and the list of sources that apt is to use.
func newApt(folder, mirror, suite string) (apt, error) {
	for _, d := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(folder, d), 0o777); err != nil {
			return apt{}, err
		}
	}
	signed := ""
	if _, err := os.Stat(keyring); err == nil {
		signed = "[signed-by=" + keyring + "] "
	}
	source := fmt.Sprintf("deb %s%s %s main\n", signed, mirror, suite)
	return apt{folder}, os.WriteFile(filepath.Join(folder, "sources.list"), []byte(source), 0o666)
}

// run returns the output of a command of apt; an error is a skip that says what
// apt complained of.
func (a apt) run(ctx context.Context, command string, args ...string) (string, error) {
	settings := []string{
		"Dir::Etc::sourcelist=" + filepath.Join(a.folder, "sources.list"), "Dir::Etc::sourceparts=-",
		"Dir::State::lists=" + filepath.Join(a.folder, "lists"), "Dir::Cache=" + filepath.Join(a.folder, "cache"),
		"APT::Sandbox::User=", "APT::Update::Error-Mode=any",
		"Acquire::Languages=none", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false", "Acquire::Retries=1", "Acquire::http::Timeout=20",
	}
	var all []string
	for _, s := range settings {
		all = append(all, "-o", s)
	}
	cmd := exec.CommandContext(ctx, command, append(all, args...)...)
	cmd.Dir = a.folder
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if cause := context.Cause(ctx); cause != nil {
		return "", skip(cause.Error())
	}
	if err != nil {
		first, _, _ := strings.Cut(complaints.String(), "\n")
		return "", skip(fmt.Sprintf("%s %s: %v: %s", command, args[0], err, first))
	}
	return string(out), nil
}

// kernelPackages returns the names of the packages that the newest kernel is in.
func (a apt) kernelPackages(ctx context.Context) ([]string, error) {
	out, err := a.run(ctx, "apt-cache", "depends", metaPackage)
	if err != nil {
		return nil, err
	}
	image := dependedOn(out)
	if len(image) != 1 {
		return nil, skip(fmt.Sprintf("%s depends on %d packages of kernels, not on one", metaPackage, len(image)))
	}
	out, err = a.run(ctx, "apt-cache", "depends", image[0])
	return append(image, dependedOn(out)...), err
}

// dependedOn reads from the output of apt-cache depends which packages of a kernel
// must be there.
func dependedOn(depends string) (names []string) {
	for line := range strings.Lines(depends) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "Depends: ")
		if ok && kernelPackage.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}
