// Package flame draws profiles as flame graphs: SVG files without scripts or
// anything from elsewhere.
//
// The root is at the top, as in pprof, so that a page begins with what is
// common; a frame's width is its share of the total, its callees are below it,
// in the order of their names. Frames of the kernel have dashed edges and the
// suffix _[k], whatever their colour.
//
// # For scripts of a page
//
// Every frame is an svg element of class fg-f with x and width in percent, y in pixels of rows
// that are RowHeight apart, and
//
//	data-n  the function's whole name
//	data-v  its value with its callees'
//
// Frames that stand for several have no data-n. The page may set the custom
// property --fg-bg, the background.
package flame
