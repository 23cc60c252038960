package host

import "testing"

func TestTimeWait(t *testing.T) {
	const file = "sockets: used 412\nTCP: inuse 9 orphan 0 tw 1234 alloc 21 mem 3\nUDP: inuse 2 mem 1\n"
	if n, err := readTimeWait([]byte(file)); n != 1234 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := readTimeWait([]byte("TCP: inuse 9\n")); err == nil {
		t.Error("no error for a file without the count")
	}
	if _, err := TimeWait(); err != nil {
		t.Skip(err)
	}
}
