package conform

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"wsbench/parse/opening"
)

// answer is what a Server does upon a request: it plays a case, of the table or
// made for the occasion.
type answer struct {
	c      *Case
	counts bool // the result is kept
	stops  bool // the server ends behind it
	agent  string
	index  int // in Server.Cases
}

// say returns a case that sends a message, if it is not empty, and closes.
func say(message string) *Case {
	c := &Case{Steps: steps(closeCode(1000, "")), Close: normal, Timer: gentle(1)}
	if message != "" {
		c.Steps = append(steps(frame(text, message)), c.Steps...)
	}
	return c
}

func notFound(why string) *opening.Refusal {
	return &opening.Refusal{Status: 404, Text: "Not Found", Why: why}
}

// answer returns what the target of a request asks for.
func (s *Server) answer(target string) (a answer, refused *opening.Refusal) {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return a, opening.ErrBadRequest
	}
	query := u.Query()
	switch u.Path {
	case "/getCaseCount":
		a.c = say(strconv.Itoa(len(s.Cases)))
		return a, nil
	case "/updateReports":
		return answer{c: say(""), stops: query.Get("shutdownOnComplete") == "true"}, nil
	case "/stopServer":
		return answer{c: say(""), stops: true}, nil
	case "/runCase", "/getCaseInfo", "/getCaseStatus":
	default:
		return a, notFound("there is /getCaseCount, /runCase?case=N, /getCaseInfo, /getCaseStatus, /updateReports and /stopServer")
	}
	if a.index = s.find(query); a.index < 0 {
		return a, notFound("there is no such case; case=1 is the first, casetuple=1.1.1 names it")
	}
	a.c, a.agent = &s.Cases[a.index], query.Get("agent")
	switch u.Path {
	case "/getCaseInfo":
		a.c = say(inJSON(caseInfo{a.c.ID, a.c.Title}))
	case "/getCaseStatus":
		a.c = say(inJSON(s.status(a.agent, a.index)))
	default:
		if a.counts = s.admit(a.agent); !a.counts {
			return a, notFound("too many agents; take the name of one that was there before")
		}
	}
	return a, nil
}

// find returns the index of the case that a query names; -1: of none.
func (s *Server) find(query url.Values) int {
	if id := query.Get("casetuple"); id != "" {
		return slices.IndexFunc(s.Cases, func(c Case) bool { return c.ID == id })
	}
	n, err := strconv.Atoi(query.Get("case"))
	if err != nil || n < 1 || n > len(s.Cases) {
		return -1
	}
	return n - 1
}

// admit reports whether there is room for the agent's results.
func (s *Server) admit(agent string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.agents == nil {
		s.agents = map[string]map[int]Result{}
	}
	if s.agents[agent] == nil && len(s.agents) < maxAgents {
		s.agents[agent] = map[int]Result{}
	}
	return s.agents[agent] != nil
}

type caseInfo struct {
	ID          string `json:"id"`
	Description string `json:"description"`
}

type caseStatus struct {
	Behavior Verdict `json:"behavior"` // "" where the case was not played
	Close    Verdict `json:"behaviorClose"`
	Strict   bool    `json:"strict"`
}

func (s *Server) status(agent string, index int) (status caseStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.agents[agent][index]; ok {
		status = caseStatus{r.Behavior, r.Close, r.Strict()}
	}
	return status
}

func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("conform: " + err.Error())
	}
	return string(b)
}
