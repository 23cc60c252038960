package echo

import "net"

// flush sends what out holds, and gives its buffers back; false where the
// connection cannot take it.
func (c *netConn) flush() bool {
	_, err := c.send()
	c.out.Begin(nil)
	return err == nil
}

// longPiece is the longest piece of an answer, bytes, that is written at once.
const longPiece = 256 << 10

// send sends what out holds and returns how many bytes went. A long answer
// goes in pieces: each that the socket takes shows that the peer reads.
func (c *netConn) send() (n int64, err error) {
	for segs := c.out.Segments(); len(segs) > 0 && err == nil; {
		var m int64
		if k := together(segs); k > 0 {
			m, err = c.sendOnce(segs[:k])
			segs = segs[k:]
		} else {
			rest := segs[0][longPiece:]
			segs[0] = segs[0][:longPiece]
			m, err = c.sendOnce(segs[:1])
			segs[0] = rest
			c.silent.Store(0)
		}
		n += m
	}
	return n, err
}

// together returns how many of segs, from the first on, are not long.
func together(segs [][]byte) (k int) {
	for k < len(segs) && len(segs[k]) <= longPiece {
		k++
	}
	return k
}

// sendOnce sends segs, of which there is one at least, by one call.
func (c *netConn) sendOnce(segs [][]byte) (int64, error) {
	c.s.count.sends.Add(1)
	if len(segs) == 1 {
		n, err := c.nc.Write(segs[0])
		return int64(n), err
	}
	vec := net.Buffers(segs)
	return vec.WriteTo(c.nc)
}

func (c *netConn) write(b []byte) bool {
	c.s.count.sends.Add(1)
	_, err := c.nc.Write(b)
	return err == nil
}
