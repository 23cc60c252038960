package parse

// answer is what ParseHeader says: h only of a whole header, need only of an
// incomplete one.
type answer struct {
	h    Header
	need int
	err  error
}

func ask(b []byte, from Sender) answer {
	h, need, err := ParseHeader(b, from)
	if need != 0 || err != nil {
		h = Header{}
	}
	return answer{h, need, err}
}

// oracle reads a header byte by byte, as the figure of RFC 6455, section
// 5.2, draws it.
func oracle(b []byte, from Sender) answer {
	key := 0
	if from == FromClient {
		key = 4
	}
	if len(b) == 0 {
		return answer{need: 2 + key}
	}
	if err := oracleFirst(b[0]); err != nil {
		return answer{err: err}
	}
	if len(b) == 1 {
		return answer{need: 1 + key}
	}
	if err := oracleSecond(b[0], b[1], from); err != nil {
		return answer{err: err}
	}
	h := Header{First: b[0], Length: int64(b[1] % 128)}
	extra := map[int64]int{126: 2, 127: 8}[h.Length]
	if extra > 0 {
		n, err := oracleLength(b[2:min(len(b), 2+extra)], extra)
		if err != nil {
			return answer{err: err}
		}
		h.Length = int64(n)
	}
	whole := 2 + extra + key
	if len(b) < whole {
		return answer{need: whole - len(b)}
	}
	for i := range key {
		h.Key |= uint32(b[2+extra+i]) << (8 * i)
	}
	h.Size = uint8(whole)
	return answer{h: h}
}

func oracleFirst(first uint8) error {
	if first&0x70 != 0 {
		return ErrReservedBits
	}
	switch first % 16 {
	case 0, 1, 2:
		return nil
	case 8, 9, 10:
		if first < 0x80 {
			return ErrControlFragmented
		}
		return nil
	}
	return ErrReservedOpcode
}

func oracleSecond(first, second uint8, from Sender) error {
	switch {
	case from == FromClient && second < 0x80:
		return ErrNotMasked
	case from == FromServer && second >= 0x80:
		return ErrMasked
	case first%16 >= 8 && second%128 > 125:
		return ErrControlTooLong
	}
	return nil
}

// oracleLength refuses a length of size bytes as soon as no bytes that may
// follow b can make it a good one.
func oracleLength(b []byte, size int) (low uint64, err error) {
	high := uint64(0)
	for i := range size {
		low, high = low<<8, high<<8|0xFF
		if i < len(b) {
			low |= uint64(b[i])
			high = high&^0xFF | uint64(b[i])
		}
	}
	switch {
	case size == 2 && high < 126, size == 8 && high < 1<<16:
		return 0, ErrNotMinimal
	case low >= 1<<63:
		return 0, ErrLengthTopBit
	}
	return low, nil
}
