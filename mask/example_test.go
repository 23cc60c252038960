package mask_test

import (
	"fmt"

	"wsbench/mask"
)

// A frame from RFC 6455, section 5.7: its masking-key is 37 fa 21 3d.
func ExampleUnmask() {
	payload := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}
	mask.Unmask(payload, 0x3d21fa37)
	fmt.Printf("%s\n", payload)
	// Output: Hello
}

// A payload may arrive in parts. Each call returns the key for the next.
func ExampleUnmask_parts() {
	parts := [][]byte{{0x7f}, {0x9f, 0x4d, 0x51}, {0x58}}
	key := uint32(0x3d21fa37)
	for _, part := range parts {
		key = mask.Unmask(part, key)
		fmt.Printf("%q\n", part)
	}
	// Output:
	// "H"
	// "ell"
	// "o"
}

// A client masks what it sends, and may want to keep the original.
func ExampleCopy() {
	text := []byte("Hello")
	masked := make([]byte, len(text))
	mask.Copy(masked, text, 0x3d21fa37)
	fmt.Printf("%s: % x\n", text, masked)
	// Output: Hello: 7f 9f 4d 51 58
}

// Text of plain ASCII needs no second pass to be known as UTF-8.
func ExampleUnmaskASCII() {
	payload := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}
	_, ascii := mask.UnmaskASCII(payload, 0x3d21fa37)
	fmt.Println(string(payload), ascii)
	// Output: Hello true
}

// Tests and benchmarks choose a kernel by its name.
func ExampleParseKernel() {
	kernel, err := mask.ParseKernel("word")
	if err != nil {
		fmt.Println(err)
		return
	}
	payload := []byte{0x7f, 0x9f, 0x4d, 0x51, 0x58}
	kernel.Unmask(payload, 0x3d21fa37)
	fmt.Println(kernel, string(payload))
	// Output: word Hello
}
