package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// mutated returns the text with some rows changed, added or deleted.
func mutated(t *rapid.T, text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "key")
		i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, key+"|") })
		cells := func() string { return rapid.StringMatching(`[xyz]{0,2}\|[xyz]{0,2}`).Draw(t, "cells") }
		switch {
		case i < 0:
			lines = append(lines, key+"|"+cells()+"\n")
		case rapid.IntRange(0, 3).Draw(t, "what") == 0:
			lines = slices.Delete(lines, i, i+1)
		default:
			lines[i] = key + "|" + cells() + "\n"
		}
	}
	return strings.Join(lines, "")
}

// TestRandomStaleWrites writes from random versions: every write is kept as it was made, the table is what merging makes of
// it, and what clashes is open until it is settled.
func TestRandomStaleWrites(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t, "key|p|q\na|1|2\nb|3|4\n")
		defer f.Close()
		texts := map[stamp.ID]string{f.head(t).ID: "key|p|q\na|1|2\nb|3|4\n"}
		ids, open := []stamp.ID{f.head(t).ID}, 0
		for range rapid.IntRange(1, 12).Draw(rt, "writes") {
			head := f.head(t).ID
			base := rapid.SampledFrom(ids).Draw(rt, "base")
			mine := mutated(rt, texts[base])
			o := MergeOptions{Rows: rapid.Bool().Draw(rt, "rows"), Strategy: rapid.SampledFrom([]Strategy{Manual, LastWriteWins, FirstWriteWins}).Draw(rt, "strategy")}
			favor := merge.Ours
			if o.Strategy == LastWriteWins {
				favor = merge.Theirs
			}
			r, err := f.stale(base, mine, o)
			if err != nil {
				rt.Fatal(err)
			}
			if base == head || mine == texts[base] || texts[base] == texts[head] {
				if r.Stored {
					texts[r.ID], ids = mine, append(ids, r.ID)
				}
				continue
			}
			m, err := merge.Merge([]byte(texts[base]), []byte(texts[head]), []byte(mine), merge.Options{Rows: o.Rows, Favor: favor})
			if err != nil {
				rt.Fatal(err)
			}
			var merged bytes.Buffer
			m.WriteTo(&merged)
			texts[r.Side], texts[r.ID] = mine, merged.String()
			ids = append(ids, r.Side, r.ID)
			want, settled := len(m.Conflicts), 0
			if o.Strategy != Manual {
				want, settled = 0, want
			}
			if open += want; r.Conflicts != want || r.Settled != settled || (r.Action == verlog.MergeConflicts) != (len(m.Conflicts) > 0) {
				rt.Fatalf("%d conflicts, not %d: %+v", r.Conflicts, want, r)
			}
		}
		for id, want := range texts {
			c, err := f.At(id)
			if err != nil {
				rt.Fatal(err)
			}
			if b, err := c.Bytes(); err != nil || string(b) != want {
				rt.Fatalf("version %s is %q, not %q: %v", id, b, want, err)
			}
			c.Close()
		}
		f.is(t, texts[f.head(t).ID])
		f.settleAll(rt, open)
	})
}

// settleAll settles all conflicts, of which there are n: each is settled, or its row was written since.
func (f *fixture) settleAll(t *rapid.T, n int) {
	open, err := f.Conflicts()
	if err != nil || len(open) != n {
		t.Fatalf("%d conflicts are open, not %d: %v", len(open), n, err)
	}
	for _, c := range open {
		how := Resolution{ID: c.ID, Take: rapid.SampledFrom([]Take{TakeOurs, TakeTheirs, TakeBase, TakeBoth, TakeLater, TakeEarlier}).Draw(t, "take")}
		if how.Take == TakeBoth && (c.Ours.Record == nil || c.Theirs.Record == nil) {
			how.Take = TakeOurs
		}
		how.Force = rapid.Bool().Draw(t, "force")
		before := f.headLine(t)
		_, _, err := f.Resolve(9, how)
		still, err2 := f.Conflicts()
		if err2 != nil {
			t.Fatal(err2)
		}
		gone := !slices.ContainsFunc(still, func(s conflict.Conflict) bool { return s.ID == c.ID })
		if gone != (err == nil) || how.Force && err != nil {
			t.Fatalf("settling %s by %s: %v", c.ID, how.Take, err)
		}
		if now := f.headLine(t); (now.Action == verlog.Resolve && now.Base == before.ID) != (err == nil) {
			t.Fatalf("head %v after %v", now, before)
		}
	}
}

func (f *fixture) headLine(t *rapid.T) verlog.Line {
	l, err := f.Head()
	if err != nil {
		t.Fatal(fmt.Sprint(err))
	}
	return l
}
