// Package countfile says where a file of counters has them: memory that a server
// counts in and other processes read, which costs the server nothing.
//
// The file begins with a line of the counters' names, parted by blanks. From byte
// Offset on it has them as 64-bit numbers in the host's order, of each worker Stride
// bytes from the one before. Unused ones are 0.
package countfile

const (
	Offset = 4096 // of the first worker's counters, bytes
	Stride = 256  // from a worker's counters to those of the next, bytes
)

// Size returns the bytes of a file of so many workers.
func Size(workers int) int { return Offset + workers*Stride }
