package engine

import (
	crand "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
)

var le = binary.LittleEndian

// keys makes the masking-keys of a client's frames, which nobody may predict
// (section 5.3): ChaCha8 from a random seed. The zero value is ready.
type keys struct{ rng *rand.ChaCha8 }

func (k *keys) next() uint32 {
	if k.rng == nil {
		var seed [32]byte
		crand.Read(seed[:])
		k.rng = rand.NewChaCha8(seed)
	}
	return uint32(k.rng.Uint64())
}
