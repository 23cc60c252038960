package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"slices"
	"strings"
)

// wanted are the modules that kernel TLS and its three ciphers need. Those that a
// kernel has under no such name are built into it, or are part of another.
var wanted = []string{
	"gcm", "ctr", "ghash_generic", "aesni_intel", "ghash_clmulni_intel",
	"chacha20poly1305", "chacha_generic", "chacha", "poly1305_generic", "chacha_x86_64", "poly1305_x86_64",
	lastModule,
}

// lastModule is loaded after all others, and none of them needs it.
const lastModule = "tls"

// moduleName returns the name of a module from that of its file: in names a hyphen
// and an underscore are the same.
func moduleName(file string) string {
	file = file[strings.LastIndexByte(file, '/')+1:]
	name, _, _ := strings.Cut(file, ".ko")
	return strings.ReplaceAll(name, "-", "_")
}

// dependencies returns the names of the modules that a module's file says must be
// loaded before it.
func dependencies(ko []byte) ([]string, error) {
	f, err := elf.NewFile(bytes.NewReader(ko))
	if err != nil {
		return nil, err
	}
	s := f.Section(".modinfo")
	if s == nil {
		return nil, fmt.Errorf("no section .modinfo")
	}
	info, err := s.Data()
	return parseDepends(string(info)), err
}

// parseDepends reads what modinfo calls depends out of a module's information.
func parseDepends(info string) (list []string) {
	for field := range strings.SplitSeq(info, "\x00") {
		if names, ok := strings.CutPrefix(field, "depends="); ok && names != "" {
			list = append(list, strings.Split(moduleName(names), ",")...)
		}
	}
	return list
}

// loadOrder returns those of names that the kernel has as modules, each behind
// what it needs. depends returns what a module needs; ok is false if there is no
// such module.
func loadOrder(names []string, depends func(name string) (needs []string, ok bool, err error)) (order []string, err error) {
	under := map[string]bool{} // names whose needs are being looked at
	var add func(name string) error
	add = func(name string) error {
		if slices.Contains(order, name) {
			return nil
		}
		if under[name] {
			return fmt.Errorf("module %s needs itself", name)
		}
		under[name] = true
		needs, ok, err := depends(name)
		if err != nil || !ok {
			return err
		}
		for _, n := range needs {
			if err := add(n); err != nil {
				return err
			}
		}
		order = append(order, name)
		return nil
	}
	for _, n := range names {
		if err := add(n); err != nil {
			return nil, err
		}
		delete(under, n)
	}
	return order, nil
}
