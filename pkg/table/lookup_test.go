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

	"github.com/reedbase/reedbase/pkg/fault"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// indexed returns a table just large enough for an index, with rows that a lookup could take for others.
func indexed() string {
	var b strings.Builder
	b.WriteString("key|value|note\n")
	for i := 0; b.Len() < minIndexed+minIndexed/8; i++ {
		switch i % 50 {
		case 7:
			fmt.Fprintf(&b, "# about the next row\nk%d|with a comment|x\n", i)
		case 11:
			fmt.Fprintf(&b, "k%d|\"two lines\nk%d|false|row\n# no comment\"|x\n", i, i+1)
		case 23:
			fmt.Fprintf(&b, "\"k%d\"|quoted key|x\r\n", i)
		default:
			fmt.Fprintf(&b, "k%d|plain|%s\n", i, strings.Repeat("z", i%60))
		}
	}
	return b.String()
}

// TestLookup makes random edits of a table that has an index and of one that is searched: both stay equal, byte for byte.
func TestLookup(t *testing.T) {
	with, without := newFixture(t, indexed()), newFixture(t, indexed())
	without.opt.Cache = nil
	rows := strings.Count(indexed(), "\n")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	followed := 0
	for n := range 400 {
		key := []string{fmt.Sprintf("k%d", random.IntN(rows))}
		if n%9 == 8 {
			key[0] = fmt.Sprintf("new%d", random.IntN(30))
		}
		act := func(f *fixture) (Result, error) {
			return f.Set(1, key, []Assignment{{Column: "value", Value: strings.Repeat("v\n", n%3) + fmt.Sprint(n)}})
		}
		if n%5 == 4 {
			act = func(f *fixture) (Result, error) { return f.Delete(1, key) }
		}
		r1, err1 := act(with)
		r2, err2 := act(without)
		if fault.KindOf(err1) != fault.KindOf(err2) || r1.Counts != r2.Counts {
			t.Fatalf("edit %d of %q: %v %v, searched %v %v", n, key, r1, err1, r2, err2)
		}
		if with.hasIndex(t) {
			followed++
		}
		if n == 200 { // a version that no index follows
			for _, f := range []*fixture{with, without} {
				c, _ := os.ReadFile(filepath.Join(f.dir, currentFile))
				f.must(t)(f.Replace(Replacement{Content: bytes.Replace(c, []byte("plain"), nil, 3), Action: verlog.Update, User: 1}))
			}
		}
	}
	a, err1 := os.ReadFile(filepath.Join(with.dir, currentFile))
	b, err2 := os.ReadFile(filepath.Join(without.dir, currentFile))
	if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("the tables differ: %v %v", err1, err2)
	}
	if followed < 350 {
		t.Errorf("there was an index after %d edits of 400", followed)
	}
}

// hasIndex reports whether there is an index of the head, and that it knows the rows.
func (f *fixture) hasIndex(t *testing.T) bool {
	t.Helper()
	c, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	head, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	v := textVersion(head, c.Size, ofColumns([]string{"key", "value", "note"}, 0))
	keys := rowindex.Open(f.opt.Cache, "t", v, false)
	if keys == nil {
		return false
	}
	if keys.At() != v {
		keys.Close()
		return false
	}
	defer keys.Close()
	if _, sure := keys.Find([]byte("k1")); !sure {
		t.Error("an index that is sure of nothing")
	}
	return true
}

// TestLyingIndex has an index that names wrong places: no edit goes where its row is not.
func TestLyingIndex(t *testing.T) {
	f := newFixture(t, indexed())
	set := func(key, value string) {
		f.must(t)(f.Set(1, []string{key}, []Assignment{{Column: "value", Value: value}}))
	}
	set("k100", "first")
	head, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(f.dir, currentFile))
	if err != nil {
		t.Fatal(err)
	}
	// The places of another text of that size, in which each row stands elsewhere.
	lines := bytes.SplitAfterN(text, []byte("\n"), 3)
	other := slices.Concat(lines[0], lines[2], lines[1])
	key := func(record []byte) []byte { return row.Key(record, nil) }
	built, err := rowindex.Build(f.opt.Cache, "t", textVersion(head, int64(len(other)), ofColumns([]string{"key", "value", "note"}, 0)), bytes.NewReader(other), key, int64(bytes.Count(other, []byte("\n"))), 1<<28)
	if err != nil || !built {
		t.Fatal(err)
	}
	set("k100", "second")
	set("k12", "not the line in the quoted cell")
	now, err := os.ReadFile(filepath.Join(f.dir, currentFile))
	want := bytes.Replace(text, []byte("\nk100|first|"), []byte("\nk100|second|"), 1)
	want = bytes.Replace(want, []byte("\nk12|plain|"), []byte("\nk12|not the line in the quoted cell|"), 1)
	if err != nil || !bytes.Equal(now, want) {
		t.Errorf("an edit went to a wrong place: %v", err)
	}
	if !f.hasIndex(t) {
		t.Error("the index was not made anew")
	}
}
