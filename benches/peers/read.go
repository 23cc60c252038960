package peers

import (
	"io"

	"wsbench/parse"
)

// maxMessage is how many bytes a message may have.
const maxMessage = 128 << 20

// A Reader reads messages of a client through a library's public API, from
// a connection in memory.
type Reader struct {
	Name string
	// open makes a loop that shows each payload, which is valid during the
	// call only.
	open func(f *feed, message func(payload []byte)) (loop, error)
}

// Readers lists the libraries whose masks are not exported, and wsbench.
func Readers() []Reader {
	return []Reader{{"wsbench", readOwn}, {"coder", readCoder}, {"gorilla", readGorilla}, {"gws", readGWS}}
}

// feeding returns a connection whose client sends one frame with this payload.
func feeding(payload []byte, key uint32) *feed {
	return &feed{burst: appendFrame(nil, parse.Binary, payload, key)}
}

// fill reads to the end of in. room has space for more than that.
func fill(room []byte, in io.Reader) (size int, err error) {
	for err == nil {
		var n int
		n, err = in.Read(room[size:])
		size += n
	}
	if err == io.EOF {
		err = nil
	}
	return size, err
}
