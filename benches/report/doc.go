// Package report shows results: text tables of a results file for a person, by
// package term, and JSON documents for a program.
// It reads and judges nothing itself; package lab does.
package report
