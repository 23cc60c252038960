package parse

import (
	"fmt"
	"strings"
)

// Validator names one implementation of [ValidUTF8]. The zero value is
// ValidAuto, which one that is not [Validator.Supported] stands for too.
type Validator uint8

// The validators.
const (
	ValidAuto     Validator = iota // the best one of this CPU
	ValidOff                       // none: everything is valid, against RFC 6455, section 8.1
	ValidBytewise                  // byte by byte, by a state machine
	ValidStdlib                    // utf8.Valid
	ValidAVX2                      // amd64: vectors of 32 bytes
	ValidAVX512                    // amd64 with AVX-512 F and BW: 64 bytes and write masks
	ValidNEON                      // arm64: vectors of 16 bytes

	validators = iota
)

var validatorNames = [validators]string{"auto", "off", "bytewise", "stdlib", "avx2", "avx512", "neon"}

// String returns the name that [ParseValidator] accepts.
func (v Validator) String() string {
	if int(v) < len(validatorNames) {
		return validatorNames[v]
	}
	return fmt.Sprintf("Validator(%d)", uint8(v))
}

// Supported reports whether this CPU and this build have the validator.
func (v Validator) Supported() bool {
	return v == ValidAuto || int(v) < validators && supportedValidators[v]
}

// ParseValidator returns the validator of that name. A name that is unknown, or
// that this CPU or build lacks, is an error that lists those it has.
func ParseValidator(name string) (Validator, error) {
	have, problem := []string{}, "unknown validator"
	for v := range Validator(validators) {
		switch {
		case v.Supported() && v.String() == name:
			return v, nil
		case v.Supported():
			have = append(have, v.String())
		case v.String() == name:
			problem = "this CPU or build lacks the validator"
		}
	}
	return ValidAuto, fmt.Errorf("parse: %s %q (has %s)", problem, name, strings.Join(have, ", "))
}

// BestValidator returns what ValidAuto resolves to.
func BestValidator() Validator { return resolvedValidators[ValidAuto] }

// Valid does what [ValidUTF8] does, by this validator.
func (v Validator) Valid(b []byte) bool { return resolvedValidators[v].valid(b) }

// supportedValidators tells which validators run here.
var supportedValidators = func() [validators]bool {
	have := detectValidators()
	have[ValidOff], have[ValidBytewise], have[ValidStdlib] = true, true, true
	return have
}()

// resolvedValidators is what runs for each value of Validator, known or not.
var resolvedValidators = func() (run [256]Validator) {
	best := ValidStdlib
	for v, have := range supportedValidators {
		if have {
			best = max(best, Validator(v))
		}
	}
	for v := range run {
		run[v] = best
		if v < validators && supportedValidators[v] {
			run[v] = Validator(v)
		}
	}
	return run
}()
