package powercut

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// simplest returns up to most failures, simplified, that left different folders.
func (c *checker) simplest(failures []failure, most int) []failure {
	var list []failure
	seen := map[string]bool{}
	for _, f := range failures {
		f = c.simplify(f)
		if id := c.tree(f.state).digest(); !seen[id] && len(list) < most {
			seen[id] = true
			list = append(list, f)
		}
		if len(list) == most || len(seen) > 10*most {
			break
		}
	}
	return list
}

// simplify makes each lost or torn effect whole, or each torn one lost, as long as the check fails too.
func (c *checker) simplify(f failure) failure {
	for i := range f.state.choice {
		for _, form := range []byte{kept, lost} {
			if f.state.choice[i] == kept {
				break
			}
			simpler := f.state
			simpler.choice = slices.Clone(f.state.choice)
			simpler.choice[i] = form
			if err := c.run(simpler); err != nil {
				f = failure{simpler, err}
			}
		}
	}
	return f
}

// describe tells the cut point and, for what was pending there, what became of it.
func (c *checker) describe(s state) string {
	var b strings.Builder
	if s.cut == 0 {
		b.WriteString("power cut before the first call")
	} else {
		fmt.Fprintf(&b, "power cut after call %d of %d: %s", s.cut, len(c.operations), c.operations[s.cut-1])
	}
	for i, p := range s.pending {
		e := &c.effects[p]
		fmt.Fprintf(&b, "; %s: %s", c.operations[e.operation-1], e.words(int(s.choice[i])))
	}
	return b.String()
}

// report prints a failure with all calls up to the cut point, and leaves the folder with the test's artifacts.
func (c *checker) report(tb testing.TB, f failure) {
	tb.Helper()
	var b strings.Builder
	acked := "not acknowledged"
	if c.acked(f.state.cut) {
		acked = "acknowledged"
	}
	fmt.Fprintf(&b, "state %s, %s: %v\n", f.state.id(), acked, f.err)
	became := map[int]string{}
	for i, p := range f.state.pending {
		e := &c.effects[p]
		became[e.operation] = strings.TrimPrefix(became[e.operation]+", "+e.words(int(f.state.choice[i])), ", ")
	}
	for i, words := range c.operations[:f.state.cut] {
		fmt.Fprintf(&b, "  %3d  %-60s %s\n", i+1, words, became[i+1])
	}
	fmt.Fprintf(&b, "       power cut; what is marked was not durable, all else was\n")
	fmt.Fprintf(&b, "this state alone, its folder kept: %s=%s go test -artifacts -run '^%s$'", only, f.state.id(), strings.ReplaceAll(tb.Name(), "/", "$/^"))
	dir := filepath.Join(tb.ArtifactDir(), "state-"+strings.ReplaceAll(f.state.id(), ":", "-"))
	if err := c.tree(f.state).write(dir, c.Rewrite); err != nil {
		fmt.Fprintf(&b, "\n%v", err)
	}
	tb.Error(b.String())
}
