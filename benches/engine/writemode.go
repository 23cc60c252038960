package engine

import "fmt"

// WriteMode is how the answer to a frame is laid out for sending.
type WriteMode uint8

// The ways to lay out answers.
const (
	// Slot writes the answer's header into the place of the masking-key, in
	// front of the payload where it arrived, and closes up the answers of one
	// read, so that they leave by one send.
	Slot WriteMode = iota
	// Writev keeps headers apart and leaves payloads in place: two segments
	// an answer.
	Writev
	// Copy copies headers and payloads to a buffer of their own.
	Copy
)

var writeModes = [...]string{Slot: "slot", Writev: "writev", Copy: "copy"}

// String returns the name that ParseWriteMode accepts.
func (m WriteMode) String() string { return writeModes[m] }

// ParseWriteMode reads a WriteMode as String writes it.
func ParseWriteMode(s string) (WriteMode, error) {
	for m, name := range writeModes {
		if s == name {
			return WriteMode(m), nil
		}
	}
	return 0, fmt.Errorf("write %q: want slot, writev or copy", s)
}
