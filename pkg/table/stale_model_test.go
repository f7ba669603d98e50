package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		type write struct {
			id    stamp.ID
			user  uint64
			base  string
			text  string
			clash map[string]string // of each key, naively
		}
		var writes []write
		for n := range rapid.IntRange(1, 12).Draw(rt, "writes") {
			head := f.head(t).ID
			base := rapid.SampledFrom(ids).Draw(rt, "base")
			mine := mutated(rt, texts[base])
			o := MergeOptions{Rows: rapid.Bool().Draw(rt, "rows"), Strategy: rapid.SampledFrom([]Strategy{Manual, LastWriteWins, FirstWriteWins}).Draw(rt, "strategy")}
			favor := merge.Ours
			if o.Strategy == LastWriteWins {
				favor = merge.Theirs
			}
			user := uint64(100 + n)
			r, err := f.Replace(Replacement{Content: []byte(mine), Action: verlog.Update, User: user, Base: base, Existing: true, Merge: o})
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
			rows, clash := naiveMerge(cellsOf(texts[base]), cellsOf(texts[head]), cellsOf(mine), o.Rows, favor == merge.Theirs)
			if diff := cmp.Diff(rows, cellsOf(f.current(t))); diff != "" {
				rt.Fatalf("%q on %q, head %q (-naive +merged):\n%s", mine, texts[base], texts[head], diff)
			}
			writes = append(writes, write{r.Side, user, texts[base], mine, clash})
			if len(clash) != len(m.Conflicts) {
				rt.Fatalf("%d conflicts, naively %v", len(m.Conflicts), clash)
			}
			ids = append(ids, r.Side, r.ID)
			want, settled := len(m.Conflicts), 0
			if o.Strategy != Manual {
				want, settled = 0, want
			}
			if open += want; r.Conflicts != want || r.Settled != settled || (r.Action == verlog.MergeConflicts) != (len(m.Conflicts) > 0) {
				rt.Fatalf("%d conflicts, not %d: %+v", r.Conflicts, want, r)
			}
		}
		for _, w := range writes {
			f.hasWrite(rt, w.id, w.user, cellsOf(w.base), cellsOf(w.text))
		}
		f.matches(rt, func(side stamp.ID) map[string]string {
			i := slices.IndexFunc(writes, func(w write) bool { return w.id == side })
			return writes[i].clash
		})
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

// cellsOf reads a table of three columns without quotes, in the plainest way.
func cellsOf(text string) map[string][2]string {
	rows := map[string][2]string{}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n")[1:] {
		cells := strings.Split(line, "|")
		rows[cells[0]] = [2]string{cells[1], cells[2]}
	}
	return rows
}

// naiveMerge merges rows one by one, and says in a word of each key what clashes.
func naiveMerge(base, ours, theirs map[string][2]string, whole, favorTheirs bool) (merged map[string][2]string, clash map[string]string) {
	merged, clash = map[string][2]string{}, map[string]string{}
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		b, inBase := base[key]
		o, inOurs := ours[key]
		t, inTheirs := theirs[key]
		choose := func() {
			if favorTheirs {
				o, inOurs = t, inTheirs
			}
		}
		switch {
		case inOurs == inTheirs && o == t, inTheirs == inBase && t == b:
		case inOurs == inBase && o == b:
			o, inOurs = t, inTheirs
		case inBase && (!inOurs || !inTheirs):
			clash[key] = "delete"
			choose()
		case whole:
			clash[key] = map[bool]string{true: "update", false: "insert"}[inBase]
			choose()
		default:
			was, kind := o, map[bool]string{true: "update", false: "insert"}[inBase]
			for i, column := range []string{"p", "q"} {
				switch {
				case was[i] == t[i] || inBase && t[i] == b[i]:
				case inBase && was[i] == b[i]:
					o[i] = t[i]
				default:
					kind, clash[key] = kind+" "+column, kind+" "+column
					if favorTheirs {
						o[i] = t[i]
					}
				}
			}
		}
		if inOurs {
			merged[key] = o
		}
	}
	return merged, clash
}

// hasWrite fails the test unless a write is in the history: its version, and a state of each row that it changed.
func (f *fixture) hasWrite(t *rapid.T, id stamp.ID, user uint64, base, text map[string][2]string) {
	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(lines, func(l verlog.Line) bool { return l.ID == id && l.User == user }) {
		t.Fatalf("version %s by %d is not in the log", id, user)
	}
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		was, before := base[key]
		is, after := text[key]
		if was == is && before == after {
			continue
		}
		moments, err := f.History([]string{key})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(moments, func(m Moment) bool { return m.Line.ID == id })
		if i < 0 || !moments[i].Side || moments[i].Author.User != user {
			t.Fatalf("row %q: version %s is not among %+v", key, id, moments)
		}
		if record := strings.TrimSpace(string(moments[i].Record)); after != (moments[i].Record != nil) || after && record != key+"|"+is[0]+"|"+is[1] {
			t.Fatalf("row %q of version %s is %q", key, id, record)
		}
	}
}

// matches fails the test unless the open conflicts are among those that the naive merges found.
func (f *fixture) matches(t *rapid.T, naive func(side stamp.ID) map[string]string) {
	open, err := f.Conflicts()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range open {
		word := strings.Join(append([]string{c.Kind.String()}, c.Columns...), " ")
		if want := naive(c.Theirs.Version)[string(c.Key)]; word != want {
			t.Fatalf("row %q: the conflict is %q, naively %q", c.Key, word, want)
		}
	}
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
