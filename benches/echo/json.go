package echo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strconv"

	"wsbench/benches/engine"
	"wsbench/parse/opening"
)

// The data set that GET /json/{count}?m={m} answers from is items.json. It was
// made up for this project.
//
//go:embed items.json
var itemsFile []byte

// items are in the order in which they are answered.
var items = readItems()

// item is one of the data set. The answer adds its total: price × quantity × m.
type item struct {
	ID       int64    `json:"id"`
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Price    int64    `json:"price"`
	Quantity int64    `json:"quantity"`
	Active   bool     `json:"active"`
	Tags     []string `json:"tags"`
	Rating   rating   `json:"rating"`
}

type rating struct {
	Score int64 `json:"score"`
	Count int64 `json:"count"`
}

func readItems() (list []item) {
	d := json.NewDecoder(bytes.NewReader(itemsFile))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		panic("items.json: " + err.Error())
	}
	return list
}

// MaxFactor is the largest m. count is 1 to the number of items.
const MaxFactor = 1000

// What GET /json/{count}?m={m} refuses.
var (
	errCount  = &opening.Refusal{Status: 400, Text: "Bad Request", Why: "count: want /json/{count}?m={m}, with one count from 1 to 50"}
	errFactor = &opening.Refusal{Status: 400, Text: "Bad Request", Why: "m: want /json/{count}?m={m}, with one m from 1 to 1000"}
)

// jsonRoute answers GET /json/{count}?m={m} with the first count items. Each
// answer is serialised anew. Both numbers are decimal digits without a leading
// zero; other parameters of the query have no effect.
var jsonRoute = engine.Route{Append: appendItems, Type: "application/json", Unlimited: true}

func appendItems(dst, path, query []byte) ([]byte, *opening.Refusal) {
	rest, ok := bytes.CutPrefix(path, []byte("/json/"))
	count, isCount := number(rest, len(items))
	if !ok || !isCount {
		return nil, errCount
	}
	m, ok := factor(query)
	if !ok {
		return nil, errFactor
	}
	dst = append(dst, `{"items":[`...)
	for i := range items[:count] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = items[i].append(dst, int64(m))
	}
	dst = append(dst, `],"count":`...)
	dst = strconv.AppendInt(dst, int64(count), 10)
	return append(dst, '}'), nil
}

// factor returns the m of a query, which has to be there once.
func factor(query []byte) (m int, ok bool) {
	for len(query) > 0 {
		var pair []byte
		pair, query, _ = bytes.Cut(query, []byte("&"))
		name, value, _ := bytes.Cut(pair, []byte("="))
		if string(name) != "m" {
			continue
		}
		if ok {
			return 0, false
		}
		if m, ok = number(value, MaxFactor); !ok {
			return 0, false
		}
	}
	return m, ok
}

// number reads decimal digits without a leading zero, 1 to most.
func number(b []byte, most int) (n int, ok bool) {
	if len(b) == 0 || b[0] == '0' {
		return 0, false
	}
	for _, c := range b {
		if n = 10*n + int(c-'0'); c < '0' || c > '9' || n > most {
			return 0, false
		}
	}
	return n, true
}

// append appends the item as JSON.
func (it *item) append(dst []byte, m int64) []byte {
	dst = strconv.AppendInt(append(dst, `{"id":`...), it.ID, 10)
	dst = appendString(append(dst, `,"name":`...), it.Name)
	dst = appendString(append(dst, `,"category":`...), it.Category)
	dst = strconv.AppendInt(append(dst, `,"price":`...), it.Price, 10)
	dst = strconv.AppendInt(append(dst, `,"quantity":`...), it.Quantity, 10)
	dst = strconv.AppendBool(append(dst, `,"active":`...), it.Active)
	dst = append(dst, `,"tags":[`...)
	for i, tag := range it.Tags {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, tag)
	}
	dst = strconv.AppendInt(append(dst, `],"rating":{"score":`...), it.Rating.Score, 10)
	dst = strconv.AppendInt(append(dst, `,"count":`...), it.Rating.Count, 10)
	dst = strconv.AppendInt(append(dst, `},"total":`...), it.Price*it.Quantity*m, 10)
	return append(dst, '}')
}

// appendString appends s as JSON (RFC 8259, section 7).
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(append(dst, s[from:i]...), '\\', c)
		case c < ' ':
			dst = append(append(dst, s[from:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			continue
		}
		from = i + 1
	}
	return append(append(dst, s[from:]...), '"')
}
