package main

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"wsbench/benches/examples/internal/client"
	"wsbench/parse"
)

func TestMain(m *testing.M) { client.Main(m, main) }

// Members of a room see who comes, what is said, in order, and who goes, and
// nothing of other rooms.
func TestRooms(t *testing.T) {
	p := client.Start(t)
	ann := client.Open(t, p.Addr, "/lobby?name=ann")
	ann.Want("* here: nobody", "* ann joined")
	bob := client.Open(t, p.Addr, "/lobby?name=bob", client.Frame(parse.Text, "hi, I am early")...)
	bob.Want("* here: ann", "* bob joined", "bob: hi, I am early")
	ann.Want("* bob joined", "bob: hi, I am early")
	eve := client.Open(t, p.Addr, "/cellar?name=ann")
	eve.Want("* here: nobody", "* ann joined")
	eve.Say("psst")
	eve.Want("ann: psst")
	for i := range 100 {
		text := fmt.Sprint(i, strings.Repeat(" é", i*i))
		ann.Say(text)
		ann.Want("ann: " + text)
		bob.Want("ann: " + text)
	}
	bob.Send(client.Frame(parse.Close, ""))
	ann.Want("* bob left")
	again := client.Open(t, p.Addr, "/lobby?name=bob")
	again.Want("* here: ann", "* bob joined")
	ann.Want("* bob joined")
	again.Close() // without a word
	ann.Want("* bob left")

	p.Terminate()
	ann.WantClose(parse.CloseGoingAway)
	eve.WantClose(parse.CloseGoingAway)
	p.Wait()
}

// Who does not fit is told why.
func TestTurnedAway(t *testing.T) {
	p := client.Start(t)
	ann := client.Open(t, p.Addr, "/lobby?name=ann")
	ann.Want("* here: nobody", "* ann joined")
	for _, target := range []string{"/lobby?name=ann", "/lobby", "/lobby?name=", "/lobby?name=%ff", "/lobby?name=a%0ab", "/lobby?name=" + strings.Repeat("n", maxName+1)} {
		client.Open(t, p.Addr, target, client.Frame(parse.Text, "hello?")...).WantClose(parse.ClosePolicy)
	}
	ann.Send(client.Frame(parse.Binary, "\x00"))
	ann.WantClose(parse.CloseUnsupported)
}

// A member that does not read is closed with 1013; the room talks on.
func TestSlowMember(t *testing.T) {
	p := client.Start(t, "-queue", "100000")
	slow := client.Open(t, p.Addr, "/lobby?name=slow")
	slow.SetReadBuffer(256 << 10) // a window below one segment makes TCP crawl
	slow.Want("* here: nobody", "* slow joined")
	ann := client.Open(t, p.Addr, "/lobby?name=ann")
	ann.Want("* here: slow", "* ann joined")
	text := strings.Repeat("t", 50_000)
	for range 400 { // more than the kernel takes
		ann.Say(text)
		ann.Want("ann: " + text)
	}
	slow.Want("* ann joined")
	op, got := slow.Next()
	for ; op == parse.Text; op, got = slow.Next() {
		if got != "ann: "+text {
			t.Fatalf("slow reads %.40q", got)
		}
	}
	if code, _, _ := parse.ParseClose([]byte(got)); op != parse.Close || code != closeTryLater {
		t.Errorf("slow is sent %v %q", op, got)
	}
	slow.Close()
	ann.Want("* slow left")
}

// A member that never takes leave does not keep the broker from ending.
func TestTerminate(t *testing.T) {
	p := client.Start(t, "-grace", "100ms")
	rude := client.Open(t, p.Addr, "/lobby?name=rude")
	p.Terminate()
	p.Wait()
	io.Copy(io.Discard, rude)
}

func TestWrongUsage(t *testing.T) {
	for want, args := range map[string]string{
		"not defined: -x": "-x",
		"-addr":           "-addr=nowhere",
		"flags only":      "lobby",
		"-queue":          "-queue=0",
		"-grace":          "-grace=-1s",
	} {
		client.WrongUsage(t, want, args)
	}
}
