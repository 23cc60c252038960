package mask

import "encoding/binary"

var le = binary.LittleEndian

// xorWords runs the word kernel from minWords bytes on: 32 bytes as four
// words, then word by word, and at the end the last 8 bytes, which may
// overlap those before and therefore are loaded first. It returns bits that
// hold one of notASCII if and only if a result is no ASCII.
//
// dst is as long as src, and is src or does not overlap it from the right.
func xorWords(dst, src []byte, key uint32) (or uint64) {
	n := len(src)
	dst = dst[:n]
	k := double(key)
	last := le.Uint64(src[n-8:]) ^ double(rotate(key, n))
	or = last
	i := 0
	for ; i <= n-32; i += 32 {
		s, d := src[i:i+32:i+32], dst[i:i+32:i+32]
		w0, w1 := le.Uint64(s)^k, le.Uint64(s[8:])^k
		w2, w3 := le.Uint64(s[16:])^k, le.Uint64(s[24:])^k
		le.PutUint64(d, w0)
		le.PutUint64(d[8:], w1)
		le.PutUint64(d[16:], w2)
		le.PutUint64(d[24:], w3)
		or |= w0 | w1 | w2 | w3
	}
	for ; i < n-8; i += 8 {
		w := le.Uint64(src[i:]) ^ k
		le.PutUint64(dst[i:], w)
		or |= w
	}
	le.PutUint64(dst[n-8:], last)
	return or
}

// xorShort does minShort to minWords bytes: the first 4 or 8 and the last 4 or
// 8, as one or two words each, which may overlap, so that one branch alone
// depends on the length. All are loaded before any is stored. It returns bits
// that hold one of notASCII if and only if a result is no ASCII.
func xorShort(dst, src []byte, key uint32) (or uint64) {
	n := len(src)
	dst = dst[:n]
	last, step := rotate(key, n), n/8*4
	a := le.Uint32(src) ^ key
	if n < 8 {
		d := le.Uint32(src[n-4:]) ^ last
		le.PutUint32(dst, a)
		le.PutUint32(dst[n-4:], d)
		return uint64(a | d)
	}
	b := le.Uint32(src[step:]) ^ key
	c := le.Uint32(src[n-4-step:]) ^ last
	d := le.Uint32(src[n-4:]) ^ last
	le.PutUint32(dst, a)
	le.PutUint32(dst[step:], b)
	le.PutUint32(dst[n-4-step:], c)
	le.PutUint32(dst[n-4:], d)
	return uint64(a | b | c | d)
}

// xorTiny does 1 to 3 bytes: the first, the middle and the last are all there
// are. It returns bits that hold one of notASCII if and only if a result is no
// ASCII.
func xorTiny(dst, src []byte, key uint32) (or uint64) {
	middle, last := len(src)/2, len(src)-1
	a := src[0] ^ byte(key)
	b := src[middle] ^ byte(key>>(middle*8))
	c := src[last] ^ byte(key>>(last*8))
	dst[0], dst[middle], dst[last] = a, b, c
	return uint64(a | b | c)
}
