package lab

import (
	"maps"

	"wsbench/benches/host"
)

// rates are the values of a window that are divided by its messages or its
// length.
func (s shot) rates(c Case, used host.Usage) map[string]float64 {
	n := float64(s.messages)
	v := map[string]float64{
		"ns/op":          float64(s.elapsed) / n,
		"B/s":            n * float64(c.Size) / s.elapsed.Seconds(),
		"msg/s":          n / s.elapsed.Seconds(),
		"cpu-ns/msg":     float64(used.CPU) / n,
		"ctxsw/msg":      float64(used.Voluntary+used.Involuntary) / n,
		"gen-cpu-ns/msg": float64(s.user+s.system) / n,
		"rss-B":          float64(used.RSS),
	}
	if s.elapsed >= host.SplitWindow {
		v["user-ns/msg"] = float64(used.User) / n
		v["sys-ns/msg"] = float64(used.System) / n
		v["gen-user-ns/msg"] = float64(s.user) / n
	}
	maps.Copy(v, s.values)
	return v
}

func firstOf(list []string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
