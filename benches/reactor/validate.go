package reactor

import (
	"fmt"
	"math"
	"time"

	"wsbench/benches/engine"
	"wsbench/scratch"
)

// Ranges of Config.
const (
	MinBufferSize  = engine.LeastMaxRequest // an opening request is read whole
	MaxBufferSize  = 64 << 20
	MaxRingBuffers = 1 << 15 // the kernel's
	MaxRingBytes   = 1 << 32 // RingBuffers of BufferSize together
)

// maxQueue bounds MaxQueue and MaxBacklog, so that what a turn adds to them
// does not overflow.
const maxQueue = math.MaxInt / 2

// validate returns what is wrong with c, whose zeros mean the defaults.
func (c *Config) validate() error {
	for _, check := range []func() error{c.validateSizes, c.validateRing, c.validateTimes, c.validateKinds} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := c.Opening.Validate(); err != nil {
		return fmt.Errorf("reactor: Config.Opening: %w", err)
	}
	return nil
}

func (c *Config) validateSizes() error {
	if n := c.BufferSize; n != 0 && (n < MinBufferSize || n > MaxBufferSize) {
		return fmt.Errorf("reactor: Config.BufferSize %d: want %d to %d bytes, or 0 for %d", n, MinBufferSize, MaxBufferSize, scratch.DefaultSize)
	}
	for _, f := range []struct {
		name  string
		value int64
		unit  string
	}{
		{"MaxQueue", int64(c.MaxQueue), "byte"},
		{"MaxBacklog", int64(c.MaxBacklog), "byte"},
		{"Engine.Whole", int64(c.Engine.Whole), "byte"},
		{"Engine.MaxMessage", c.Engine.MaxMessage, "byte"},
		{"Engine.MaxFragments", int64(c.Engine.MaxFragments), "frame"},
		{"Engine.MaxControl", int64(c.Engine.MaxControl), "frame"},
	} {
		if f.value < 0 {
			return fmt.Errorf("reactor: Config.%s %d: want 1 %s or more, or 0 for the default", f.name, f.value, f.unit)
		}
	}
	return nil
}

func (c *Config) validateRing() error {
	full := c.withDefaults()
	switch n := full.RingBuffers; {
	case n < 1 || n > MaxRingBuffers || n&(n-1) != 0:
		return fmt.Errorf("reactor: Config.RingBuffers %d: want a power of two, 1 to %d, or 0 for %d", n, MaxRingBuffers, DefaultRingBuffers)
	case c.Uring && int64(n)*int64(full.BufferSize) > MaxRingBytes:
		return fmt.Errorf("reactor: Config.RingBuffers %d of %d bytes: want %d GiB together at most; lower one of them", n, full.BufferSize, MaxRingBytes>>30)
	}
	return nil
}

func (c *Config) validateTimes() error {
	for _, f := range []struct {
		name  string
		value time.Duration
	}{{"Handshake", c.Handshake}, {"Linger", c.Linger}, {"Idle", c.Idle}} {
		if f.value < 0 {
			return fmt.Errorf("reactor: Config.%s %v: want 0s or more", f.name, f.value)
		}
	}
	return nil
}

func (c *Config) validateKinds() error {
	switch {
	case c.Buffers > scratch.Ring:
		return fmt.Errorf("reactor: Config.Buffers %d: want %v, %v, %v or %v", uint8(c.Buffers), scratch.Shared, scratch.PerConn, scratch.Pooled, scratch.Ring)
	case c.Buffers == scratch.Ring && !c.Uring:
		return fmt.Errorf("reactor: Config.Buffers %v: want another without Uring", c.Buffers)
	case c.Write > engine.Copy:
		return fmt.Errorf("reactor: Config.Write %d: want %d to %d", uint8(c.Write), uint8(engine.Slot), uint8(engine.Copy))
	}
	return nil
}
