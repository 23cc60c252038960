// Package selftest measures how honest and how sharp comparisons are on a host:
// how often identical servers are called different, and how often a slow-down of
// a known size is found.
//
// A session of identical servers, and of some that a spin slows down, is recorded
// once. Sub-sessions are made of it: each is one stretch of consecutive rounds,
// in which the labels of the identical servers are drawn anew for each epoch and
// case. Identical servers are exchangeable from start to start, so that no
// difference is the truth; and what the blocks of one start share, and what
// neighbouring blocks do, stays as it was. (Labels drawn for each block would
// make the signs independent, for which the test is exact, and would tell nothing
// of the host.) Each sub-session is judged as any session is, as a family of ten
// comparisons, those of the A/A process among them; in families that are to find a
// slow-down one of the ten is with a slower server.
//
// Sub-sessions are judged look by look, by the code that judges sessions (see
// results.Terms). What was decided early has its runs all the same, so that the others
// gain no blocks by it, as they do in a session.
//
// A stretch is as long as gives each comparison as many blocks as a session has. A round
// of the record has runs of more servers than one of a session, so that a stretch lasts
// longer than the session that it stands for; see Share.
//
// Stretches in which run-queue delay and steal are known to be at most QuietShare are
// judged apart from the others.
//
// Sub-sessions of one stretch differ in their labels only. Their number makes an
// interval narrow; how much of the host was seen is the number of stretches.
package selftest
