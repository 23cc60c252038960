package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// kernel is a kernel to boot: the one for cloud machines, which has drivers of few
// devices, of a Debian suite.
type kernel struct {
	suite string
	what  string
	least string // the release that it must have; none: any
}

// fetch returns the folder that has the kernel, as vmlinuz, and in modules what to
// load, named so that the order of names is the order to load them in. It
// downloads what it has not.
func (k kernel) fetch(ctx context.Context, refresh bool) (folder string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = output
	}
	cache = filepath.Join(cache, "wsbench-ktls")
	folder = filepath.Join(cache, k.suite)
	if refresh {
		err = os.RemoveAll(folder)
	}
	if _, missing := os.Stat(folder); missing == nil || err != nil {
		return folder, err
	}
	if err := os.MkdirAll(cache, 0o777); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(cache, "download-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	packages, err := download(ctx, k.suite, tmp)
	if err != nil {
		return "", err
	}
	if err := unpack(ctx, packages, filepath.Join(tmp, "all"), filepath.Join(tmp, "kernel")); err != nil {
		return "", err
	}
	if err := os.Rename(filepath.Join(tmp, "kernel"), folder); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err // where it exists, another process was faster
	}
	return folder, nil
}

// unpack takes the kernel and the modules that are wanted out of packages. all is
// a folder for the modules that may be needed.
func unpack(ctx context.Context, packages []string, all, kernel string) error {
	modules := filepath.Join(kernel, "modules")
	for _, d := range []string{all, modules} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			return err
		}
	}
	for _, p := range packages {
		if err := extract(ctx, p, all); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(p), err)
		}
	}
	if err := os.Rename(filepath.Join(all, "vmlinuz"), filepath.Join(kernel, "vmlinuz")); err != nil {
		return err
	}
	order, err := loadOrder(wanted, func(name string) ([]string, bool, error) {
		ko, err := readModule(ctx, all, name)
		if err != nil || ko == nil {
			return nil, false, err
		}
		needs, err := dependencies(ko)
		return needs, true, err
	})
	if err != nil {
		return err
	}
	if !slices.Contains(order, lastModule) {
		return fmt.Errorf("the packages have no module %s", lastModule)
	}
	for i, name := range order {
		ko, err := readModule(ctx, all, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(modules, fmt.Sprintf("%02d-%s.ko", i, name)), ko, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// extract writes the kernel of a package and its modules for networks and
// cryptography to a folder, modules by their names.
func extract(ctx context.Context, deb, folder string) error {
	cmd := exec.CommandContext(ctx, "dpkg-deb", "--fsys-tarfile", deb)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = extractTar(out, folder)
	_, rest := io.Copy(io.Discard, out)
	return errors.Join(err, rest, cmd.Wait())
}

func extractTar(r io.Reader, folder string) error {
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name, ok := memberName(h)
		if !ok {
			continue
		}
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		_, err = io.Copy(f, t)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
}

// memberName returns under which name a member of a package is kept, if it is.
func memberName(h *tar.Header) (name string, ok bool) {
	base := path.Base(h.Name)
	_, below, module := strings.Cut(h.Name, "/kernel/")
	switch {
	case h.Typeflag != tar.TypeReg:
		return "", false
	case base == "vmlinuz", strings.HasPrefix(base, "vmlinuz-"):
		return "vmlinuz", true
	case module && (strings.HasPrefix(below, "net/tls/") || strings.Contains(below, "crypto/") || strings.HasPrefix(below, "lib/")):
		_, compression, _ := strings.Cut(base, ".ko")
		return moduleName(base) + ".ko" + compression, true
	}
	return "", false
}

// readModule returns a module's file, nil if the folder has none of that name.
func readModule(ctx context.Context, folder, name string) ([]byte, error) {
	file := filepath.Join(folder, name+".ko")
	if ko, err := os.ReadFile(file); !errors.Is(err, os.ErrNotExist) {
		return ko, err
	}
	if _, err := os.Stat(file + ".xz"); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return exec.CommandContext(ctx, "xz", "-dc", file+".xz").Output()
}
