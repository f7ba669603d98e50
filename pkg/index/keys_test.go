package index

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
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
	kind  Kind     // of the tree
	take  Take     // of the tree
}

func newDoc(t *testing.T) *doc {
	folder := t.TempDir()
	return &doc{dir: openDir(t, folder), path: filepath.Join(folder, "t.hashmap"), kind: Ordered, take: secondCell}
}

func openDir(t testing.TB, folder string) *durable.Dir {
	dir, err := durable.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
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
	return Version{ID: d.id, Hash: xxh3.Hash128(d.text).Bytes(), Size: int64(len(d.text)), Of: Columns([]int{0})}
}

func (d *doc) build(t interface{ Fatal(...any) }) {
	if built, err := Build(d.dir, "t", d.version(), bytes.NewReader(d.text), firstCell, int64(len(d.lines)-1), 1<<30); err != nil || !built {
		t.Fatal(built, err)
	}
}

func firstCell(record []byte) []byte { return row.Key(record, nil) }

// openAt opens the index if it is of the version v.
func openAt(d *doc, table string, v Version, writable bool) *Map {
	m := Open(d.dir, table, v, writable)
	if m != nil && m.At() != v {
		m.Close()
		return nil
	}
	return m
}

func (d *doc) offset(line int) int64 { return int64(len(strings.Join(d.lines[:line], ""))) }

// check looks every row up.
func (d *doc) check(t interface{ Fatalf(string, ...any) }, k *Map) {
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
		k := openAt(d, "t", d.version(), false)
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
		"key":    func(v *Version) { v.Of = Columns([]int{1}) },
		"longer": func(v *Version) { v.Of = Columns([]int{0, 1}) },
		"more":   func(v *Version) { v.Of = Columns([]int{0}, 0) },
	} {
		v := d.version()
		change(&v)
		if k := openAt(d, "t", v, false); k != nil {
			t.Errorf("another %s: opened", name)
		}
	}
	if built, err := Build(d.dir, "u", d.version(), bytes.NewReader(d.text), firstCell, 10, 100); err != nil || built || openAt(d, "u", d.version(), false) != nil {
		t.Errorf("over the limit: %v", err)
	}
	Drop(d.dir, "t")
	if openAt(d, "t", d.version(), false) != nil {
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
			k := openAt(d, "t", d.version(), true)
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
		k := openAt(d, "t", d.version(), false)
		if k == nil {
			t.Fatalf("no index of version %d", d.id)
		}
		d.check(t, k)
		k.Close()
	})
}

func (d *doc) edit(t *rapid.T, k *Map, next *int) bool {
	at := rapid.IntRange(1, len(d.lines)).Draw(t, "line")
	s := Splice{Off: d.offset(at)}
	var rows []Inserted
	put := func(line string) {
		key, _, _ := strings.Cut(line, "|")
		rows = append(rows, Inserted{[]byte(key), s.Off})
		s.Added = int64(len(line))
	}
	switch what := rapid.IntRange(0, 2).Draw(t, "what"); {
	case what == 0 || at == len(d.lines):
		line := fmt.Sprintf("new.n%d|1\n", *next)
		*next++
		put(line)
		d.lines = slices.Insert(d.lines, at, line)
	case what == 1:
		s.Removed = int64(len(d.lines[at]))
		d.lines = slices.Delete(d.lines, at, at+1)
	default:
		old := d.lines[at]
		s.Removed = int64(len(old))
		value := rapid.StringN(0, 9, -1).Filter(func(s string) bool { return !strings.ContainsAny(s, "\n|\"") }).Draw(t, "value")
		d.lines[at] = old[:strings.IndexByte(old, '|')+1] + value + "\n"
		put(d.lines[at])
	}
	d.change()
	return k.Follow(d.version(), Change{Splices: []Splice{s}, Rows: rows, Plain: true})
}

// TestCompact follows until the journal is full, works it into the pages, and goes on.
func TestCompact(t *testing.T) {
	d := newDoc(t)
	rapid.Check(t, func(t *rapid.T) {
		d.id = 0
		d.fill(rapid.IntRange(0, 20).Draw(t, "rows"))
		d.build(t)
		next := 0
		for range rapid.IntRange(1, 4).Draw(t, "times") {
			k := openAt(d, "t", d.version(), true)
			if k == nil {
				t.Fatalf("no index of version %d", d.id)
			}
			for range rapid.IntRange(0, 20).Draw(t, "edits") {
				d.edit(t, k, &next)
			}
			if !k.Compact(d.dir, "t") { // too many rows for the pages
				d.build(t)
			}
			k.Close()
			k = openAt(d, "t", d.version(), false)
			d.check(t, k)
			if n := len(d.lines) - 1; k.entries != uint64(n) || len(k.edits) > 0 {
				t.Fatalf("%d entries and %d edits, want %d and none", k.entries, len(k.edits), n)
			}
			k.Close()
		}
	})
}

// TestFullJournal follows until the journal is full, and finds all rows to the last entry that got in.
func TestFullJournal(t *testing.T) {
	d := newDoc(t)
	d.fill(3)
	d.build(t)
	k := openAt(d, "t", d.version(), true)
	defer k.Close()
	for n := 0; ; n++ {
		d.id++
		if !k.Follow(d.version(), Change{}) || !k.Flush() {
			if n < 200 {
				t.Errorf("full after %d edits", n)
			}
			break
		}
	}
	if openAt(d, "t", d.version(), false) != nil {
		t.Error("opened for an edit that did not get in")
	}
	d.id--
	if k := openAt(d, "t", d.version(), false); k == nil {
		t.Error("lost")
	} else {
		d.check(t, k)
		k.Close()
	}
}

// TestFullPage has more rows than its pages hold: they are found, or it says that they may be somewhere.
func TestFullPage(t *testing.T) {
	d := newDoc(t)
	d.fill(500)
	if _, err := Build(d.dir, "t", d.version(), bytes.NewReader(d.text), firstCell, 1, 1<<20); err != nil {
		t.Fatal(err)
	}
	k := openAt(d, "t", d.version(), false)
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
		k := openAt(d, "t", d.version(), false)
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
	v := Version{ID: 7, Hash: xxh3.Hash128(text).Bytes(), Size: int64(len(text)), Of: 5}
	if _, err := Build(dir, "t", v, bytes.NewReader(text), firstCell, 2, 1<<20); err != nil {
		f.Fatal(err)
	}
	next := v
	next.ID = 8
	k := Open(dir, "t", v, true)
	k.Follow(next, Change{Splices: []Splice{{10, 4, 4}}, Rows: []Inserted{{[]byte("c"), 10}}, Plain: true})
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
		for range 2 { // as it is, and with a head that counts
			if err := os.WriteFile(filepath.Join(folder, "t.hashmap"), file, 0o666); err != nil {
				t.Fatal(err)
			}
			for _, v := range []Version{v, next} {
				if k := Open(dir, "t", v, false); k != nil {
					k.Find([]byte("a"))
					k.Find([]byte("c"))
					k.Compact(dir, "u")
					k.Close()
				}
			}
			resum(file)
		}
	})
}

// resum makes the checksums of a damaged file right, so that what they stand for is looked at.
func resum(file []byte) {
	if len(file) < headSize+keyPage {
		return
	}
	binary.LittleEndian.PutUint32(file[headSum:], crc32.ChecksumIEEE(file[:headSum]))
	page := file[headSize:][:keyPage]
	binary.LittleEndian.PutUint32(page, pageSum(binary.LittleEndian.Uint64(file[16:]), 0, page))
	for b := file[headSize+keyPage:]; len(b) >= entryHead+entryTail; {
		n := int(binary.LittleEndian.Uint32(b))
		if n > len(b)-entryHead-entryTail {
			break
		}
		binary.LittleEndian.PutUint32(b[entryHead+n:], crc32.ChecksumIEEE(b[:entryHead+n]))
		b = b[entryHead+n+entryTail:]
	}
}

func TestCompositeKey(t *testing.T) {
	d := newDoc(t)
	d.text = []byte("a|b|v\n1|x|one\n1|y|two\n\"q|\"|x|three\n")
	v := Version{ID: 1, Hash: xxh3.Hash128(d.text).Bytes(), Size: int64(len(d.text)), Of: Columns([]int{0, 1})}
	key := func(record []byte) []byte { return row.Key(record, []int{0, 1}) }
	if _, err := Build(d.dir, "t", v, bytes.NewReader(d.text), key, 3, 1<<20); err != nil {
		t.Fatal(err)
	}
	k := openAt(d, "t", v, false)
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
