package lab

import (
	"fmt"
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
		dir = filepath.Join("results", now.UTC().Format("20060102T150405Z"))
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	if filepath.Base(filepath.Dir(dir)) != "results" {
		return dir, nil // a folder elsewhere is the user's own, and so is what lies beside it
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
