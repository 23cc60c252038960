// Package stat judges paired measurements: two things measured side by side in
// many blocks, each block giving one difference.
//
// The test is Wilcoxon's signed-rank test, the estimate the Hodges–Lehmann
// shift (the median of all means of two differences), and the interval the one
// that inverts the test: it leaves 0 out exactly where the test finds a
// difference. They assume that the differences are symmetric around their
// middle, and nothing else of their distribution. A single outlier moves none
// of them far.
//
// Ratios are judged by their logarithms; see [Family.Ratios]. Values that are not
// finite are no measurements: they are dropped, and N does not count them.
//
// A family of comparisons is corrected by Holm's step-down procedure. Each
// comparison's interval has the level at which that comparison was judged, so
// that interval and verdict never contradict each other.
//
// Differences that influence their neighbors make every interval too narrow.
// The caller orders the measurements so that blocks are independent, or gives
// one value for each group of blocks that are not.
//
// Sources: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods,
// section 3.1 to 3.3; Holm, Scandinavian Journal of Statistics 6 (1979).
package stat
