package mask

import "testing"

// The list is that of the kernels that run here, each over the one before.
func TestThresholds(t *testing.T) {
	over := Octet
	for _, at := range Thresholds() {
		if !at.Kernel.Supported() || at.Over != over || at.From < 1 || at.Kernel == Auto {
			t.Errorf("%+v, over %v expected", at, over)
		}
		over = at.Kernel
	}
	if over != Best() {
		t.Errorf("the last is %v, and the best kernel %v", over, Best())
	}
}
