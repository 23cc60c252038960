package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
)

// chunkRuns writes three runs of each case of a server: its CPU time per frame is a
// in mode A, times (frames/50,000)^grow, and b in mode B.
func chunkRuns(server string, a, grow, b float64, frames ...int) string {
	var s strings.Builder
	for _, n := range frames {
		each := a
		for m := n; m > 50_000; m /= 2 {
			each *= grow
		}
		for i := range 3 {
			near := 1 + float64(i)/1000
			fmt.Fprintf(&s, "BenchmarkChunk/server=%s/frames=%d/mode=A/shape=frames/answer=count %d %v cpu-ns/frame %v survey-ns/frame\n", server, n, n, each*near, each*near)
			fmt.Fprintf(&s, "BenchmarkChunk/server=%s/frames=%d/mode=B/shape=frames/answer=count %d %v cpu-ns/frame %v survey-ns/frame 2000 sink-cpu-ns/frame\n", server, n, n, b*near, b*near)
		}
	}
	return s.String()
}

// onlyB drops the lines of mode B but those of one number of frames.
func onlyB(lines, frames string) string {
	return regexp.MustCompile(`(?m)^.*/mode=B/.*\n`).ReplaceAllStringFunc(lines, func(line string) string {
		if strings.Contains(line, frames) {
			return line
		}
		return ""
	})
}

// The verdicts rest on what was measured, and on whole intervals.
func TestChunkVerdicts(t *testing.T) {
	survey := []int{50_000, 100_000, 200_000, 400_000, 800_000, 1_600_000}
	const of = "SKIP BenchmarkChunk/server=s/frames=400000/mode=A/shape=frames/answer=count: "
	for name, tt := range map[string]struct {
		file, verdict, why string
		without            string // that the page must not say
	}{
		"batches":         {file: chunkRuns("s", 100, 1, 5000, survey...), verdict: "batches"},
		"per frame":       {file: chunkRuns("s", 2000, 1, 5000, survey...), verdict: "per frame"},
		"per recv":        {file: chunkRuns("s", 100, 1, 15_000, survey...), verdict: "per recv"},
		"sink":            {file: chunkRuns("s", 100, 1, 11_900, survey...), verdict: "batches"}, // the sink's 2 µs are not the server's
		"quadratic":       {file: chunkRuns("s", 100, 2, 5000, survey...), verdict: "quadratic"},
		"one number":      {file: chunkRuns("s", 100, 1, 5000, 50_000), verdict: "unknown", why: "one number of frames"},
		"few numbers":     {file: chunkRuns("s", 2000, 1, 5000, survey[:3]...), verdict: "unknown", why: "rests on 3 numbers of frames, and 6 are wanted"},
		"too few":         {file: onlyB(chunkRuns("s", 100, 1, 5000, survey...), "frames=50000/"), verdict: "unknown", why: "too few runs"},
		"never started":   {file: "SKIP BenchmarkChunk/server=s: the server ended: exit status 3\n", verdict: "unknown", why: "exit status 3", without: "Take the server"},
		"crashes":         {file: chunkRuns("s", 100, 1, 5000, survey...) + of + "the server ended: signal: killed\n", verdict: "crashes", why: "killed"},
		"crash at once":   {file: of + "the server ended: signal: killed\n", verdict: "crashes", why: "killed"},
		"slow":            {file: chunkRuns("s", 100, 2, 5000, survey...) + of + "400000 frames were not answered within 2m0s\n", verdict: "quadratic", why: "not answered"},
		"late":            {file: chunkRuns("s", 100, 1, 5000, survey...) + of + "400000 frames were not answered within 2m0s\n", verdict: "unknown", why: "not answered"},
		"another shape's": {file: chunkRuns("s", 100, 1, 5000, survey...) + strings.ReplaceAll(of, "shape=frames", "shape=pings") + "the server ended: signal: killed\n", verdict: "batches"},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := results.Read(strings.NewReader(tt.file), "")
			if err != nil {
				t.Fatal(err)
			}
			v := newView(res)
			list := v.chunkSummaries(chunkGroups(res.Of("Chunk")))
			if len(list) == 0 || list[0].verdict != tt.verdict || !strings.Contains(list[0].why, tt.why) {
				t.Fatalf("%+v", list)
			}
			var b bytes.Buffer
			d := Of("report", res, "")
			if err := Write(&b, d, "text", term.Screen{}); err != nil || !strings.Contains(b.String(), tt.verdict) || tt.without != "" && strings.Contains(b.String(), tt.without) {
				t.Errorf("%v:\n%s", err, b.String())
			}
		})
	}
}

// A server that ends under one shape, and has no sample of it, has a row for it.
func TestChunkFaultOfOneShape(t *testing.T) {
	res, err := results.Read(strings.NewReader(chunkRuns("s", 100, 1, 5000, 50_000, 100_000, 200_000, 400_000, 800_000, 1_600_000)+"SKIP BenchmarkChunk/server=s/frames=50000/mode=A/shape=pings/answer=count: the server ended: signal: killed\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	list := newView(res).chunkSummaries(chunkGroups(res.Of("Chunk")))
	if len(list) != 2 || list[0].verdict != "batches" || list[1].shape != "pings" || list[1].verdict != "crashes" {
		t.Errorf("%+v", list)
	}
}

// Servers are compared by runs of frames that all of them were sent.
func TestChunkCommonFrames(t *testing.T) {
	res, err := results.Read(strings.NewReader(chunkRuns("s", 100, 2, 5000, 50_000, 100_000, 200_000)+chunkRuns("u", 100, 1, 5000, 50_000, 400_000)), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range newView(res).chunkSummaries(chunkGroups(res.Of("Chunk"))) {
		if len(s.used[0]) != 1 || s.used[0][0] != 50_000 || s.a.N != 3 {
			t.Errorf("%s: A is of %v, %d runs", s.server, s.used, s.a.N)
		}
	}
}

// Servers are compared in pairs of a block: mode A by the frames with most of them, mode B
// by all of its runs.
func TestChunkCompared(t *testing.T) {
	var s strings.Builder
	s.WriteString("reference: server=s\n")
	block := 0
	run := func(server string, frames int, mode string, cpu float64) {
		fmt.Fprintf(&s, "BenchmarkChunk/server=%s/frames=%d/mode=%s/shape=frames/answer=count 1 %v cpu-ns/frame\n", server, frames, mode, cpu)
	}
	both := func(round, frames int, mode string, a, b float64) {
		block++
		fmt.Fprintf(&s, "BLOCK %d round=%d epoch=%d %d frames\n", block, round, round, frames)
		near := 1 + float64(round)/1000
		run("u", frames, mode, b*near)
		run("s", frames, mode, a)
	}
	for round := 1; round <= 12; round++ {
		both(round, 1000, "A", 100, 150)
		both(round, 2000, "B", 5000, 4000)
		if round < 4 {
			both(round, 8000, "A", 100, 10) // fewer pairs
			both(round, 50000, "B", 5000, 4000)
		}
	}
	res, err := results.Read(strings.NewReader(s.String()), "")
	if err != nil || len(res.Warnings) > 0 {
		t.Fatal(err, res.Warnings)
	}
	var b bytes.Buffer
	if err := Write(&b, Of("chunk", res, ""), "text", term.Screen{Columns: 100}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Server CPU per frame, against s\n", "mode=A/shape=frames  u       1.51", "mode=B/shape=frames  u       0.80", "slower", "faster",
		"mode=A/shape=frames: none of 1; mode=B/shape=frames: u.",
		"is judged by runs of 1000 frames. Mode B",
	} {
		if text := strings.ReplaceAll(b.String(), "\n    ", " "); !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, b.String())
		}
	}
}

// The note on which runs are compared tells of no mode that is not.
func TestChunkPairsOfOneMode(t *testing.T) {
	for mode, want := range map[string]string{"A": "Mode A, shape frames, is judged by runs of 9 frames.", "B": "Mode B is judged by all of its runs."} {
		var samples []results.Sample
		for _, server := range []string{"s", "u"} {
			samples = append(samples, results.Sample{Name: results.ParseName("Chunk/server=" + server + "/frames=9/mode=" + mode + "/shape=frames/answer=count"), Block: 1})
		}
		if list, used := chunkPairs(samples); len(list) != 2 || used != want {
			t.Errorf("mode %s: %d samples, %q, want %q", mode, len(list), used, want)
		}
	}
}

// The survey's formula takes the mean, and only what the survey measures.
func TestChunkSurvey(t *testing.T) {
	file := chunkRuns("s", 1000, 1, 6000, 50_000, 100_000, 250_000)
	for text, want := range map[string]string{
		file: "PER-FRAME",
		strings.ReplaceAll(file, "answer=count", "answer=echo"):          "-",
		chunkRuns("s", 1000, 1, 6000, 50_000, 100_000):                   "UNKNOWN",
		strings.ReplaceAll(file, "shape=frames", "shape=empty"):          "-",
		chunkRuns("s", 1000, 1, 4000, 50_000, 100_000, 250_000, 500_000): "BATCHES",
	} {
		res, err := results.Read(strings.NewReader(text), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range newView(res).chunkSummaries(chunkGroups(res.Of("Chunk"))) {
			if got := s.surveyVerdict(); got != want {
				t.Errorf("%s, want %s: %v", got, want, s.survey)
			}
		}
	}
}

// What is said of several servers is said once, and advice on what is unknown keeps
// to the reason.
func TestChunkTexts(t *testing.T) {
	file := "SKIP BenchmarkChunk/server=s: no port\nSKIP BenchmarkChunk/server=u: no port\n"
	res, err := results.Read(strings.NewReader(file), "")
	if err != nil {
		t.Fatal(err)
	}
	list := newView(res).chunkSummaries(nil)
	blocks := chunkTexts("What to do today", list, (*chunkSummary).advice)
	if len(blocks) != 1 || blocks[0].(Paragraph).Text != "s; u: Mend what the reason tells (no port), and measure both modes again." {
		t.Errorf("%+v", blocks)
	}
}
