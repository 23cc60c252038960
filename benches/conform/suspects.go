package conform

import (
	"fmt"
	"slices"
)

// suspects returns the cases that were under way at d: those whose connections
// broke, if there are any, and otherwise all.
func (w *watch) suspects(d death) (list []int, broke bool) {
	var lost []int
	for _, t := range w.turns {
		if t.began.n > d.missed.n || t.ended.n < d.opened.n {
			continue
		}
		list = append(list, t.i)
		if t.lost {
			lost = append(lost, t.i)
		}
	}
	if broke = len(lost) > 0; broke {
		list = lost
	}
	slices.Sort(list)
	return list, broke
}

// cause returns why the server is not reached any more.
func (w *watch) cause() string {
	list, broke := w.suspects(w.deaths[len(w.deaths)-1])
	if broke {
		return "the server died at case " + w.alternatives(list)
	}
	return "the server took no more connections after case " + w.alternatives(list)
}

// err returns the error that the server is not reached any more.
func (w *watch) err(results []Result) error {
	if !w.dead {
		return nil
	}
	if n := Count(results).NotRun; n > 0 {
		return fmt.Errorf("conform: %s; %d of %d cases were not run", w.cause(), n, len(results))
	}
	return fmt.Errorf("conform: %s", w.cause())
}

// charge adds a fault to the results of the cases at which the server died, and
// returns their indices.
func (w *watch) charge(results []Result) (charged []int) {
	for _, d := range w.deaths {
		list, broke := w.suspects(d)
		what := "the server died"
		if !broke {
			what = "the server took no more connections"
		}
		if len(list) > 1 {
			what += fmt.Sprintf(", at case %s: -j 1 finds which", w.alternatives(list))
		}
		if d.back.n > 0 {
			what += fmt.Sprintf("; it was back within %v", d.back.at.Sub(d.missed.at).Round(again))
		}
		for _, i := range list {
			results[i].Faults = append(results[i].Faults, what)
		}
		charged = append(charged, list...)
	}
	slices.Sort(charged)
	return slices.Compact(charged)
}

// alternatives returns the ids of cases in words.
func (w *watch) alternatives(list []int) string {
	const most = 8
	var ids []string
	for _, i := range list[:min(len(list), most)] {
		ids = append(ids, w.cases[i].ID)
	}
	if n := len(list) - most; n > 0 {
		ids = append(ids, fmt.Sprintf("%d others", n))
	}
	return either(ids)
}
