package table

import (
	"fmt"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestNewlineComes has a newline come into a quoted cell, and go again, by changes whose deltas hold no quote.
func TestNewlineComes(t *testing.T) {
	plain := "k|c|d\n" + strings.Repeat("# filler\n", 50) + "a|\"v\"|1\nb|\"w\"|2\n" + strings.Repeat("# filler\n", 50)
	for name, next := range map[string]string{
		"one cell":  strings.Replace(plain, "v", "\n", 1),
		"two lines": strings.Replace(plain, "v", "x\nb|", 1),
		"deletion":  strings.Replace(strings.Replace(plain, "\"|1\nb|\"", "\nb|", 1), "|2", "|1", 1),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, plain)
			first, err := f.Head()
			if err != nil {
				t.Fatal(err)
			}
			ids := []stamp.ID{first.ID}
			for i, text := range []string{next, strings.Replace(next, "|1", "|3", 1), plain} {
				ids = append(ids, f.must(t)(f.Replace(Replacement{Content: []byte(text), Action: verlog.Update, User: uint64(i)})).ID)
			}
			for i := range ids {
				for j := range ids {
					c, err := f.Diff(ids[i], ids[j])
					if err != nil {
						t.Fatalf("diff %d %d: %v", i, j, err)
					}
					old, is := f.at(t, ids[i]), f.at(t, ids[j])
					want, err := compareBytes([]byte(old), []byte(is), nil, nil)
					if err != nil {
						t.Fatal(err)
					}
					if fmt.Sprint(c.Counts()) != fmt.Sprint(want.Counts()) {
						t.Errorf("diff %d %d: %+v, not %+v: %q", i, j, c.Counts(), want.Counts(), c.Rows)
					}
				}
			}
			m, err := f.History([]string{"a"})
			if err != nil || len(m) != 4 {
				t.Errorf("history: %d moments, %v", len(m), err)
			}
		})
	}
}

// TestMappedSnapshot goes back to, and compares with, versions whose content the cache has as a file that is mapped.
func TestMappedSnapshot(t *testing.T) {
	first := rows(8000)
	f := newFixture(t, first)
	head, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	if names, err := f.opt.Cache.Names(); err != nil || len(names) != 1 {
		t.Fatalf("the cache holds %q: %v", names, err)
	}
	f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "x"}}))
	if f.at(t, head.ID) != first {
		t.Error("the first version is not what was written")
	}
	for _, pair := range [][2]stamp.ID{{head.ID, 0}, {0, head.ID}, {0, 0}, {head.ID, head.ID}} {
		if _, err := f.Diff(pair[0], pair[1]); err != nil {
			t.Errorf("diff %v: %v", pair, err)
		}
	}
	f.must(t)(f.Rollback(1, head.ID))
	if f.current(t) != first {
		t.Error("rolled back to something else")
	}
	if _, err := f.Prune(1, 1); err != nil {
		t.Error(err)
	}
	f.sound(t, true)
}
