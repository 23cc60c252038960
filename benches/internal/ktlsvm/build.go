package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
)

// pack builds what the steps run and writes it into an initramfs, with the modules
// of a kernel.
func pack(ctx context.Context, initrd, kernel string) error {
	if err := os.MkdirAll(output, 0o777); err != nil {
		return err
	}
	f, err := os.Create(initrd)
	if err != nil {
		return err
	}
	defer f.Close()
	a := newArchive(f)
	for _, d := range []string{"dev", "proc", "sys", "tmp"} {
		a.dir(d)
	}
	a.char("dev/console", 5, 1)
	a.tree("modules", filepath.Join(kernel, "modules"))
	for to, pkg := range map[string]string{"init": "./benches/internal/ktlsvm", "bin/wsbench": "./benches/cmd/wsbench"} {
		if err := goBuild(ctx, a, to, "build", pkg); err != nil {
			return err
		}
	}
	for _, pkg := range testedPackages() {
		folder := path.Join("tests", pkg)
		if err := goBuild(ctx, a, path.Join(folder, "test"), "test", "-c", "./"+pkg); err != nil {
			return err
		}
		a.tree(path.Join(folder, "testdata"), filepath.Join(pkg, "testdata"))
	}
	return a.close()
}

// goBuild adds what a command of go builds: a program that needs no library.
func goBuild(ctx context.Context, a *archive, to string, command ...string) error {
	binary := filepath.Join(output, filepath.Base(to))
	pkg := command[len(command)-1]
	args := append(command[:len(command)-1:len(command)-1], "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, pkg)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s %s: %w\n%s", command[0], pkg, err, out)
	}
	a.file(to, binary, 0o755)
	return os.Remove(binary)
}
