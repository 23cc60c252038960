package main

import (
	"archive/tar"
	"slices"
	"strings"
	"testing"
)

// Modules are loaded behind what they need, each once; those that a kernel lacks
// are left out.
func TestLoadOrder(t *testing.T) {
	has := map[string][]string{"gcm": nil, "aes": {"simd", "gf"}, "simd": {"cryptd"}, "cryptd": nil, "gf": nil, "tls": nil}
	order, err := loadOrder([]string{"gcm", "ctr", "aes", "gf", "tls"}, depends(has))
	if want := "gcm cryptd simd gf aes tls"; err != nil || strings.Join(order, " ") != want {
		t.Errorf("%q (%v), want %s", order, err, want)
	}
	if _, err := loadOrder([]string{"a"}, depends(map[string][]string{"a": {"b"}, "b": {"a"}})); err == nil {
		t.Error("a circle is not refused")
	}
}

func depends(has map[string][]string) func(string) ([]string, bool, error) {
	return func(name string) ([]string, bool, error) {
		needs, ok := has[name]
		return needs, ok, nil
	}
}

func TestParseDepends(t *testing.T) {
	for info, want := range map[string]string{
		"license=GPL\x00depends=crypto-simd,cryptd\x00name=aesni_intel\x00": "crypto_simd cryptd",
		"depends=gf128mul\x00": "gf128mul",
		"depends=\x00name=tls": "",
		"":                     "",
	} {
		if got := strings.Join(parseDepends(info), " "); got != want {
			t.Errorf("%q: %q, want %q", info, got, want)
		}
	}
}

// Of a package the kernel is taken and the modules that tls may need, as older
// suites have them and as newer do.
func TestMemberName(t *testing.T) {
	for member, want := range map[string]string{
		"./boot/vmlinuz-6.1.0-50-cloud-amd64":                        "vmlinuz",
		"./usr/lib/modules/7.2.12/vmlinuz":                           "vmlinuz",
		"./lib/modules/6.1.0/kernel/net/tls/tls.ko":                  "tls.ko",
		"./usr/lib/modules/7.2.12/kernel/net/tls/tls.ko.xz":          "tls.ko.xz",
		"./lib/modules/6.1.0/kernel/arch/x86/crypto/aesni-intel.ko":  "aesni_intel.ko",
		"./usr/lib/modules/7.2.12/kernel/lib/crypto/libchacha.ko.xz": "libchacha.ko.xz",
		"./lib/modules/6.1.0/kernel/drivers/net/dummy.ko":            "",
		"./boot/config-6.1.0":                                        "",
	} {
		if got, ok := memberName(&tar.Header{Name: member, Typeflag: tar.TypeReg}); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", member, got, want)
		}
	}
	if _, ok := memberName(&tar.Header{Name: "./boot/vmlinuz", Typeflag: tar.TypeSymlink}); ok {
		t.Error("a link is taken")
	}
}

func TestDependedOn(t *testing.T) {
	const depends = `linux-image-7.2.12+deb14-cloud-amd64
  PreDepends: linux-base
 |Depends: dracut
  Depends: linux-base-7.2.12+deb14-cloud-amd64
  Depends: linux-binary-7.2.12+deb14-cloud-amd64
  Depends: linux-modules-7.2.12+deb14-cloud-amd64
  Suggests: linux-doc-7.2
`
	want := []string{"linux-binary-7.2.12+deb14-cloud-amd64", "linux-modules-7.2.12+deb14-cloud-amd64"}
	if got := dependedOn(depends); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
