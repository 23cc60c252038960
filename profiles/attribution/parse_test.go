package attribution

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, text string) *Rules {
	t.Helper()
	r, err := Parse(strings.NewReader(text), "my.rules")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const mine = `# mine
component billing   who pays
billing user   example.com/billing.*  # and a comment
mask    user   example.com/ws.xor* /^my(Mask|Unmask)$/
caller  user   wsbench/parse.PutHeader
other   kernel tcp_v4_rcv
`

// A user's rules come before the defaults.
func TestExtend(t *testing.T) {
	r := parse(t, mine)
	for in, want := range map[string]string{
		"main.main;example.com/billing.(*Bill).Add;runtime.memmove": "billing",
		"main.main;example.com/ws.xorAVX2":                          "mask",
		"main.main;myMask":                                          "mask",
		"main.main;myMasks":                                         "handler",
		"main.main;wsbench/parse.PutHeader":                         "handler",
		"main.main;wsbench/parse.ParseHeader":                       "parse",
		"tcp_write_xmit_[k];tcp_v4_rcv_[k];ktime_get_[k]":           "other",
	} {
		if got := r.Component(stack(in)); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
	names := r.Names()
	if names[0] != "billing" || names[1] != "mask" || names[len(names)-1] != Other || len(names) != len(Default().Names())+1 {
		t.Errorf("components %v; want billing, the defaults, other", names)
	}
}

// The example in the rules' own text works.
func TestExample(t *testing.T) {
	_, text, _ := strings.Cut(DefaultText(), "as TCP's:\n#\n")
	text, _, ok := strings.Cut(text, "#\n")
	if !ok {
		t.Fatal("no example")
	}
	r := parse(t, strings.ReplaceAll(text, "#   ", ""))
	for in, want := range map[string]string{
		goSend + "_copy_from_iter_[k];rep_movs_alternative_[k]":                                                                 "kernel-tcp-send",
		goCall + "tcp_recvmsg_[k];skb_copy_datagram_iter_[k];__skb_datagram_iter_[k];simple_copy_to_iter_[k];_copy_to_iter_[k]": "kernel-tcp-receive",
		goCall + "tcp_recvmsg_[k];skb_copy_datagram_iter_[k];__skb_datagram_iter_[k]":                                           "kernel-tcp-receive",
		"main.main;example.com/billing.Add":                                                                                     "billing",
		"main.main;myUnmask":                                                                                                    "mask",
	} {
		if got := r.Component(stack(in)); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

// With replace there is nothing else, wherever in the file it stands.
func TestReplace(t *testing.T) {
	r := parse(t, "component a this\na any x*\nreplace # the rest\n")
	if got, want := r.Names(), []string{"a", Other}; !slices.Equal(got, want) {
		t.Errorf("components %v, want %v", got, want)
	}
	for in, want := range map[string]string{"xy": "a", "xy_[k]": "a", "wsbench/mask.Unmask": Other} {
		if got := r.Component(stack(in)); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
	if len(parse(t, "").list) != len(Default().list) {
		t.Error("an empty file is not the defaults")
	}
	if _, err := Parse(strings.NewReader(DefaultText()), "copy.rules"); err != nil {
		t.Errorf("a copy of the defaults: %v", err)
	}
}

// Every wrong line is reported.
func TestParseErrors(t *testing.T) {
	_, err := Parse(strings.NewReader(`replace now
component
component a
component a/b what
component caller what
component a this
component a again
a user
a nowhere x
a file= x
a user /[/ /open y
a user y
b user z
`), "my.rules")
	want := `my.rules:1: words behind replace; want it alone on its line
my.rules:2: a component without its description; want: component NAME what it is
my.rules:3: a component without its description; want: component NAME what it is
my.rules:4: "a/b" is no name of a component; want letters, digits and . _ - + only
my.rules:5: "caller" has a meaning of its own; want another name
my.rules:7: component a is declared twice; remove one
my.rules:8: "a user" is no rule; want: COMPONENT PLACE FUNCTION..., such as: parse user example.com/ws.read*
my.rules:9: "nowhere" is no place; want kernel, user, any or file=GLOB, then the functions
my.rules:10: file= names no file; want a glob on its name, such as file=libssl.so*
my.rules:11: /[/: error parsing regexp: missing closing ]: ` + "`[`" + `; want a Go regular expression
my.rules:11: /open is no regular expression; want /EXPR/, with \s for a space
my.rules:12: y is named on line 11 already, which decides; remove one
my.rules:13: component "b" is not declared; want one of a, ` + strings.Join(Default().names, ", ") + `, other, caller, or a line: component b what it is`
	if err == nil {
		t.Fatal("no error")
	}
	if d := cmp.Diff(want, err.Error()); d != "" {
		t.Error(d)
	}
	long := strings.NewReader(strings.Repeat("#\n", maxFile))
	if _, err := Parse(long, "my.rules"); err == nil || !strings.Contains(err.Error(), "1 MiB") {
		t.Errorf("a file that is too long: %v", err)
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		glob, name string
		want       bool
	}{
		{"a", "a", true}, {"a", "ab", false}, {"a*", "a", true}, {"*a", "ba", true}, {"a*a", "a", false},
		{"a*b*c", "axxbyyc", true}, {"a*b*c", "axxc", false}, {"*", "", true}, {"a*b*b", "ab", false},
		{"x.(*T).m[...]", "x.(*T).m[...]", true}, {"x.(*T)*", "x.(*T).m", true}, {"x.(*T).m", "x.(**T).m", true},
	} {
		if got := glob(tt.glob)(tt.name); got != tt.want {
			t.Errorf("%s on %q is %v, want %v", tt.glob, tt.name, got, tt.want)
		}
	}
}

// No file of rules panics, and what is read attributes any stack to one of
// its components.
func FuzzParse(f *testing.F) {
	f.Add(mine, "main;x")
	f.Add("replace\ncomponent a b\na any *\n", "")
	f.Add("a file=* /(/\n\x00 \xff\n#", "_[k]")
	f.Add("component component x\nreplace replace\n", ";;")
	f.Fuzz(func(t *testing.T, text, folded string) {
		r, err := Parse(strings.NewReader(text), "fuzz.rules")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.rules:") {
				t.Errorf("no file in %v", err)
			}
			return
		}
		if c := r.Component(stack(folded)); !slices.Contains(r.Names(), c) {
			t.Errorf("%q is %q, none of %v", folded, c, r.Names())
		}
	})
}
