// Package term lays out what a person reads on a screen: tables, folded text,
// bars and intervals. It measures and judges nothing.
//
// What is written says in words all there is to say; colours only help the eye
// to find it. Where the output is no terminal there are none, nor any other
// control characters, and lines keep to Width columns.
package term
