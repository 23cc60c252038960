package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

// child is a server, or an observer, as a child process with all it forks:
// signals go to its process group.
type child struct {
	cmd     *exec.Cmd
	lines   chan string   // of its output; the oldest is dropped where none reads
	ended   chan struct{} // closed once it was waited for
	err     error         // of the wait, readable once ended
	foreign int           // process that somebody else has started and ends; 0: none
	left    []int         // processes that the command left behind, readable once ended
	mark    string        // in the environment of all that it starts

	mu   sync.Mutex
	tail []string // last lines of its standard error
}

const (
	keptLines = 64              // of output that are not read yet
	tailLines = 3               // of standard error, for a fault's reason
	stopGrace = 3 * time.Second // between SIGTERM and SIGKILL

	drainGrace = time.Second // for the output of an ended process
)

// markKey is the name of the environment variable by which all that a child has
// started is known, whatever process group or session that has gone to.
const markKey = "WSBENCH_SERVER"

var launched atomic.Int64 // children, for their marks

// launch starts argv on cpus through sp, with files as descriptors from 3 on. The
// process runs until stop, which must be called whatever becomes of it.
func launch(sp *spawner, argv []string, cpus syscalls.CPUs, files ...*os.File) (*child, error) {
	p := &child{
		cmd:   exec.Command(argv[0], argv[1:]...),
		lines: make(chan string, keptLines),
		ended: make(chan struct{}),
	}
	p.mark = fmt.Sprintf("%s=%d.%d", markKey, os.Getpid(), launched.Add(1))
	p.cmd.Env = append(os.Environ(), p.mark)
	out, outW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errs, errsW, err := os.Pipe()
	if err != nil {
		out.Close()
		outW.Close()
		return nil, err
	}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.ExtraFiles = outW, errsW, files
	err = sp.start(p.cmd, cpus)
	outW.Close()
	errsW.Close()
	if err != nil {
		out.Close()
		errs.Close()
		return nil, err
	}
	p.follow(out, errs)
	return p, nil
}

// follow reads the output until all of the group have closed it, and waits.
func (p *child) follow(out, errs *os.File) {
	var readers sync.WaitGroup
	readers.Go(func() { scan(out, p.keep) })
	readers.Go(func() { scan(errs, p.remember) })
	go func() {
		p.err = p.cmd.Wait()
		p.left = host.ProcessesWith(p.mark)
		kill(-p.pid(), syscall.SIGKILL) // what it forked must not outlive it
		p.killLeft()
		// What left the group may hold the pipes open for ever.
		end := time.Now().Add(drainGrace)
		out.SetReadDeadline(end)
		errs.SetReadDeadline(end)
		readers.Wait()
		close(p.ended)
	}()
}

// killLeft ends what left the process group. A process may fork until it ends.
func (p *child) killLeft() {
	end := time.Now().Add(drainGrace)
	for left := p.left; len(left) > 0 && time.Now().Before(end); left = host.ProcessesWith(p.mark) {
		for _, pid := range left {
			kill(pid, syscall.SIGKILL)
		}
		time.Sleep(time.Millisecond)
	}
}

func scan(r io.ReadCloser, line func(string)) {
	defer r.Close()
	s := bufio.NewScanner(r)
	for s.Scan() {
		line(s.Text())
	}
	io.Copy(io.Discard, r) // a line too long ends the scanner, and must not block the server
}

func (p *child) keep(line string) {
	for {
		select {
		case p.lines <- line:
			return
		default:
		}
		select {
		case <-p.lines:
		default:
		}
	}
}

func (p *child) remember(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tail = append(p.tail, line)
	if len(p.tail) > tailLines {
		p.tail = p.tail[1:]
	}
}

func (p *child) pid() int {
	if p.foreign != 0 {
		return p.foreign
	}
	return p.cmd.Process.Pid
}

// signal reaches the whole process group; one that has ended is left alone,
// as its number may be another's by now, and so is one of somebody else.
func (p *child) signal(sig syscall.Signal) {
	if _, ended := p.exited(); !ended && p.foreign == 0 {
		kill(-p.pid(), sig)
	}
}

func (p *child) pause()  { p.signal(stopSignal) }
func (p *child) resume() { p.signal(resumeSignal) }

// exited reports whether the process has ended, and how.
func (p *child) exited() (how string, ended bool) {
	if p.foreign != 0 && gone(p.foreign) {
		return fmt.Sprintf("there is no process %d", p.foreign), true
	}
	select {
	case <-p.ended:
		return p.fault(), true
	default:
		return "", false
	}
}

// serverEnded returns the fault of a server that ended.
func serverEnded(how string) *ServerFault { return &ServerFault{"the server ended: " + how} }

// fault returns how an ended process ended, with the last lines of its standard error.
func (p *child) fault() string {
	how := "exit status 0"
	if p.err != nil {
		how = p.err.Error()
	}
	if p.err == nil && len(p.left) > 0 {
		how = fmt.Sprintf("its command ended and left process %d behind; a server must stay in the foreground, without & and without options such as -d or --daemon", p.left[0])
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tail) > 0 {
		how += ": " + strings.Join(p.tail, " | ")
	}
	return how
}

// next waits for a line of output that accept takes.
func (p *child) next(ctx context.Context, d time.Duration, accept func(string) bool) (string, error) {
	limit := time.NewTimer(d)
	defer limit.Stop()
	for {
		select {
		case line := <-p.lines:
			if accept(line) {
				return line, nil
			}
		case <-p.ended:
			return "", serverEnded(p.fault())
		case <-limit.C:
			return "", errNoLine
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

var errNoLine = errors.New("the server did not answer in time")

// stop ends the process and what it forked: SIGTERM, then SIGKILL. It returns
// when the process has been waited for, and may be called again.
func (p *child) stop() {
	if p.foreign != 0 {
		return
	}
	p.signal(syscall.SIGTERM)
	p.resume() // a stopped process takes no SIGTERM
	select {
	case <-p.ended:
		return
	case <-time.After(stopGrace):
	}
	p.signal(syscall.SIGKILL)
	<-p.ended
}
