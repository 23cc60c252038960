// Package report shows results to a person: a text table of a results file.
// It reads and judges nothing itself; package lab does.
package report
