package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
)

// Every report tells what a server was built from, where that is not what
// wsbench was: the table and the page in short, the document as it is.
func TestSources(t *testing.T) {
	const hash = "0123456789abcdef0123456789abcdef01234567"
	res, err := results.Read(strings.NewReader("kernel: 6.18\ncommit: "+hash+"\ndirty: false\n\n"+
		"SOURCE server=wsbench/io=epoll: commit="+hash+" modified=false\n"+
		"SOURCE server=old: commit=fedcba98765432100123456789abcdef01234567 modified=true\n"+
		"SOURCE server=old-aa: commit=fedcba98765432100123456789abcdef01234567 modified=true\n"+
		"SOURCE server=c: unknown: c: not a Go executable\n"), "bench.txt")
	if err != nil || len(res.Warnings) > 0 {
		t.Fatal(err, res.Warnings)
	}
	var text, page, doc bytes.Buffer
	for format, out := range map[string]*bytes.Buffer{"text": &text, "html": &page, "json": &doc} {
		if err := Write(out, Of("matrix", res, "bench.txt"), format, term.Screen{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"commit 0123456789ab\n", "\nold: commit fedcba987654 with changes\n", "\nc: commit unknown (c: not a Go executable)\n"} {
		if strings.Count(text.String(), want) != 1 {
			t.Errorf("the text has not once %q:\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "epoll: commit") {
		t.Errorf("the text tells twice what wsbench was built from:\n%s", &text)
	}
	for _, want := range []string{"old: commit fedcba987654 with changes", "c: commit unknown (c: not a Go executable)"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	var got struct {
		Host    map[string]string
		Sources []struct {
			Name, Reason string
			Commit       *string
			Modified     *bool
		}
	}
	if err := json.Unmarshal(doc.Bytes(), &got); err != nil || got.Host["commit"] != hash || len(got.Sources) != 4 {
		t.Fatalf("%v, %+v", err, got)
	}
	old, c := got.Sources[1], got.Sources[3]
	if old.Name != "server=old" || *old.Commit != "fedcba98765432100123456789abcdef01234567" || !*old.Modified || old.Reason != "" {
		t.Errorf("old is %+v", old)
	}
	if c.Commit != nil || c.Modified != nil || c.Reason != "c: not a Go executable" {
		t.Errorf("c is %+v", c)
	}
}
