// Target is what the tests observe: it serves net/http/pprof on a port of
// 127.0.0.1, and burns CPU time, makes system calls and waits when it is asked
// for /work; some of it always. With -bare it serves nothing; with -once it
// works once and ends. At SIGUSR1 it starts threads that alone call getppid.
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	http.HandleFunc("/work", func(http.ResponseWriter, *http.Request) { work() })
	if len(os.Args) > 1 && os.Args[1] == "-bare" {
		go http.Serve(l, http.NotFoundHandler())
	} else {
		go http.Serve(l, nil)
	}
	more := make(chan os.Signal, 1)
	signal.Notify(more, syscall.SIGUSR1)
	go func() {
		<-more
		for range 4 {
			go callGetppid()
		}
	}()
	fmt.Println("target", os.Getpid(), l.Addr())
	if len(os.Args) > 1 && os.Args[1] == "-once" {
		work()
		return
	}
	for {
		burn(time.Now().Add(500 * time.Microsecond))
		time.Sleep(3 * time.Millisecond)
	}
}

// work burns 200 ms of CPU time, in 100 parts with a call and a wait between.
func work() {
	null, err := os.OpenFile("/dev/null", os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer null.Close()
	for range 100 {
		burn(time.Now().Add(2 * time.Millisecond))
		null.Write([]byte("a payload"))
		time.Sleep(time.Millisecond)
	}
}

//go:noinline
func burn(until time.Time) {
	for time.Now().Before(until) {
	}
}

func callGetppid() {
	runtime.LockOSThread()
	for {
		syscall.Getppid()
		time.Sleep(time.Millisecond)
	}
}
