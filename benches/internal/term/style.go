package term

// Style is what a text is, which colours then show too.
type Style int

const (
	Plain  Style = iota
	Strong       // headings, and what is to be read first
	Faint        // what is there for reference
	Good
	Bad
	Unsure
)

// sgr are the attributes of each style: of the 16 colours those that can be
// read on black as well as on white.
var sgr = [...]string{Strong: "1", Faint: "2", Good: "32", Bad: "31", Unsure: "35"}

// Paint returns text in the style; text without any where the screen has none.
func (s Screen) Paint(style Style, text string) string {
	if !s.Color || style == Plain || text == "" {
		return text
	}
	return "\x1b[" + sgr[style] + "m" + text + "\x1b[0m"
}
