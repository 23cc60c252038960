// Command pair runs the reference server with Go's CPU profiler on, for the
// time given, so that perf can record the same run beside it:
//
//	pair -addr 127.0.0.1:9001 -io net -d 3s -o go.pb.gz
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/netip"
	"os"
	"runtime/pprof"
	"time"

	"wsbench/benches/echo"
	"wsbench/scratch"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9001", "host:port to listen on")
	io := flag.String("io", "net", "net or epoll")
	d := flag.Duration("d", 3*time.Second, "how long to serve")
	out := flag.String("o", "go.pb.gz", "file for the profile")
	flag.Parse()
	if err := serve(*addr, echo.IO(*io), *d, *out); err != nil {
		log.Fatal(err)
	}
}

func serve(addr string, io echo.IO, d time.Duration, out string) error {
	opt := echo.Options{IO: io, BufferSize: scratch.DefaultSize, Workers: 1, Background: "same"}
	if io == echo.Net {
		opt.Buffers = scratch.PerConn
	}
	var err error
	if opt.Addr, err = netip.ParseAddrPort(addr); err != nil {
		return err
	}
	s, err := echo.Listen(opt)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	ctx, stop := context.WithTimeout(context.Background(), d)
	defer stop()
	fmt.Println("wsbench echo:", s)
	return s.Run(ctx)
}
