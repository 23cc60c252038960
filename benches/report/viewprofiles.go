package report

import (
	"slices"

	"wsbench/benches/results"
)

// profiles returns the runs under loads with a name: the best, and the distribution
// over all of them.
func (v *view) profiles() Section {
	s := Section{ID: "profiles", Title: "Profiles", In: HTML | Text | Markdown}
	t := Table{ID: "profiles", Columns: Keyed(
		Column{Key: "profile", Head: "profile", Group: true}, Column{Head: "conns"}, Column{Key: "label", Head: "server"}, Column{Key: "samples", Head: "runs"},
		Column{Key: "best_msg_per_s", Head: "best\nmsg/s", Unit: results.UnitOf("msg/s")},
		Column{Key: "msg_per_s", Head: "msg/s", Unit: results.UnitOf("msg/s"), Bounds: "least, most"},
		Column{Key: "p50_ns", Head: "p50", Unit: results.UnitOf("p50-ns")}, Column{Key: "p99_ns", Head: "p99", Unit: results.UnitOf("p99-ns")},
		Column{Key: "p99_9_ns", Head: "p99.9", Unit: results.UnitOf("p99.9-ns"), Drop: 2},
		Column{Key: "reconnects_per_s", Head: "reconnects\n/s", Unit: results.UnitOf("reconnects/s")},
		Column{Key: "handshake_p50_ns", Head: "handshake\np50", Unit: results.UnitOf("handshake-p50-ns"), Drop: 1},
		Column{Key: "handshake_p99_ns", Head: "handshake\np99", Unit: results.UnitOf("handshake-p99-ns")},
		Column{Key: "time_wait", Head: "TIME_WAIT", Unit: results.UnitOf("time-wait"), Drop: 3},
	)}
	var histograms []Block
	v.each(func(c results.Case, server results.Server, g *results.Group) {
		profile := c.Value("profile")
		if profile == "" {
			return
		}
		rates := g.Values("msg/s")
		row := KeyCells(server, c, profile, c.Int("conns"), server.Label(), len(g.Samples), slices.Max(rates), ranged(rates))
		latency := v.distribution(server, c)
		row = append(row, latency.at(50), latency.at(99), latency.at(99.9))
		for _, unit := range []string{"reconnects/s", "handshake-p50-ns", "handshake-p99-ns", "time-wait"} {
			row = append(row, median(g, unit))
		}
		t.Rows = append(t.Rows, row)
		for _, l := range v.res.Latencies {
			if l.Name.Case() == c && l.Name.Server() == server && l.Hist != nil {
				h := HistogramTable("", server.Label()+", "+profile+", "+c.Keys()[0].Value+" connections: latency", l.Hist)
				h.In = HTML
				histograms = append(histograms, h)
			}
		}
	})
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, Paragraph{Style: Faint, Text: profileNote, In: HTML | Markdown})
	} else {
		s.In = HTML
	}
	s.Blocks = append(append(s.Blocks, t), histograms...)
	if len(v.servers) == 1 { // in text few histograms can be read
		for i, b := range histograms {
			h := b.(Table)
			h.In = HTML | Text
			s.Blocks[len(s.Blocks)-len(histograms)+i] = h
		}
	}
	return s
}

const profileNote = "Before a run the server is started and validated; each echo is verified, and the connections are closed before the next run opens its own. Best is the run with the most messages per second, which the suite publishes; msg/s is the median over all runs, and percentiles are of all their messages. Handshakes are timed from connect to the whole answer, of connections that take the place of one that had its messages; the generator ends those without a closing handshake, so that the sockets in TIME_WAIT are its own."
