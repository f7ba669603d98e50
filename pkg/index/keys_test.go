package index

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/row"
)

// doc is a text that is edited, beside its index.
type doc struct {
	dir   *durable.Dir
	path  string
	id    uint64
	text  []byte
	lines []string // of the text, the header first
}

func newDoc(t *testing.T) *doc {
	folder := t.TempDir()
	dir, err := durable.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return &doc{dir: dir, path: filepath.Join(folder, "t.hashmap")}
}

func (d *doc) fill(n int) {
	d.lines = []string{"key|value\n"}
	for i := range n {
		d.lines = append(d.lines, fmt.Sprintf("page.n%d|v%d\n", i, i))
	}
	d.change()
}

func (d *doc) change() {
	d.id++
	d.text = []byte(strings.Join(d.lines, ""))
}

func (d *doc) version() Version {
	return Version{ID: d.id, Hash: xxh3.Hash128(d.text).Bytes(), Size: int64(len(d.text)), Key: []int{0}}
}

func (d *doc) build(t interface{ Fatal(...any) }) {
	if err := Build(d.dir, "t", d.version(), bytes.NewReader(d.text), int64(len(d.lines)-1), 1<<30); err != nil {
		t.Fatal(err)
	}
}

func (d *doc) offset(line int) int64 { return int64(len(strings.Join(d.lines[:line], ""))) }

// check looks every row up.
func (d *doc) check(t interface{ Fatalf(string, ...any) }, k *Keys) {
	at := int64(len(d.lines[0]))
	for _, line := range d.lines[1:] {
		key, _, _ := strings.Cut(line, "|")
		if places, sure := k.Find([]byte(key)); !slices.Contains(places, at) || !sure {
			t.Fatalf("key %q is at %d, not at %v, sure: %v", key, at, places, sure)
		}
		at += int64(len(line))
	}
}

func TestBuild(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000, 50_000} {
		d := newDoc(t)
		d.fill(n)
		d.build(t)
		k := Open(d.dir, "t", d.version(), false)
		if k == nil {
			t.Fatalf("%d rows: no index", n)
		}
		d.check(t, k)
		wrong := 0
		for i := range 1000 {
			places, sure := k.Find(fmt.Appendf(nil, "no.n%d", i))
			if wrong += len(places); !sure {
				t.Errorf("%d rows: key %d may be somewhere", n, i)
			}
		}
		if wrong > 2 {
			t.Errorf("%d rows: 1000 keys that are not there give %d places", n, wrong)
		}
		k.Close()
	}
}

// TestNotOfThis opens an index for texts that it is not of.
func TestNotOfThis(t *testing.T) {
	d := newDoc(t)
	d.fill(10)
	d.build(t)
	for name, change := range map[string]func(v *Version){
		"id":     func(v *Version) { v.ID++ },
		"hash":   func(v *Version) { v.Hash[3]++ },
		"size":   func(v *Version) { v.Size++ },
		"key":    func(v *Version) { v.Key = []int{1} },
		"longer": func(v *Version) { v.Key = []int{0, 1} },
	} {
		v := d.version()
		change(&v)
		if k := Open(d.dir, "t", v, false); k != nil {
			t.Errorf("another %s: opened", name)
		}
	}
	v := d.version()
	v.Key = nil
	if k := Open(d.dir, "t", v, false); k == nil {
		t.Error("no key columns are the first")
	} else {
		k.Close()
	}
	if err := Build(d.dir, "u", d.version(), bytes.NewReader(d.text), 10, 100); err != nil || Open(d.dir, "u", d.version(), false) != nil {
		t.Errorf("over the limit: %v", err)
	}
	Drop(d.dir, "t")
	if Open(d.dir, "t", d.version(), false) != nil {
		t.Error("dropped and opened")
	}
}

// TestFollow edits at random: what a lookup gives is where the row is.
func TestFollow(t *testing.T) {
	d := newDoc(t)
	rapid.Check(t, func(t *rapid.T) {
		d.id = 0
		d.fill(rapid.IntRange(0, 20).Draw(t, "rows"))
		d.build(t)
		next := 1000
		for range rapid.IntRange(0, 30).Draw(t, "edits") {
			k := Open(d.dir, "t", d.version(), true)
			if k == nil {
				t.Fatalf("no index of version %d", d.id)
			}
			for range rapid.IntRange(1, 3).Draw(t, "together") {
				if !d.edit(t, k, &next) {
					t.Fatalf("the journal took no edit")
				}
			}
			if !k.Flush() {
				t.Fatalf("the file took no edit")
			}
			d.check(t, k)
			k.Close()
		}
		k := Open(d.dir, "t", d.version(), false)
		if k == nil {
			t.Fatalf("no index of version %d", d.id)
		}
		d.check(t, k)
		k.Close()
	})
}

func (d *doc) edit(t *rapid.T, k *Keys, next *int) bool {
	var s Splice
	var rows []Inserted
	at := rapid.IntRange(1, len(d.lines)).Draw(t, "line")
	s.Off = d.offset(at)
	switch {
	case at == len(d.lines):
		line := fmt.Sprintf("new.n%d|1\n", *next)
		*next++
		rows = append(rows, Inserted{[]byte(strings.TrimSuffix(line, "|1\n")), s.Off})
		s.Added = int64(len(line))
		d.lines = append(d.lines, line)
	case rapid.Bool().Draw(t, "delete"):
		s.Removed = int64(len(d.lines[at]))
		d.lines = slices.Delete(d.lines, at, at+1)
	default:
		old := d.lines[at]
		bar := strings.IndexByte(old, '|') + 1
		d.lines[at] = old[:bar] + rapid.StringN(0, 9, -1).Filter(func(s string) bool { return !strings.ContainsAny(s, "\n|\"") }).Draw(t, "value") + "\n"
		s.Off += int64(bar)
		s.Removed, s.Added = int64(len(old)-bar), int64(len(d.lines[at])-bar)
	}
	d.change()
	return k.Follow(d.version(), []Splice{s}, rows)
}

// TestFullJournal follows until the journal is full; then the index is none of the newest version.
func TestFullJournal(t *testing.T) {
	d := newDoc(t)
	d.fill(3)
	d.build(t)
	k := Open(d.dir, "t", d.version(), true)
	defer k.Close()
	for n := 0; ; n++ {
		d.id++
		if !k.Follow(d.version(), nil, nil) || !k.Flush() {
			if n < 200 {
				t.Errorf("full after %d edits", n)
			}
			break
		}
	}
	if Open(d.dir, "t", d.version(), false) != nil {
		t.Error("opened for an edit that did not get in")
	}
	d.id--
	if k := Open(d.dir, "t", d.version(), false); k == nil {
		t.Error("lost")
	} else {
		k.Close()
	}
}

// TestFullPage has more rows than its pages hold: they are found, or it says that they may be somewhere.
func TestFullPage(t *testing.T) {
	d := newDoc(t)
	d.fill(500)
	if err := Build(d.dir, "t", d.version(), bytes.NewReader(d.text), 1, 1<<20); err != nil {
		t.Fatal(err)
	}
	k := Open(d.dir, "t", d.version(), false)
	defer k.Close()
	found := 0
	for i := range 500 {
		places, sure := k.Find(fmt.Appendf(nil, "page.n%d", i))
		if found += len(places); sure {
			t.Fatalf("key %d: sure", i)
		}
	}
	if found != 63 {
		t.Errorf("%d rows in a page", found)
	}
}

// TestDamage flips a bit in every byte of an index: what it then says is not more than what it said.
func TestDamage(t *testing.T) {
	d := newDoc(t)
	d.fill(3)
	d.build(t)
	whole, err := os.ReadFile(d.path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		b := bytes.Clone(whole)
		b[at] ^= 1 << (at % 8)
		if err := os.WriteFile(d.path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		k := Open(d.dir, "t", d.version(), false)
		if k == nil {
			continue
		}
		if places, sure := k.Find([]byte("page.n1")); sure && !slices.Contains(places, d.offset(2)) {
			t.Errorf("byte %d: the row is at %v", at, places)
		}
		k.Close()
	}
}

// FuzzKeys opens damaged files: nothing panics, and a lookup stays within bounds.
func FuzzKeys(f *testing.F) {
	folder := f.TempDir()
	dir, err := durable.OpenDir(folder)
	if err != nil {
		f.Fatal(err)
	}
	text := []byte("key|value\na|1\nb|2\n")
	v := Version{ID: 7, Hash: xxh3.Hash128(text).Bytes(), Size: int64(len(text))}
	if err := Build(dir, "t", v, bytes.NewReader(text), 2, 1<<20); err != nil {
		f.Fatal(err)
	}
	next := v
	next.ID = 8
	k := Open(dir, "t", v, true)
	k.Follow(next, []Splice{{10, 1, 1}}, []Inserted{{[]byte("c"), 12}})
	k.Flush()
	k.Close()
	whole, err := os.ReadFile(filepath.Join(folder, "t.hashmap"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[headSize+len(whole[headSize:])-80:], uint16(0))
	f.Add([]byte{}, uint16(20))
	f.Fuzz(func(t *testing.T, b []byte, at uint16) {
		file := bytes.Clone(whole)
		copy(file[int(at)%len(file):], b)
		if err := os.WriteFile(filepath.Join(folder, "t.hashmap"), file, 0o666); err != nil {
			t.Fatal(err)
		}
		for _, v := range []Version{v, next} {
			if k := Open(dir, "t", v, false); k != nil {
				k.Find([]byte("a"))
				k.Find([]byte("c"))
				k.Close()
			}
		}
	})
}

func TestCompositeKey(t *testing.T) {
	d := newDoc(t)
	d.text = []byte("a|b|v\n1|x|one\n1|y|two\n\"q|\"|x|three\n")
	v := Version{ID: 1, Hash: xxh3.Hash128(d.text).Bytes(), Size: int64(len(d.text)), Key: []int{0, 1}}
	if err := Build(d.dir, "t", v, bytes.NewReader(d.text), 3, 1<<20); err != nil {
		t.Fatal(err)
	}
	k := Open(d.dir, "t", v, false)
	defer k.Close()
	for _, c := range []struct {
		cells []string
		at    int64
	}{{[]string{"1", "x"}, 6}, {[]string{"1", "y"}, 14}, {[]string{"q|", "x"}, 22}} {
		key := row.JoinKey([][]byte{[]byte(c.cells[0]), []byte(c.cells[1])})
		if got, _ := k.Find(key); !slices.Equal(got, []int64{c.at}) {
			t.Errorf("%q is at %v, not %d", c.cells, got, c.at)
		}
	}
}
