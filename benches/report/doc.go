// Package report shows what a command has to say, as text for a terminal, a
// page, JSON and markdown. It reads and judges nothing; package results does.
//
// A command fills a Document: sections of blocks. A Table has typed columns and
// rows of numbers, texts and Estimates. Numbers stay numbers until Write
// renders the document in one of the Formats:
//
//	doc := report.Document{Command: "load", Title: "wsbench load", Facts: facts, Sections: []report.Section{{
//		Title: "Latency",
//		Blocks: []report.Block{
//			report.Table{ID: "latency", Columns: []report.Column{
//				{Key: "percentile", Head: "percentile"},
//				{Key: "ns", Unit: results.UnitOf("p50-ns"), Draw: report.Bars},
//			}, Rows: [][]any{{"p50", 81234.0}, {"p99", 412345.0}}},
//			report.Warning("the generator was the bottleneck"),
//		},
//	}}}
//	err := report.Write(os.Stdout, doc, "text", term.Of(os.Stdout, term.Auto))
//
// The numbers of a column share one prefix, which its heading shows with the
// unit, and have three significant digits at least.
//
// In JSON the document is one object: command, version, host (the facts), notes
// and warnings (paragraphs by their ID), a list of objects for each Table.ID,
// whose fields are the columns' keys, and a field for each key of Values. An
// Estimate is a number and, under the key with _interval behind it, an object
// {lo, hi, level} or null. What is no number is null.
//
// Media in In says which formats show a block or a column: all, if it is zero.
package report
