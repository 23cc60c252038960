// Package echo is the reference server: an RFC 6455 echo server in which each
// part of the data path can be switched alone.
package echo
