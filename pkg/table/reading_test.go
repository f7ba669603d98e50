package table

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// plainTable returns a table just large enough for an index, in which every record is a line.
func plainTable() string {
	var b strings.Builder
	b.WriteString("key|value|note\n")
	for i := 0; b.Len() < minIndexed+minIndexed/8; i++ {
		if i%31 == 3 {
			b.WriteString("# about the next row\n\n")
		}
		fmt.Fprintf(&b, "k%d|%d|%s\n", i, i%97, strings.Repeat("z", i%60))
	}
	return b.String()
}

// read opens the table and returns what Find gives for a key, and whether an index of the head was there before.
func (f *fixture) find(t *testing.T, key string) (record string, indexed bool) {
	t.Helper()
	r, err := f.Reading()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.indexable() {
		keys := f.Table.openKeys(r.text(), r.head, r.Columns, r.KeyAt, false)
		if indexed = keys != nil; indexed {
			keys.Close()
		}
	}
	got, _, err := r.Find([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return string(got), indexed
}

// TestFindFollows changes a table in every way there is: a row is found where a search finds it, and where every record is a
// line the index is never made anew.
func TestFindFollows(t *testing.T) {
	for name, start := range map[string]string{"plain": plainTable(), "quoted": indexed()} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, start)
			f.find(t, "k1")
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			c := changer{f, rand.New(rand.NewPCG(seed, 2)), name == "plain"}
			lost := 0
			for n := range 150 {
				c.change(t, n)
				text := []byte(f.current(t))
				for range 5 {
					key := fmt.Sprintf("k%d", c.IntN(9000))
					at, ok, err := row.Find(text, []byte(key), nil)
					want := ""
					if err != nil {
						t.Fatal(err)
					} else if ok {
						want = string(text[at.Body:at.End])
					}
					got, indexed := f.find(t, key)
					if got != want {
						t.Fatalf("step %d: key %q: %q, a search finds %q", n, key, got, want)
					}
					if !indexed {
						lost++
					}
				}
			}
			if name == "plain" && lost > 0 {
				t.Errorf("the index was lost %d times", lost)
			}
		})
	}
}

// changer changes a table at random.
type changer struct {
	*fixture
	*rand.Rand
	plain bool
}

func (c changer) change(t *testing.T, n int) {
	t.Helper()
	text := []byte(c.current(t))
	lines := bytes.SplitAfter(text, []byte("\n"))
	key := fmt.Sprintf("k%d", c.IntN(9000))
	value := fmt.Sprint(n)
	if c.IntN(3) == 0 {
		value = fmt.Sprintf("page.n%d@%s", n, modifiers[c.IntN(len(modifiers))])
	}
	if !c.plain && n%7 == 0 {
		value += "\n" + value
	}
	switch c.IntN(6) {
	case 0, 1:
		c.must(t)(c.Set(1, []string{key}, []Assignment{{Column: "value", Value: value}}))
	case 2:
		c.Delete(1, []string{key})
	case 3: // lines changed, put in and taken away here and there
		for range c.IntN(5) + 1 {
			at := 1 + c.IntN(len(lines)-1)
			if !bytes.HasPrefix(lines[at], []byte("k")) || bytes.Count(lines[at], []byte("|")) != 2 || bytes.IndexByte(lines[at], '"') >= 0 {
				continue
			}
			switch c.IntN(3) {
			case 0:
				lines[at] = bytes.Replace(lines[at], []byte("z"), []byte("yy"), 2)
			case 1:
				lines[at] = fmt.Appendf(nil, "%sk1%d%d|page.new@%s|\n", lines[at], n, at, modifiers[c.IntN(len(modifiers))])
			case 2:
				lines = slices.Delete(lines, at, at+1)
			}
		}
		c.Replace(Replacement{Content: bytes.Join(lines, nil), Action: verlog.Update, User: 1})
	case 4: // by hand
		edited := slices.Concat(lines[0], fmt.Appendf(nil, "hand%d||\n", n), bytes.Join(lines[1:], nil))
		if err := os.WriteFile(filepath.Join(c.dir, currentFile), edited, 0o666); err != nil {
			t.Fatal(err)
		}
		if got, _ := c.find(t, fmt.Sprintf("hand%d", n)); got == "" {
			t.Errorf("a row written by hand is not found")
		}
		c.must(t)(c.Commit(1, "", false))
	case 5:
		lines, err := c.Lines()
		if err != nil {
			t.Fatal(err)
		}
		c.Rollback(1, lines[max(0, len(lines)-3)].ID)
	}
}

// TestBadKeyIndex has index files that are cut, changed, of another table or of nothing: the rows are found all the same.
func TestBadKeyIndex(t *testing.T) {
	f := newFixture(t, plainTable())
	want, _ := f.find(t, "k77")
	path := filepath.Join(f.cache, "t.hashmap")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f.must(t)(f.Set(1, []string{"k5"}, []Assignment{{Column: "value", Value: "longer than it was"}}))
	for name, bad := range map[string][]byte{
		"empty": {}, "cut in the head": whole[:100], "cut in the pages": whole[:3000], "zeros": make([]byte, len(whole)),
		"older": whole, "flipped": flipped(whole, len(whole)/2),
	} {
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		for i := range 2000 {
			f.find(t, fmt.Sprintf("k%d", i))
		}
		if b, err := os.ReadFile(path); err != nil || bytes.Equal(b, bad) && name != "older" {
			t.Errorf("%s: left as it is: %v", name, err)
		}
		for i := 70; i < 200; i++ {
			key := fmt.Sprintf("k%d", i)
			if got, _ := f.find(t, key); !strings.HasPrefix(got, key+"|") {
				t.Errorf("%s: key %q: %q", name, key, got)
			}
		}
		if got, _ := f.find(t, "k77"); got != want {
			t.Errorf("%s: %q", name, got)
		}
		if _, indexed := f.find(t, "k1"); !indexed {
			t.Errorf("%s: not made anew", name)
		}
	}
}

func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// TestNoIndexOverLimit allows no index, or too small a one: nothing is built and the rows are found.
func TestNoIndexOverLimit(t *testing.T) {
	for _, limit := range []Options{{IndexSize: -1}, {IndexSize: 4096}, {IndexMemory: 4096}} {
		f := newFixture(t, plainTable())
		f.opt.IndexSize, f.opt.IndexMemory = limit.IndexSize, limit.IndexMemory
		if got, _ := f.find(t, "k77"); !strings.HasPrefix(got, "k77|") {
			t.Errorf("%+v: %q", limit, got)
		}
		if _, err := os.Stat(filepath.Join(f.cache, "t.hashmap")); err == nil {
			t.Errorf("%+v: an index was built", limit)
		}
	}
}

// TestCatchUp lets the index fall behind by many versions: it is brought up to date from their deltas, and written anew once
// it is far behind.
func TestCatchUp(t *testing.T) {
	f := newFixture(t, plainTable())
	f.find(t, "k1")
	path := filepath.Join(f.cache, "t.hashmap")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range manyCaughtUp {
		f.must(t)(f.Set(1, []string{fmt.Sprintf("k%d", 10*n)}, []Assignment{{Column: "value", Value: strings.Repeat("long", n)}}))
		f.must(t)(f.Delete(1, []string{fmt.Sprintf("k%d", 10*n+1)}))
	}
	if err := os.WriteFile(path, old, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, indexed := f.find(t, "k150"); got != "k150|longlonglonglonglonglonglonglonglonglonglonglonglonglonglong|"+strings.Repeat("z", 30)+"\n" || !indexed {
		t.Errorf("found %q, by an index: %v", got, indexed)
	}
	if got, _ := f.find(t, "k151"); got != "" {
		t.Errorf("a deleted row is found: %q", got)
	}
	head, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	v := textVersion(head, int64(len(f.current(t))), ofColumns([]string{"key", "value", "note"}, 0))
	m := rowindex.Open(f.opt.Cache, "t", v, false)
	if m == nil || m.At() != v {
		t.Fatal("the file is behind still")
	}
	m.Close()
}
