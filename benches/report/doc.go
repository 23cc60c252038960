// Package report shows results: text tables of a results file for a person, by
// package term, JSON documents for a program, and a page, report.html, with its
// plots, that needs no other file and no network.
// It reads and judges nothing itself; package lab does.
//
// A page is made of sections (page.go), which are data: tables, and drawings of
// package plot with the numbers behind them and the command that measures them
// again. The template only writes them down, so that tests can look at either.
package report
