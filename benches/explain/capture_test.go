package explain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadCaptures(t *testing.T) {
	dir := t.TempDir()
	var l list
	for _, o := range []string{Strace, PerfRecord} {
		if err := l.add(dir, Capture{Name: "BenchmarkEcho/server=wsbench/io=epoll/conns=2/size=20/depth=1", Observer: o, Dir: "captures/001-" + o, Echoes: 7}); err != nil {
			t.Fatal(err)
		}
	}
	l.close()
	path := filepath.Join(dir, capturesFile)
	b, _ := os.ReadFile(path)
	os.WriteFile(path, append(b, "{\"name\":\"x\",\"dir\":\"../../etc\"}\n{\"name\": cut"...), 0o666)
	list, warnings, err := readCaptures(dir)
	if err != nil || len(list) != 2 || list[1].Observer != PerfRecord || !strings.HasSuffix(list[0].Name, "/depth=1") {
		t.Errorf("%+v, %v", list, err)
	}
	if len(warnings) != 2 || !strings.Contains(warnings[0].Error(), ":3: dir \"../../etc\"") || !strings.Contains(warnings[1].Error(), ":4: ") {
		t.Errorf("warnings %v", warnings)
	}
	if _, _, err := readCaptures(t.TempDir()); err == nil || !strings.Contains(err.Error(), "'wsbench profile' makes such a folder") {
		t.Errorf("of an empty folder: %v", err)
	}
}
