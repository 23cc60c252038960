package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/results"
)

// Values of the key tls.
const (
	tlsOff  = "off"
	tlsUser = "user"
	tlsKTLS = "ktls"
)

// encrypted is servers that differ in the key tls alone.
type encrypted struct {
	plain results.Server
	modes []results.Server // those with TLS
}

// with returns the server of a mode; "" if there is none.
func (e encrypted) with(mode string) results.Server {
	for _, s := range e.modes {
		if s.Value("tls") == mode {
			return s
		}
	}
	return ""
}

// encrypteds returns the plain servers of samples, each with those that differ from it
// by TLS; none where no server has TLS and a plain one beside it.
func encrypteds(samples []results.Sample) (list []encrypted) {
	rest := func(s results.Server) string {
		_, n := results.Name{Keys: s.Keys()}.Without("tls")
		return n.String()
	}
	all := results.Servers(samples)
	for _, plain := range all {
		if plain.Value("tls") != tlsOff && plain.Value("tls") != "" {
			continue
		}
		e := encrypted{plain: plain}
		for _, mode := range []string{tlsUser, tlsKTLS} {
			for _, s := range all {
				if s.Value("tls") == mode && rest(s) == rest(plain) {
					e.modes = append(e.modes, s)
				}
			}
		}
		if len(e.modes) > 0 {
			list = append(list, e)
		}
	}
	return list
}

// taxed is what a server takes more than another does that differs from it by TLS.
type taxed struct {
	results.Comparison
	base  results.Server
	extra results.Saving // per message
}

// taxes compares what TLS has servers do, by a unit: with plain, and the kernel's TLS
// with that in userspace.
func (v *view) taxes(samples []results.Sample, unit string) (list []taxed) {
	for _, e := range encrypteds(samples) {
		list = append(list, v.taxesOn(samples, unit, e.plain, e.modes)...)
		user, kernel := e.with(tlsUser), e.with(tlsKTLS)
		if user != "" && kernel != "" {
			list = append(list, v.taxesOn(samples, unit, user, []results.Server{kernel})...)
		}
	}
	return list
}

// taxesOn compares servers with base, as a family of their own.
func (v *view) taxesOn(samples []results.Sample, unit string, base results.Server, servers []results.Server) (list []taxed) {
	var own []results.Sample
	for _, s := range samples {
		if server := s.Name.Server().First(); server == base || slices.Contains(servers, server) {
			own = append(own, s)
		}
	}
	of := func(server results.Server, c results.Case) []results.Sample {
		return slices.DeleteFunc(slices.Clone(own), func(s results.Sample) bool { return s.Name.Server() != server || s.Name.Case() != c })
	}
	for _, d := range results.CompareWith(own, base, unit, v.res.Terms()).Others {
		list = append(list, taxed{d, base, results.Saved(of(d.Server, d.Case), of(base, d.Case), unit)})
	}
	return list
}

// taxUnits are the units in which TLS is compared, by the base name of benchmarks.
var taxUnits = map[string]string{"Echo": "cpu-ns/msg", "JSON": "cpu-ns/req", "Conns": "B/conn"}

// taxNote says how to read the table; kernelNote, of CPU time, what the answer goes by.
const (
	taxNote    = "base: the same server without TLS (tls=off), or, of the kernel's TLS, that in userspace. ratio: to the base, with interval and verdict as in other tables; more: what it takes beyond the base, with an interval of 97.5 % of its own."
	kernelNote = " The kernel pays from the smallest size at which it takes less CPU than userspace does, if no larger size is decided otherwise; those that are undecided are told."
)

// tax returns what TLS costs, by case; no section where no server has TLS and a plain
// one beside it.
func (v *view) tax(b results.Bench) Section {
	unit := results.UnitOf(taxUnits[b.Base])
	rows := v.taxes(v.res.Of(b.Base), unit.Name)
	if len(rows) == 0 {
		return Section{}
	}
	var scaled results.Judgement
	for _, r := range rows {
		scaled.Others = append(scaled.Others, r.Comparison)
	}
	t := Table{ID: "tls_tax", Title: "what TLS costs: " + unit.Name, Note: taxNote, Columns: Keyed(
		Column{Key: "tls", In: JSON}, Column{Key: "base", In: JSON}, Column{Key: "unit", In: JSON}, Column{Key: "verdict", In: JSON}, Column{Key: "blocks", In: JSON},
		Column{Key: "label", Head: "server", Group: true}, Column{Head: "base", Group: true}, Column{Head: "case"},
		Column{Key: "ratio", Head: "ratio", Unit: ratioUnit, Bounds: "interval", Draw: Spans, Scale: scale([]results.Judgement{scaled})},
		Column{Head: "verdict"},
		Column{Key: "more", Head: "more", Unit: unit, Bounds: "interval", Drop: 1},
	)}
	if unit.Kind == results.Time {
		t.Note += kernelNote
	}
	for _, r := range rows {
		base := cmp.Or(r.base.Value("tls"), tlsOff)
		t.Rows = append(t.Rows, KeyCells(r.Server, r.Case, r.Server.Value("tls"), base, unit.Name, r.Verdict.Kind.String(), r.N,
			r.Server.Label(), "tls="+base, r.Case.String(), ratio(r.Comparison), Styled{r.Verdict.Short(), styles[r.Verdict.Kind]}, saved(r.extra)))
	}
	return Section{ID: "tls_" + b.ID, Title: "What TLS costs: " + unit.Name, In: HTML | Markdown, First: b.Base == "Echo", Blocks: []Block{t}}
}

// saved returns a saving as a number.
func saved(s results.Saving) Estimate {
	e := Estimate{Value: s.Value, N: s.N}
	if s.HasCI {
		e.Interval = &s.Interval
	}
	return e
}

// answerTax says what TLS costs, and from which size the kernel pays; nil where
// servers other than those of one kind with and without TLS are compared.
func (v *view) answerTax() (said []string) {
	list := encrypteds(v.echo)
	n := 0
	for _, e := range list {
		n += 1 + len(e.modes)
	}
	if n == 0 || n < len(v.servers) {
		return nil
	}
	unit := taxUnits["Echo"]
	for _, e := range list {
		var found []*tallied
		all := v.taxesOn(v.echo, unit, e.plain, e.modes)
		for _, s := range e.modes {
			t := &tallied{name: s.Label()}
			for _, d := range all {
				if d.Server == s {
					t.add(d.Verdict, d.Ratio)
				}
			}
			found = append(found, t)
		}
		said = append(said, v.sentences(found, "CPU per message", e.plain.Label(), "cases")...)
		said = append(said, v.kernelPays(e))
	}
	return said
}

// kernelPays says from which size the kernel's TLS takes less CPU time than that in
// userspace.
func (v *view) kernelPays(e encrypted) string {
	user, kernel := e.with(tlsUser), e.with(tlsKTLS)
	switch {
	case kernel == "":
		return "Kernel TLS is not measured here" + v.whyNoKernel() + "."
	case user == "":
		return "Whether kernel TLS pays is not measured: TLS in userspace is not among the servers."
	}
	byRest := map[results.Case][]taxed{}
	var order []results.Case
	for _, d := range v.taxesOn(v.echo, taxUnits["Echo"], user, []results.Server{kernel}) {
		rest := sizeless(d.Case)
		if byRest[rest] == nil {
			order = append(order, rest)
		}
		byRest[rest] = append(byRest[rest], d)
	}
	var parts []string
	for _, rest := range order {
		text := paysFrom(byRest[rest])
		if len(order) > 1 {
			text += fmt.Sprintf(" (%d connections, %d in flight)", rest.Int("conns"), rest.Int("depth"))
		}
		parts = append(parts, text)
	}
	return fmt.Sprintf("With -io %s, kernel TLS against TLS in userspace %s.", e.plain.Value("io"), strings.Join(parts, "; "))
}

// whyNoKernel returns why there is no server with the kernel's TLS, as the session
// tells.
func (v *view) whyNoKernel() string {
	for _, s := range v.res.Skipped {
		if strings.Contains(s.Name, "tls="+tlsKTLS) {
			return ": " + s.Text
		}
	}
	return ""
}

// sizeless returns a case without its size.
func sizeless(c results.Case) results.Case {
	rest := results.Case("")
	for _, k := range c.Keys() {
		if k.Key != "size" {
			rest = rest.With(k)
		}
	}
	return rest
}

// paysFrom says from which size on the comparisons are faster, as far as they are
// decided, and how many at larger sizes are not.
func paysFrom(list []taxed) string {
	slices.SortFunc(list, func(a, b taxed) int { return a.Case.Int("size") - b.Case.Int("size") })
	from, open, undecided := 0, 0, 0 // open: of the undecided, those above from
	for i := len(list); i > 0; i-- {
		switch d := list[i-1]; d.Verdict.Kind {
		case results.Faster:
			from, open = d.Case.Int("size"), undecided
			continue
		case results.Undecided:
			undecided++
			continue
		}
		break
	}
	switch {
	case from > 0 && open > 0:
		return fmt.Sprintf("pays from %s on where that is decided: at %d of the larger sizes it is not", results.SizeName(from), open)
	case from > 0:
		return "pays from " + results.SizeName(from) + " on"
	case undecided == len(list):
		return "is undecided at every size"
	case undecided > 0:
		return fmt.Sprintf("is undecided at the %d largest of %d sizes, and pays from none below on", undecided, len(list))
	}
	return "pays from no size on"
}
