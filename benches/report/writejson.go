package report

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
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
	return out.Encode(d)
}

// MarshalJSON implements json.Marshaler: one object, as Write writes it.
func (d Document) MarshalJSON() ([]byte, error) { return d.object().MarshalJSON() }

// object returns d as it is in JSON.
func (d Document) object() *object {
	host := &object{}
	for _, f := range d.Facts {
		if f.Value != "" {
			host.set(strings.ReplaceAll(f.Key, "-", "_"), f.Value)
		}
	}
	o := &object{}
	o.set("command", d.Command)
	o.set("version", Version)
	o.set("host", host)
	o.set("notes", []any{})
	o.set("warnings", []any{})
	for _, s := range d.Sections {
		for _, b := range s.blocks(JSON) {
			o.block(b)
		}
	}
	return o
}

func (o *object) block(b Block) {
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
		o.add(b.ID)
		for _, row := range b.Rows {
			o.add(b.ID, b.object(row))
		}
	}
}

// object returns a row as it is in JSON.
func (t Table) object(row []any) *object {
	o := &object{}
	for i, c := range t.Columns {
		if c.Key == "" || !c.In.has(JSON) {
			continue
		}
		o.cell(c.Key, cellAt(row, i))
		if e, _ := cellAt(row, i).(Estimate); e.Interval == nil && t.estimates(i) {
			o.set(c.Key+intervalKey, nil)
		}
	}
	return o
}

// estimates reports whether column i has Estimates.
func (t Table) estimates(i int) bool {
	for _, row := range t.Rows {
		if _, ok := cellAt(row, i).(Estimate); ok {
			return true
		}
	}
	return false
}

// intervalKey is what the key of an Estimate's interval ends in.
const intervalKey = "_interval"

// cell sets the field or fields of a cell.
func (o *object) cell(key string, v any) {
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
		o := &object{}
		o.set("lo", plain(v.Lo))
		o.set("hi", plain(v.Hi))
		o.set("level", plain(v.Level))
		return o
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

// object is an object of JSON whose fields stay in order.
type object struct {
	keys   []string
	values map[string]any
}

// set sets a field; dots in its path nest.
func (o *object) set(path string, v any) {
	key, rest, nested := strings.Cut(path, ".")
	if !nested {
		o.put(key, v)
		return
	}
	inner, ok := o.values[key].(*object)
	if !ok {
		inner = &object{}
		o.put(key, inner)
	}
	inner.set(rest, v)
}

// add appends to a list, which it makes where there is none.
func (o *object) add(key string, v ...any) {
	list, _ := o.values[key].([]any)
	if list == nil {
		list = []any{} // not null
	}
	o.put(key, append(list, v...))
}

func (o *object) put(key string, v any) {
	if o.values == nil {
		o.values = map[string]any{}
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = v
}

// MarshalJSON implements json.Marshaler.
func (o *object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(o.values[key]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
