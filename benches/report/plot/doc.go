// Package plot draws plots as SVG: pure functions from numbers to bytes. A
// panel is Width units wide, so that its text can still be read where it is as
// wide as a phone's screen; what would need more is several panels.
//
// A drawing has classes instead of colours. Within a page, the page's style
// sheet holds Style once; Standalone puts it into a drawing that is a file of
// its own. Series differ by colour and by label, dash pattern and marker, so
// that nothing is told by colour alone.
package plot
