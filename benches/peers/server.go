package peers

import (
	"fmt"

	"wsbench/benches/internal/libraries"
	"wsbench/benches/results"
	"wsbench/parse"
	"wsbench/scratch"
)

// A Server is one way to echo messages with a library, in its server role.
// The package's documentation tells what each does.
type Server struct {
	Lib, API string
	Buffer   int  // bytes that it receives into before it parses; 0: it reads each part for itself
	UTF8     bool // whether it refuses text that is not UTF-8

	onlyText bool // a server of binary messages would be one that is listed already
	open     func(f *feed) (loop, error)
}

// The buffers: that of net/http and of the libraries' defaults, and about as
// much as wsbench receives into.
const (
	usualBuffer = 4 << 10
	largeBuffer = 64 << 10
)

// Servers lists wsbench's first.
func Servers() []Server {
	return []Server{
		{Lib: "wsbench", API: "engine", Buffer: scratch.DefaultSize, UTF8: true, open: openOwn},
		{Lib: libraries.Gobwas, API: "wsutil", UTF8: true, open: openGobwasUtil},
		{Lib: libraries.Gobwas, API: "frame", open: openGobwasFrame},
		{Lib: libraries.Gobwas, API: "frame", Buffer: largeBuffer, open: openGobwasBuffered},
		{Lib: libraries.Coder, API: "message", Buffer: usualBuffer, open: coderServer(coderMessage)},
		{Lib: libraries.Coder, API: "stream", Buffer: usualBuffer, open: coderServer(coderStream)},
		{Lib: libraries.Coder, API: "reader", Buffer: usualBuffer, open: coderServer(coderReader)},
		{Lib: libraries.Gorilla, API: "message", Buffer: usualBuffer, open: gorillaServer(usualBuffer, gorillaMessage)},
		{Lib: libraries.Gorilla, API: "stream", Buffer: usualBuffer, open: gorillaServer(usualBuffer, gorillaStream)},
		{Lib: libraries.Gorilla, API: "reader", Buffer: usualBuffer, open: gorillaServer(usualBuffer, gorillaReader)},
		{Lib: libraries.Gorilla, API: "reader", Buffer: largeBuffer, open: gorillaServer(largeBuffer, gorillaReader)},
		{Lib: libraries.GWS, API: "readloop", Buffer: usualBuffer, open: gwsServer(usualBuffer, false)},
		{Lib: libraries.GWS, API: "readloop", Buffer: largeBuffer, open: gwsServer(largeBuffer, false)},
		{Lib: libraries.GWS, API: "readloop", Buffer: largeBuffer, UTF8: true, onlyText: true, open: gwsServer(largeBuffer, true)},
	}
}

// EchoFloor sends back what it receives, unparsed: what the connection in memory
// costs, and no server.
func EchoFloor() Server {
	return Server{Lib: "floor", API: "raw", Buffer: largeBuffer, open: func(f *feed) (loop, error) {
		room := make([]byte, largeBuffer)
		return func() error {
			for {
				n, err := f.Read(room)
				if err != nil {
					return err
				}
				f.Write(room[:n])
			}
		}, nil
	}}
}

// Takes reports whether s has figures of its own in this case.
func (s Server) Takes(c Case) bool { return c.Op == parse.Text || !s.onlyText }

// Name returns the server's part of a benchmark's name.
func (s Server) Name() string {
	return fmt.Sprintf("lib=%s/api=%s/buffer=%s", s.Lib, s.API, s.BufferName())
}

// BufferName writes Buffer as names do.
func (s Server) BufferName() string {
	if s.Buffer == 0 {
		return "none"
	}
	return results.SizeName(s.Buffer)
}
