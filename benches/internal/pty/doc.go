// Package pty opens pseudo-terminals, for tests of what commands do on a
// terminal.
package pty
