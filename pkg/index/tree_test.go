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

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/row"
)

// secondCell is what the trees of these tests are over, made such that no key is the beginning of another.
func secondCell(record []byte, add func([]byte)) error {
	cell, _ := row.Cell(record, 1)
	add(append(bytes.Clone(cell), 0, 1))
	return nil
}

// letters takes each letter of the second cell once, in the order of the cell: none, one or several keys a record.
func letters(record []byte, add func([]byte)) error {
	cell, _ := row.Cell(record, 1)
	for i, c := range cell {
		if bytes.IndexByte(cell, c) == i {
			add([]byte{c, 0})
		}
	}
	return nil
}

func (d *doc) buildTree(t interface{ Fatal(...any) }) {
	refused, err := BuildTree(d.dir, "t,1.ordered", d.kind, d.version(), bytes.NewReader(d.text), d.take, Limits{1 << 30, 1 << 30})
	if err != nil || refused != None {
		t.Fatal(refused, err)
	}
}

func (d *doc) openTree(writable bool) *Tree {
	t := OpenTree(d.dir, "t,1.ordered", d.kind, d.version(), writable)
	if t != nil && t.At() != d.version() {
		t.Close()
		return nil
	}
	return t
}

// naive returns the entries that a tree of the text has.
func (d *doc) naive() (all []Found) {
	at := int64(len(d.lines[0]))
	for _, line := range d.lines[1:] {
		d.take([]byte(line), func(key []byte) { all = append(all, Found{key, at}) })
		at += int64(len(line))
	}
	slices.SortStableFunc(all, func(a, b Found) int { return bytes.Compare(a.Key, b.Key) })
	return all
}

func collect(t interface{ Fatal(...any) }, seq func(func(Found, error) bool)) (all []Found) {
	for f, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Found{bytes.Clone(f.Key), f.At})
	}
	return all
}

func sameFound(a, b []Found) bool {
	return slices.EqualFunc(a, b, func(a, b Found) bool { return a.At == b.At && bytes.Equal(a.Key, b.Key) })
}

func between(all []Found, low, high []byte) (list []Found) {
	for _, f := range all {
		if bytes.Compare(f.Key, low) >= 0 && (high == nil || bytes.Compare(f.Key, high) < 0) {
			list = append(list, f)
		}
	}
	return list
}

// backward puts the greatest key first and leaves those of one key in their order.
func backward(all []Found) []Found {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Found) int { return bytes.Compare(b.Key, a.Key) })
	return all
}

// checkTree compares ranges with what a scan finds.
func (d *doc) checkTree(t *rapid.T, tree *Tree) {
	all := d.naive()
	bound := rapid.SliceOfN(rapid.ByteRange('a', 'd'), 0, 3)
	for range 3 {
		low, high := bound.Draw(t, "low"), bound.Draw(t, "high")
		if rapid.Bool().Draw(t, "open") {
			high = nil
		}
		want := between(all, low, high)
		if got := collect(t, tree.Range(low, high)); !sameFound(got, want) {
			t.Fatalf("range of %q to %q:\n%s", low, high, cmp.Diff(want, got))
		}
		if got := collect(t, tree.Backwards(low, high)); !sameFound(got, backward(want)) {
			t.Fatalf("backwards from %q to %q:\n%s", high, low, cmp.Diff(backward(want), got))
		}
	}
}

func someLine(t *rapid.T, n int) string {
	return fmt.Sprintf("k%d|%s\n", n, rapid.StringOfN(rapid.RuneFrom([]rune("abcd")), 0, 4, -1).Draw(t, "cell"))
}

// TestTree builds trees, follows random changes, and compacts: what they say is what a scan and a tree made anew say.
func TestTree(t *testing.T) { testTree(t, newDoc(t)) }

// TestTreeOfSeveral does so where a record has several keys, or none.
func TestTreeOfSeveral(t *testing.T) {
	d := newDoc(t)
	d.kind, d.take = Modifier, letters
	testTree(t, d)
}

func testTree(t *testing.T, d *doc) {
	rapid.Check(t, func(t *rapid.T) {
		d.id = 0
		d.lines = []string{"key|value\n"}
		rows := rapid.SampledFrom([]int{0, 1, 5, 700}).Draw(t, "rows")
		for i := range rows {
			d.lines = append(d.lines, fmt.Sprintf("k%d|%s\n", i, strings.Repeat("abcd"[i%4:i%4+1], i%5)))
		}
		d.change()
		d.buildTree(t)
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			tree := d.openTree(true)
			if tree == nil {
				t.Fatalf("no index of version %d", d.id)
			}
			for range rapid.IntRange(0, 8).Draw(t, "changes") {
				if !d.changeLines(t, tree) {
					t.Fatal("not followed")
				}
			}
			d.checkTree(t, tree)
			if !tree.Flush() {
				t.Fatal("not flushed")
			}
			if rapid.Bool().Draw(t, "compact") && !tree.Compact(d.dir, "t,1.ordered") {
				t.Fatal("not compacted")
			}
			tree.Close()
		}
		tree := d.openTree(false)
		d.checkTree(t, tree)
		d.checkCounts(t, tree)
		tree.Close()
	})
}

// checkCounts compares what is counted with what a scan finds.
func (d *doc) checkCounts(t *rapid.T, tree *Tree) {
	all := d.naive()
	keys := map[string]bool{}
	for _, f := range all {
		keys[string(f.Key)] = true
	}
	if entries, distinct, err := tree.Count(); err != nil || int(entries) != len(all) || int(distinct) != len(keys) {
		t.Fatalf("%d entries, %d distinct, %v; want %d, %d", entries, distinct, err, len(all), len(keys))
	}
}

// changeLines changes a few lines of the text at once.
func (d *doc) changeLines(t *rapid.T, tree *Tree) bool {
	var c Change
	c.Plain = true
	var lines []string
	old, now := int64(0), int64(0)
	for i, line := range d.lines {
		n := int64(len(line))
		fresh := []string{line}
		if i > 0 && rapid.IntRange(0, len(d.lines)).Draw(t, "touch") < 3 {
			fresh = nil
			for range rapid.IntRange(0, 2).Draw(t, "lines") {
				fresh = append(fresh, someLine(t, i))
			}
			s := Splice{Off: old, Removed: n}
			at := now
			for _, line := range fresh {
				d.take([]byte(line), func(key []byte) { c.Rows = append(c.Rows, Inserted{key, at}) })
				at += int64(len(line))
				s.Added += int64(len(line))
			}
			c.Splices = append(c.Splices, s)
		}
		for _, line := range fresh {
			now += int64(len(line))
		}
		lines = append(lines, fresh...)
		old += n
	}
	d.lines = lines
	d.change()
	return tree.Follow(d.version(), c)
}

// TestLargeTree has keys that differ and keys of which there are thousands, on several levels of pages.
func TestLargeTree(t *testing.T) {
	d := newDoc(t)
	d.lines = []string{"key|value\n"}
	for i := range 60_000 {
		cell := fmt.Sprintf("value number %d of these, %d", i*7919%60_000, i)
		if i%3 == 0 {
			cell = "one of many"
		}
		d.lines = append(d.lines, fmt.Sprintf("k%d|%s\n", i, cell))
	}
	d.change()
	d.buildTree(t)
	tree := d.openTree(false)
	defer tree.Close()
	all := d.naive()
	if !sameFound(all, collect(t, tree.Range(nil, nil))) || !sameFound(backward(all), collect(t, tree.Backwards(nil, nil))) {
		t.Fatal("the entries are others, or in another order")
	}
	if tree.Entries() != 60_000 || tree.Distinct() != 40_001 {
		t.Errorf("%d entries, %d distinct", tree.Entries(), tree.Distinct())
	}
	for _, r := range [][2]string{{"one of many", "one of many\x00\x02"}, {"value number 1", "value number 2"}, {"x", "y"}} {
		want := len(between(all, []byte(r[0]), []byte(r[1])))
		if got := int(tree.Estimate([]byte(r[0]), []byte(r[1]))); got < want*9/10-5 || got > want*11/10+5 {
			t.Errorf("%q to %q: %d are estimated, there are %d", r[0], r[1], got, want)
		}
	}
}

// TestTreeRefuses has texts of which no tree is made.
func TestTreeRefuses(t *testing.T) {
	d := newDoc(t)
	d.fill(2000)
	for _, c := range []struct {
		name   string
		limits Limits
		cell   int
		want   Refusal
	}{
		{"size", Limits{4096, 1 << 20}, 10, TooLarge},
		{"memory", Limits{1 << 20, 4096}, 10, Memory},
		{"long key", Limits{1 << 20, 1 << 20}, MaxKey - 1, LongKey},
		{"none", Limits{1 << 20, 1 << 20}, MaxKey - 2, None},
	} {
		d.lines[77] = "key|" + strings.Repeat("x", c.cell) + "\n"
		d.change()
		refused, err := BuildTree(d.dir, "t,1.ordered", Ordered, d.version(), bytes.NewReader(d.text), secondCell, c.limits)
		if refused != c.want || err != nil {
			t.Errorf("%s: %v %v", c.name, refused, err)
		}
	}
	tree := d.openTree(true)
	defer tree.Close()
	next := d.version()
	next.ID++
	if tree.Follow(next, Change{Rows: []Inserted{{make([]byte, MaxKey+1), 3}}}) {
		t.Error("a long key is followed")
	}
}

// TestNowhere has no place to write an index to: the text is not read for one.
func TestNowhere(t *testing.T) {
	d := newDoc(t)
	d.fill(3)
	for _, name := range []string{"t.hashmap", "t,1.ordered"} {
		if err := os.MkdirAll(filepath.Join(filepath.Dir(d.path), tempName(name), "full"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if built, err := Build(d.dir, "t", d.version(), unread{t}, firstCell, 3, 1<<20); built || err == nil {
		t.Errorf("built: %v %v", built, err)
	}
	if _, err := BuildTree(d.dir, "t,1.ordered", Ordered, d.version(), unread{t}, secondCell, Limits{1 << 20, 1 << 20}); err == nil {
		t.Error("a tree is built")
	}
}

// unread is a text that must not be read.
type unread struct{ t *testing.T }

func (u unread) ReadAt([]byte, int64) (int, error) {
	u.t.Error("it is read")
	return 0, os.ErrClosed
}

// TestTreeDamage flips a bit here and there: what is then returned, before an error, is the beginning of what there was.
func TestTreeDamage(t *testing.T) {
	d := newDoc(t)
	d.fill(600)
	d.buildTree(t)
	path := filepath.Join(filepath.Dir(d.path), "t,1.ordered")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := d.naive()
	for at := 0; at < len(whole); at += 13 {
		b := bytes.Clone(whole)
		b[at] ^= 1 << (at % 8)
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		tree := d.openTree(false)
		if tree == nil {
			continue
		}
		i, failed := 0, false
		for f, err := range tree.Range(nil, nil) {
			if failed = err != nil; failed {
				break
			}
			if i == len(all) || !bytes.Equal(f.Key, all[i].Key) || f.At != all[i].At {
				t.Fatalf("byte %d: entry %d is %q", at, i, f.Key)
			}
			i++
		}
		if !failed && i < len(all) {
			t.Fatalf("byte %d: %d entries and no error", at, i)
		}
		tree.Close()
	}
}

// FuzzTree opens damaged trees: nothing panics or goes on for ever.
func FuzzTree(f *testing.F) {
	d := &doc{kind: Ordered, take: secondCell}
	folder := f.TempDir()
	d.path = filepath.Join(folder, "t,1.ordered")
	d.dir = openDir(f, folder)
	d.lines = []string{"key|value\n"}
	for i := range 500 {
		d.lines = append(d.lines, fmt.Sprintf("k%d|%d\n", i, i*7919%500))
	}
	d.change()
	d.buildTree(f)
	tree := d.openTree(true)
	old := d.version()
	d.id++
	tree.Follow(d.version(), Change{Splices: []Splice{{old.Size - 3, 3, 3}}, Rows: []Inserted{{[]byte("3\x00\x01"), old.Size - 3}}, Plain: true})
	tree.Flush()
	tree.Close()
	whole, err := os.ReadFile(d.path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, uint32(0))
	f.Add(whole[headSize:headSize+64], uint32(headSize+treePage))
	f.Add(whole[len(whole)-64:], uint32(len(whole)-64))
	f.Fuzz(func(t *testing.T, b []byte, at uint32) {
		file := bytes.Clone(whole)
		copy(file[int(at)%len(file):], b)
		binary.LittleEndian.PutUint32(file[headSum:], crc32.ChecksumIEEE(file[:headSum]))
		end := headSize + (len(file)-headSize)/treePage*treePage
		number := uint64(0)
		for page := range slices.Chunk(file[headSize:end], treePage) {
			binary.LittleEndian.PutUint32(page, pageSum(binary.LittleEndian.Uint64(file[16:]), number, page))
			number++
		}
		if err := os.WriteFile(d.path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		for _, v := range []Version{old, d.version()} {
			tree := OpenTree(d.dir, "t,1.ordered", Ordered, v, false)
			if tree == nil {
				continue
			}
			n := 0
			for range tree.Range([]byte("2"), []byte("4")) {
				n++
			}
			for range tree.Backwards(nil, nil) {
				n++
			}
			if n > len(file)*2 {
				t.Errorf("%d entries of %d bytes", n, len(file))
			}
			tree.Estimate([]byte("1"), nil)
			tree.Close()
		}
	})
}
