package results

// SurveyFrames are the numbers of tiny frames that the published survey sends over a
// connection. A run of the first of them tells the cost of a frame: what the connection
// costs is then a small part of it.
var SurveyFrames = []int{50_000, 100_000, 250_000}

// LadderRungs is how many numbers of frames an exponent needs.
const LadderRungs = 6
