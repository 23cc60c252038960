package host

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
)

var timeWait = regexp.MustCompile(`(?m)^TCP: .*\btw (\d+)`)

// TimeWait returns how many sockets of this network namespace are in TIME_WAIT.
func TimeWait() (int, error) {
	b, err := os.ReadFile("/proc/net/sockstat")
	if err != nil {
		return 0, err
	}
	return readTimeWait(b)
}

func readTimeWait(b []byte) (int, error) {
	m := timeWait.FindSubmatch(b)
	if m == nil {
		return 0, fmt.Errorf("/proc/net/sockstat tells nothing of TIME_WAIT")
	}
	return strconv.Atoi(string(m[1]))
}
