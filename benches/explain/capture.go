package explain

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Capture is one observed run, a line of captures.jsonl.
type Capture struct {
	Name      string             `json:"name"` // of the benchmark, without the observer
	Observer  string             `json:"observer"`
	Block     int                `json:"block"`
	Dir       string             `json:"dir"`                 // of its files, below the session's folder
	Command   string             `json:"command"`             // that captures the same of a process PID
	Echoes    int64              `json:"echoes"`              // while it was observed
	Values    map[string]float64 `json:"values"`              // of the run, by unit
	Discarded string             `json:"discarded,omitempty"` // why the run is no sample
	Compares  bool               `json:"compares,omitempty"`  // of a comparison of servers
	Base      bool               `json:"base,omitempty"`      // of the server that others are compared with
}

// capturesFile is the name of the list in a session's folder.
const capturesFile = "captures.jsonl"

// capturesDir holds a folder a capture.
const capturesDir = "captures"

// list is captures.jsonl, as it is written.
type list struct{ w *os.File }

// add writes a line in one call, so that nothing captured is lost.
func (l *list) add(dir string, c Capture) (err error) {
	if l.w == nil {
		if l.w, err = os.OpenFile(filepath.Join(dir, capturesFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
			return err
		}
	}
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = l.w.Write(append(b, '\n'))
	return err
}

func (l *list) close() error {
	if l.w == nil {
		return nil
	}
	return l.w.Close()
}

// mostLine bounds a line of captures.jsonl.
const mostLine = 1 << 20

// readCaptures reads the list of dir. Lines that cannot be read, an unfinished
// last one among them, are warnings; err is of a list that is not there.
func readCaptures(dir string) (captures []Capture, warnings []error, err error) {
	path := filepath.Join(dir, capturesFile)
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: no captures here: 'wsbench profile' makes such a folder (%w)", dir, err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, mostLine)
	for n := 1; lines.Scan(); n++ {
		var c Capture
		err := json.Unmarshal(lines.Bytes(), &c)
		switch {
		case err != nil:
			warnings = append(warnings, fmt.Errorf("%s:%d: %w", path, n, err))
		case !filepath.IsLocal(c.Dir):
			warnings = append(warnings, fmt.Errorf("%s:%d: dir %q is not below the folder", path, n, c.Dir))
		default:
			captures = append(captures, c)
		}
	}
	if err := lines.Err(); err != nil {
		warnings = append(warnings, fmt.Errorf("%s: %w", path, err))
	}
	return captures, warnings, nil
}
