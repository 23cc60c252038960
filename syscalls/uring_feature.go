package syscalls

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoUring is wrapped by the errors of NewRing and Probe where there is no
// io_uring. Their text has the reason and advice in one line. Use Epoll
// instead.
var ErrNoUring = errors.New("io_uring")

// Features is a set of what an io_uring may have.
type Features uint32

// The first group is how a Ring is set up: NewRing asks for all of them and
// does without what the kernel lacks. The second is what it can do then, and
// for Probe to find out.
const (
	SubmitAll    Features = 1 << iota // a bad entry does not stop those behind it
	CoopTaskrun                       // completions wait for the thread's next system call
	TaskrunFlag                       // Ring.Pending sees that completions wait
	SingleIssuer                      // one thread only
	DeferTaskrun                      // completions wait for SubmitAndWait
	NoSQArray                         // one indirection less

	RegisteredRing // RegisterFD
	RegisteredFiles
	RegisteredBuffers
	AcceptMultishot
	AcceptDirect // accepted sockets go to the registered files
	ProvidedBuffers
	RecvMultishot
	RecvBundle  // one completion over several buffers
	Incremental // a buffer taken piece by piece
	SendFixed   // send from a registered buffer
	PollMultishot
	Timeouts
	CancelFD
	SyncCancel // Ring.Close waits for the operations' end
	MsgRing
	MsgRingSync // SendMsgRing, from threads that have no ring

	endOfFeatures
)

const setupFeatures = SubmitAll | CoopTaskrun | TaskrunFlag | SingleIssuer | DeferTaskrun | NoSQArray

// features are the names and the kernels that brought them, in Features' order.
var features = [...]struct{ name, since string }{
	{"submit-all", "5.18"}, {"coop-taskrun", "5.19"}, {"taskrun-flag", "5.19"},
	{"single-issuer", "6.0"}, {"defer-taskrun", "6.1"}, {"no-sqarray", "6.6"},

	{"registered-ring", "5.18"}, {"registered-files", "5.19"}, {"registered-buffers", "5.1"},
	{"accept-multishot", "5.19"}, {"accept-direct", "5.19"}, {"provided-buffers", "5.19"},
	{"recv-multishot", "6.0"}, {"recv-bundle", "6.10"}, {"incremental", "6.12"},
	{"send-fixed", "6.0"}, {"poll-multishot", "5.13"}, {"timeouts", "5.5"},
	{"cancel-fd", "5.19"}, {"sync-cancel", "6.0"}, {"msg-ring", "5.18"}, {"msg-ring-sync", "6.13"},
}

// Has reports whether all of g are in f.
func (f Features) Has(g Features) bool { return f&g == g }

// Names lists what is in f.
func (f Features) Names() string {
	var list []string
	for i, v := range features {
		if f.Has(1 << i) {
			list = append(list, v.name)
		}
	}
	return strings.Join(list, " ")
}

// String returns one line: the features that are there, then those that are not
// and the kernel that brought them.
func (f Features) String() string {
	var lacks []string
	for i, v := range features {
		if !f.Has(1 << i) {
			lacks = append(lacks, fmt.Sprintf("%s (Linux %s)", v.name, v.since))
		}
	}
	s := f.Names()
	if s == "" {
		s = "nothing"
	}
	if len(lacks) > 0 {
		s += "; lacks " + strings.Join(lacks, ", ")
	}
	return s
}

// setupFlags returns what io_uring_setup takes for f. Kernels refuse some of
// them without others.
func (f Features) setupFlags() (flags uint32) {
	if !f.Has(SingleIssuer) {
		f &^= DeferTaskrun
	}
	if f&(CoopTaskrun|DeferTaskrun) == 0 {
		f &^= TaskrunFlag
	}
	for g, bit := range setupBits {
		if f.Has(g) {
			flags |= bit
		}
	}
	return flags
}

var setupBits = map[Features]uint32{
	SubmitAll:    setupSubmitAll,
	CoopTaskrun:  setupCoopTaskrun,
	TaskrunFlag:  setupTaskrunFlag,
	SingleIssuer: setupSingleIssuer,
	DeferTaskrun: setupDeferTaskrun,
	NoSQArray:    setupNoSQArray,
}

// setupOf returns the opposite of setupFlags.
func setupOf(flags uint32) (f Features) {
	for g, bit := range setupBits {
		if flags&bit != 0 {
			f |= g
		}
	}
	return f
}
