package explain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kinds are the profiles of a subject's folder, by what they are called.
var kinds = map[string]string{"cpu": cpuProfile, "go": goCPUProfile, "both": bothProfile, "offcpu": offCPUProfile}

// Kinds returns the names of the profiles that a subject's folder may hold.
func Kinds() []string { return []string{"cpu", "go", "both", "offcpu"} }

// Views returns the profile files of a folder of that kind: one, or the two sides
// of a comparison, the base first. The folder is a session's or a subject's.
func Views(dir, kind string) ([]string, error) {
	file, ok := kinds[kind]
	if !ok {
		return nil, fmt.Errorf("-what %q is not one of %s", kind, strings.Join(Kinds(), ", "))
	}
	if path := filepath.Join(dir, file); exists(path) {
		return []string{path}, nil
	}
	captures, _, err := readCaptures(dir)
	if err != nil {
		return nil, err
	}
	a := &Analysis{Dir: dir}
	var found []string
	for _, c := range captures {
		s := a.subject(c)
		path := filepath.Join(dir, s.Folder(), file)
		if !s.Server.AA() && exists(path) && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%s has no profile %q: the observer that makes it failed or was not asked for", dir, kind)
	case len(found) == 1:
		return found, nil
	case a.Compares() && len(found) == 2:
		return a.baseFirst(found), nil
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	return nil, fmt.Errorf("%s holds several; name one of them: %s", dir, strings.Join(found, " "))
}

// baseFirst puts the reference's file first.
func (a *Analysis) baseFirst(paths []string) []string {
	ref := a.Base(a.Subjects[0].Case)
	if ref != nil && filepath.Base(filepath.Dir(paths[0])) != ref.Folder() {
		slices.Reverse(paths)
	}
	return paths
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist)
}
