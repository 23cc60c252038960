package counts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wsbench/profiles/internal/capture"
)

// argsEnd is where the arguments of a call end.
type argsEnd struct {
	result int  // of the octet behind ") = ", -1 without one
	quoted bool // the line ends within a string
}

// scanArgs looks for the result outside of strings, which may hold anything.
// Comments and nested calls may show a ") = " of their own: the last counts.
func scanArgs(s string) argsEnd {
	end := argsEnd{result: -1}
	for i := 0; i < len(s); i++ {
		switch {
		case end.quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			end.quoted = !end.quoted
		case s[i] == ')' && !end.quoted:
			after := strings.TrimLeft(s[i+1:], " ")
			if len(after) < len(s)-i-1 && strings.HasPrefix(after, "= ") {
				end.result = len(s) - len(after) + 2
			}
		}
	}
	return end
}

// result is what a call returned.
type result struct {
	value    int64
	returned bool   // false: "?", it has not
	failed   bool   //
	errno    string // of failed, "" where strace does not name it
	timed    bool
	took     time.Duration
}

// parseResult reads what stands behind the equals sign:
// VALUE[<descriptor>] [ERRNO (text)] [(details)] [<seconds>].
func parseResult(s string) (result, error) {
	r := result{returned: true}
	s = strings.TrimRight(s, " ")
	if i := strings.LastIndex(s, " <"); i >= 0 && strings.HasSuffix(s, ">") && isDecimal(s[i+2:len(s)-1]) {
		took, err := parseTime(s[i+2:len(s)-1], "s")
		if err != nil {
			return r, err
		}
		r.timed, r.took, s = true, took, s[:i]
	}
	word, rest, _ := strings.Cut(s, " ")
	word, _, _ = strings.Cut(word, "<")
	errno, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if !isErrno(errno) {
		errno = ""
	}
	return r.read(word, errno)
}

func (r result) read(word, errno string) (result, error) {
	switch {
	case word == "?":
		r.returned, r.failed, r.errno = errno != "", errno != "", errno
	case strings.HasPrefix(word, "-"):
		if !isDigits(word[1:]) {
			return r, fmt.Errorf("%s is not a result", capture.Excerpt(word))
		}
		r.failed, r.errno = true, errno
	case strings.HasPrefix(word, "0x") && len(word) > 2: // an address, or flags
	case isDigits(word):
		r.value, _ = strconv.ParseInt(word, 10, 64)
		r.value = min(r.value, maxCount)
	default:
		return r, fmt.Errorf("%s is not a result; is the line cut?", capture.Excerpt(word))
	}
	return r, nil
}

func isErrno(s string) bool {
	return len(s) > 1 && len(s) <= 32 && s[0] == 'E' && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// count adds the result to its call. waiting is whether an io_uring_enter was
// for completions.
func (r result) count(c *Call, waiting bool) {
	if !r.returned {
		return
	}
	c.Calls = add(c.Calls, 1)
	if r.timed {
		c.took(r.took)
	}
	switch {
	case r.failed:
		c.Errors = add(c.Errors, 1)
		if r.errno != "" {
			c.errno(r.errno, 1)
		}
	case c.Name == "io_uring_enter":
		if waiting {
			c.Waits = add(c.Waits, 1)
		}
	case isWait(c.Name) && r.value > 0:
		c.Waits = add(c.Waits, 1)
	}
}
