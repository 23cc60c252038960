package stacks

// Bounds of what one file may ask for.
const (
	maxLine    = 64 << 10 // bytes of a line that are read
	maxFrames  = 4096     // frames of a stack; kernel.perf_event_max_stack is 127 by default
	maxEvents  = 64       // sample types of a profile
	maxSamples = 1 << 22  // distinct stacks with labels
)
