package report

import (
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"

	"wsbench/benches/stat"
)

// Version is that of the fields of JSON documents: it changes when one is
// renamed, taken away or given another meaning, not when one is added.
const Version = 2

// writeJSON writes d, indented.
func writeJSON(w io.Writer, d Document) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(d.object())
}

// MarshalJSON implements json.Marshaler: one object, as Write writes it.
func (d Document) MarshalJSON() ([]byte, error) { return json.Marshal(d.object()) }

// object is one in JSON.
type object map[string]any

// object returns d as it is in JSON.
func (d Document) object() object {
	host := object{}
	for _, f := range d.Facts {
		if f.Value != "" {
			host[strings.ReplaceAll(f.Key, "-", "_")] = f.Value
		}
	}
	o := object{"command": d.Command, "version": Version, "host": host, "interrupted": d.Interrupted, "answer": d.Answer, "notes": []any{}, "warnings": []any{}}
	for _, s := range d.sections() {
		for _, b := range s.blocks(JSON) {
			o.block(b)
		}
	}
	return o
}

func (o object) block(b Block) {
	switch b := b.(type) {
	case Paragraph:
		o.add(b.ID, b.Text)
	case Values:
		for _, v := range b.List {
			if v.Key != "" {
				o.cell(strings.TrimPrefix(b.ID+"."+v.Key, "."), v.Cell)
			}
		}
	case Table:
		o.add(b.ID, b.objects()...)
	}
}

// objects returns the rows as they are in JSON.
func (t Table) objects() []any {
	rows := make([]any, len(t.Rows))
	for i := range rows {
		rows[i] = object{}
	}
	for i, c := range t.Columns {
		if c.Key == "" || !c.In.has(JSON) {
			continue
		}
		estimates := slices.ContainsFunc(t.Rows, func(row []any) bool { _, ok := cellAt(row, i).(Estimate); return ok })
		for r, row := range t.Rows {
			if o := rows[r].(object); estimates {
				o.set(c.Key+intervalKey, nil) // as long as it is not known
			}
			rows[r].(object).cell(c.Key, cellAt(row, i))
		}
	}
	return rows
}

// intervalKey is what the key of an Estimate's interval ends in.
const intervalKey = "_interval"

// cell sets the field or fields of a cell.
func (o object) cell(key string, v any) {
	o.set(key, plain(v))
	if e, ok := v.(Estimate); ok && e.Interval != nil {
		o.set(key+intervalKey, plain(*e.Interval))
	}
}

// plain returns v as it is in JSON, which has no NaN and no infinity.
func plain(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case Estimate:
		return plain(v.Value)
	case Styled:
		return v.Text
	case stat.Interval:
		return object{"lo": plain(v.Lo), "hi": plain(v.Hi), "level": plain(v.Level)}
	case map[string]float64:
		finite := map[string]float64{}
		for key, x := range v {
			if plain(x) != nil {
				finite[key] = x
			}
		}
		return finite
	}
	return v
}

// set sets a field; dots in its path nest.
func (o object) set(path string, v any) {
	key, rest, nested := strings.Cut(path, ".")
	if !nested {
		o[key] = v
		return
	}
	inner, ok := o[key].(object)
	if !ok {
		inner = object{}
		o[key] = inner
	}
	inner.set(rest, v)
}

// add appends to a list, which it makes where there is none.
func (o object) add(key string, v ...any) {
	list, ok := o[key].([]any)
	if !ok {
		list = []any{}
	}
	o[key] = append(list, v...)
}
