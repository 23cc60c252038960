package results

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Latest is the name of the link to the newest folder.
const Latest = "latest"

// CreateFolder makes the folder of a session and points the link "latest"
// beside it to it. dir "" is results/<time> below the current directory.
func CreateFolder(dir string, now time.Time) (string, error) {
	if dir == "" {
		return newFolder(filepath.Join("results", now.UTC().Format("20060102T150405Z")))
	}
	if err := CheckFolder(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	if filepath.Base(filepath.Dir(dir)) != "results" {
		return dir, nil // a folder elsewhere is the user's own, and so is what lies beside it
	}
	return dir, pointLatest(dir)
}

// CheckFolder refuses a folder that holds results already, and one that cannot be
// made or written to. dir "" is what CreateFolder makes of it.
func CheckFolder(dir string) error {
	if dir == "" {
		return writable("results")
	}
	path := filepath.Join(dir, BenchFile)
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already and is not overwritten: name another folder, or move that file away", path)
	}
	return writable(dir)
}

// writable returns why nothing can be written to dir, which may be still to make.
func writable(dir string) error {
	for {
		_, err := os.Stat(dir)
		if err == nil || !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(dir, ".wsbench-*")
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return fmt.Errorf("nothing can be written to %s (%w): name another folder by -o", dir, err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// newFolder makes a folder called name, or name-2, name-3 and so on where
// another session of the same second has that.
func newFolder(name string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return "", err
	}
	dir := name
	err := os.Mkdir(dir, 0o777)
	for n := 2; errors.Is(err, fs.ErrExist) && n < 100; n++ {
		dir = fmt.Sprintf("%s-%d", name, n)
		err = os.Mkdir(dir, 0o777)
	}
	if err != nil {
		return "", err
	}
	return dir, pointLatest(dir)
}

// pointLatest replaces the link in one step: whoever looks finds the old or
// the new.
func pointLatest(dir string) error {
	link := filepath.Join(filepath.Dir(dir), Latest)
	if info, err := os.Lstat(link); err == nil && info.Mode()&os.ModeSymlink == 0 {
		return fmt.Errorf("%s is in the way: it should be a link to the newest results", link)
	}
	tmp := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Symlink(filepath.Base(dir), tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, link); err != nil {
		os.Remove(tmp)
		return err
	}
	return nil
}

// Replace puts what write writes in the place of the file path, in one step:
// whoever looks finds the old file or the whole new one. After an error the old
// one is there.
func Replace(path string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(write(tmp), tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}
