package report

import (
	"fmt"
	"math"
	"strings"

	"wsbench/benches/results"
)

// meaning says what the figures mean.
func (s *chunkSummary) meaning() string {
	if s.a == nil {
		return s.verdict + ": " + s.why + "."
	}
	unit := results.UnitOf("cpu-ns/frame")
	frame := "A frame that comes with others in one segment"
	if s.shape == "bytes" {
		frame = "A frame that comes a byte at a time"
	}
	text := fmt.Sprintf(frame+" costs %s of the server's CPU time", Number(unit, s.a.Value))
	if s.a.Value > 0 {
		perSecond := 1e9 / s.a.Value
		text += fmt.Sprintf(": %s frames per second of %d bytes, %s, keep one CPU busy", Number(results.Unit{}, perSecond), s.bytes(), Number(results.UnitOf("B/s"), float64(s.bytes())*perSecond))
	}
	if s.b != nil && s.a.Value > 0 {
		text += fmt.Sprintf(". One that comes alone costs %s, %s times as much", Number(unit, s.b.Value), Number(results.Unit{}, s.b.Value/s.a.Value))
		if !math.IsNaN(s.sinkB) {
			text += "; reading it takes a null sink " + Number(unit, s.sinkB)
		}
	}
	if more := chunkMeanings[s.verdict]; more != "" {
		text += ". " + more
	}
	if s.why != "" {
		text += ". " + s.verdict + ": " + s.why
	}
	return text + "."
}

// bytes returns how long a frame is: a header, a key, and a payload of one byte
// unless the shape is empty.
func (s *chunkSummary) bytes() int {
	if s.shape == "empty" {
		return tinyBytes - 1
	}
	return tinyBytes
}

// advice says what to do today; of what is unknown, by its reason.
func (s *chunkSummary) advice() string {
	switch {
	case s.verdict != "unknown" || strings.Contains(s.why, "-rounds") || strings.Contains(s.why, "-for"):
		return chunkAdvice[s.verdict]
	case s.shape == "bytes":
		return "Measure -shape frames, in both modes, for a verdict."
	}
	return "Mend what the reason tells (" + s.why + "), and measure both modes again."
}

var chunkMeanings = map[string]string{
	"batches":   "The server takes all frames of a read at once: what a peer can make it spend is bounded by what it sends",
	"per recv":  "The server takes all frames of a read at once, but a read costs it much: a peer that sends little at a time makes it spend more than it sends",
	"per frame": "The server does for every frame what it could do once for all frames of a read: a peer makes it spend much with few bytes",
	"quadratic": "The cost per frame grows with the frames: a peer can stop the server with one connection",
	"crashes":   "A peer can end the server with tiny frames",
}

// chunkAdvice is what to do today, by verdict.
var chunkAdvice = map[string]string{
	"batches":   "Nothing about tiny frames. Keep limits on messages, on fragments of one and on control frames.",
	"per recv":  "Look at what a read costs (wsbench profile): wake-ups, timers that are set anew, buffers that are allocated. Bound the reads per connection and second.",
	"per frame": "Look at what a frame costs (wsbench profile): allocations, locks, wake-ups of a task or a callback per frame. Handle all frames of a read before the next wait, and bound the frames per connection and second until then.",
	"quadratic": "Bound the frames of a message and the frames per connection and second at once. Then look for what is copied or searched from its beginning with each frame (wsbench profile).",
	"crashes":   "Take the server from the network, or put a proxy before it that bounds frames; then look at its last lines in the results file.",
	"unknown":   "Measure both modes again, for longer (-rounds, -for) and on an idle machine.",
}
