//go:build linux

package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/results"
)

// browser is the command of a Chromium, or the test is skipped.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser looks at the page: install chromium")
	return ""
}

// browse runs the browser once, without network, and ends all that it started.
func browse(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser(t), append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
		"--enable-logging=stderr", "--user-data-dir=" + t.TempDir(),
	}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	group := func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Cancel, cmd.WaitDelay = group, 5*time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.Process != nil {
		group()
	}
	if err != nil {
		t.Fatalf("%v: %s", err, lastOf(errs.String()))
	}
	return out.String(), errs.String()
}

func lastOf(s string) string { return s[max(0, len(s)-2000):] }

// probe measures the page that it is in and tells the page around it.
// %q is its name there.
const probe = `<script>
addEventListener("load", () => {
  const found = [], inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const name = %q;
  if (name !== "print") for (const d of document.querySelectorAll("details")) d.open = true;
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) found.push("the page is " + width + " wide in " + innerWidth);
  const plots = [...document.querySelectorAll("svg.plot")];
  for (const svg of plots) {
    const label = svg.getAttribute("aria-label"), around = svg.getBoundingClientRect();
    if (around.width < 100 || around.height < 40 || around.right > innerWidth + 1) found.push(label + ": its box is " + JSON.stringify(around));
    const boxes = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
    for (const [text, box] of boxes) {
      if (!inside(box, around)) found.push(label + ": " + text + " is outside");
      if (box.height < 8) found.push(label + ": " + text + " is " + box.height + " px high");
    }
    boxes.forEach(([a, p], i) => boxes.slice(0, i).forEach(([b, q]) => {
      const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left), high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
      if (wide > 1 && high > 3) found.push(label + ": " + a + " is over " + b);
    }));
  }
  for (const table of document.querySelectorAll("table")) {
    const box = table.getBoundingClientRect();
    if (box.width < 20 || box.height < 20) found.push("a table is not to be seen: " + table.textContent.slice(0, 60));
    if (name === "print" && box.right > innerWidth + 1) found.push("a table is cut in print: " + table.textContent.slice(0, 60));
  }
  if (name === "phone") for (const cell of document.querySelectorAll("#matrix table tr > :nth-child(6)")) {
    if (cell.getBoundingClientRect().right > innerWidth) { found.push("a verdict is cut: " + cell.textContent); break; }
  }
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  for (const r of performance.getEntriesByType("resource")) found.push("loaded " + r.name);
  const background = getComputedStyle(document.body).backgroundColor;
  parent.postMessage({ name, found: found.concat(faults), plots: plots.length, background }, "*");
});
</script>`

// listen is in the head, before anything can fail.
const listen = `<script>var faults = []; addEventListener("error", (e) => faults.push("error: " + (e.message || e.target.outerHTML)), true);</script>`

// seen is what probe told.
type seen struct {
	Name, Background string
	Found            []string
	Plots            int
}

// frames are the widths that the page is looked at.
var frames = []struct {
	name  string
	width int
}{{"desk", 1280}, {"tablet", 768}, {"phone", 390}, {"print", 718}}

// browserPage is a page with all that it can hold.
func browserPage(t *testing.T) Document {
	res := read(t, "testdata/whole/bench.txt")
	flame := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 40"><rect width="1200" height="18" fill="#e66"/><text x="4" y="13">main</text></svg>`
	long := strings.Repeat("a-server-with-a-name-", 6)
	for _, s := range res.Samples[:12] { // and a name that is too long for any column
		if s.Name.Base == "Echo" {
			s.Name = results.ParseName("Echo/server=" + long + "/" + string(s.Name.Case()))
			res.Samples = append(res.Samples, s)
		}
	}
	res.Notes = append(res.Notes, strings.Repeat("x", 300))
	return Of("report", res, "bench.txt", Section{Title: "epoll, 200/16384", Blocks: []Block{
		Paragraph{Text: "A pass of its own."},
		Table{Title: "A message", Columns: []Column{{Head: "function"}, {Head: "ns"}, {Head: "share", Draw: Bars}},
			Rows: [][]any{{"tcp_sendmsg_locked_with_a_long_name_that_does_not_end", 1200.0, 52.1}, {"runtime.mcall", 3.0, 0.1}}},
		Drawing{Title: "flame graph", File: "flame.svg", SVG: []byte(flame)},
		Shell{Lines: []Line{{"measure again", "wsbench profile -cases 200/16384"}}},
	}})
}

// folder writes the page, its copies with the probe, and a page around those.
func folder(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	p := browserPage(t)
	if err := WriteFiles(filepath.Join(dir, File), p); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	var around strings.Builder
	fmt.Fprintf(&around, `<!DOCTYPE html><body><pre id="seen"></pre><script>const seen = []; onmessage = (e) => { seen.push(e.data); document.getElementById("seen").textContent = JSON.stringify(seen); };</script>`)
	for _, f := range frames {
		copied := strings.Replace(string(page), "<head>", "<head>"+listen, 1)
		copied = strings.Replace(copied, "</body>", fmt.Sprintf(probe, f.name)+"</body>", 1)
		if f.name == "print" {
			copied = strings.Replace(copied, "@media print{", "@media all{", 1)
		}
		if err := os.WriteFile(filepath.Join(dir, f.name+".html"), []byte(copied), 0o666); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&around, `<iframe src="%s.html" style="border:0;width:%dpx;height:900px"></iframe>`, f.name, f.width)
	}
	for _, plot := range p.plots() { // as files of their own
		fmt.Fprintf(&around, `<img src="%s/%s" onload="postMessage({name:this.naturalWidth?'file':'empty'})" onerror="postMessage({name:'broken '+this.src})">`, PlotFolder, html.EscapeString(plot.Name+".svg"))
	}
	if err := os.WriteFile(filepath.Join(dir, "around.html"), []byte(around.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

var seenText = regexp.MustCompile(`(?s)<pre id="seen">(.*?)</pre>`)

// The page in a real browser: at three widths and as in print, light and dark.
func TestInABrowser(t *testing.T) {
	browser(t)
	dir := folder(t)
	want := len(browserPage(t).plots())
	for scheme, background := range map[string]string{"1": "rgb(255, 255, 255)", "0": "rgb(20, 23, 27)"} {
		dom, log := browse(t, "--blink-settings=preferredColorScheme="+scheme, "--window-size=1400,900", "--virtual-time-budget=20000",
			"--allow-file-access-from-files", "--dump-dom", "file://"+filepath.Join(dir, "around.html"))
		m := seenText.FindStringSubmatch(dom)
		var list []seen
		if m == nil || json.Unmarshal([]byte(html.UnescapeString(m[1])), &list) != nil {
			t.Fatalf("the browser told nothing: %s %s", lastOf(dom), lastOf(log))
		}
		keepScreenshot(t, dir, scheme)
		looked, files := 0, 0
		for _, s := range list {
			switch {
			case s.Name == "file":
				files++
			case s.Plots == 0:
				t.Errorf("a plot's file: %s", s.Name)
			default:
				looked++
				checkSeen(t, s, want, background)
			}
		}
		if looked != len(frames) || files != want {
			t.Errorf("%d of %d frames and %d of %d files were seen", looked, len(frames), files, want)
		}
		for line := range strings.Lines(log) {
			if strings.Contains(line, "CONSOLE") || strings.Contains(line, "ERR_") {
				t.Errorf("the browser's console: %s", line)
			}
		}
	}
}

// screenshots is where what the browser shows is kept, for the eye.
const screenshots = "../../.build/screenshots"

// keepScreenshot keeps what the frames show.
func keepScreenshot(t *testing.T, dir, scheme string) {
	t.Helper()
	folder, err := filepath.Abs(screenshots)
	if err == nil {
		err = os.MkdirAll(folder, 0o777)
	}
	if err != nil {
		t.Logf("no screenshots: %v", err)
		return
	}
	name := filepath.Join(folder, map[string]string{"1": "light.png", "0": "dark.png"}[scheme])
	os.Remove(name)
	browse(t, "--blink-settings=preferredColorScheme="+scheme, "--window-size=3300,920", "--virtual-time-budget=20000",
		"--allow-file-access-from-files", "--screenshot="+name, "file://"+filepath.Join(dir, "around.html"))
	if b, err := os.ReadFile(name); err != nil || !bytes.HasPrefix(b, []byte("\x89PNG")) {
		t.Errorf("%s is no picture: %v", name, err)
	}
}

func checkSeen(t *testing.T, s seen, plots int, background string) {
	t.Helper()
	if s.Plots != plots {
		t.Errorf("%s: %d plots, want %d", s.Name, s.Plots, plots)
	}
	if s.Name != "print" && s.Background != background {
		t.Errorf("%s: the background is %s, want %s", s.Name, s.Background, background)
	}
	for _, f := range s.Found {
		t.Errorf("%s: %s", s.Name, f)
	}
}

// The page in print is a PDF of several pages.
func TestPrinted(t *testing.T) {
	browser(t)
	dir := t.TempDir()
	file, pdf := filepath.Join(dir, File), filepath.Join(dir, "report.pdf")
	if err := WriteFiles(file, browserPage(t)); err != nil {
		t.Fatal(err)
	}
	browse(t, "--no-pdf-header-footer", "--print-to-pdf="+pdf, "file://"+file)
	b, err := os.ReadFile(pdf)
	if err != nil {
		t.Fatal(err)
	}
	if pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(b, -1)); !bytes.HasPrefix(b, []byte("%PDF")) || pages < 5 {
		t.Errorf("%d pages in print", pages)
	}
}
