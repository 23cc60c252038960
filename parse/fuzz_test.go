package parse

import (
	"bytes"
	"slices"
	"testing"
)

func FuzzHeader(f *testing.F) {
	for _, n := range []int{0, 125, 126, 65535, 65536} {
		f.Add(AppendHeader(nil, 0x82, n), false)
		f.Add(AppendMaskedHeader(nil, 0x01, n, 0xA1B2C3D4), true)
	}
	f.Add([]byte("\x81\xFE\x00\x7D\x00\x00\x00\x00"), true)
	f.Add([]byte("\x81\x7F\x80\x00\x00\x00\x00\x00\x00\x00"), false)
	f.Add([]byte("\x81\x7F\x00\x00\x00\x00\x00\x00\xFF\xFF"), false)
	f.Add([]byte("\x89\xFE\x01\x00\x00\x00\x00\x00"), true)
	f.Fuzz(func(t *testing.T, b []byte, client bool) {
		from := FromServer
		if client {
			from = FromClient
		}
		checkPrefixes(t, b[:min(len(b), 2*MaxHeader)], from)
	})
}

func FuzzHeaderRoundTrip(f *testing.F) {
	for _, n := range []uint32{0, 125, 126, 65535, 65536, 1<<31 - 1} {
		f.Add(uint8(0x82), n, uint32(0x04030201))
	}
	f.Fuzz(func(t *testing.T, first uint8, length, key uint32) {
		n := int(length >> 1) // an int everywhere
		size := HeaderSize(n)
		err := oracleFirst(first)
		if err == nil && Opcode(first&0xF).Control() && n > MaxControl {
			err = ErrControlTooLong
		}
		check := func(wire []byte, from Sender, want Header) {
			if len(wire) != int(want.Size) {
				t.Errorf("% x: %d bytes, want %d", wire, len(wire), want.Size)
			}
			for _, impl := range headerImpls {
				if got := ask(impl, wire, from); got.err != err || err == nil && got != (answer{h: want}) {
					t.Errorf("%s: % x: %+v, want %+v, %v", impl.name, wire, got, want, err)
				}
			}
		}
		check(AppendHeader(nil, first, n), FromServer, Header{Length: int64(n), Size: uint8(size), First: first})
		check(AppendMaskedHeader(nil, first, n, key), FromClient, Header{Length: int64(n), Size: uint8(size + KeySize), First: first, Key: key})
	})
}

func FuzzUTF8Split(f *testing.F) {
	cases, _ := autobahn(f)
	for _, s := range cases {
		f.Add(s, uint16(len(s)/2), uint16(1))
	}
	f.Fuzz(func(t *testing.T, s string, a, b uint16) {
		cuts := []int{min(int(a), len(s)), min(int(a)+int(b), len(s)), len(s)}
		checkUTF8(t, s, cuts...)
		checkUTF8(t, s, len(s))
	})
}

func FuzzValidUTF8(f *testing.F) {
	cases, _ := autobahn(f)
	for _, s := range cases {
		f.Add([]byte(s), uint8(len(s)), uint8(0))
		f.Add([]byte(s+"κόσμε"), uint8(63-len(s)), uint8(65))
	}
	f.Fuzz(func(t *testing.T, s []byte, before, after uint8) {
		b := slices.Concat(bytes.Repeat([]byte("x"), int(before)), s, bytes.Repeat([]byte("y"), int(after)))
		for _, impl := range validImpls() {
			if impl.supported {
				checkValid(t, impl.valid, b)
				checkValid(t, impl.valid, s)
			}
		}
	})
}
