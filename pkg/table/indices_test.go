package table

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/row"
)

// valued is a row as a scan finds it: its offset, and the cell of the column value.
type valued struct {
	at   int64
	text string
}

func (f *fixture) scan(t *testing.T, column int) (all []valued) {
	t.Helper()
	text := f.current(t)
	err := row.Each(strings.NewReader(text), int64(len(text)), func(at int64, record []byte) error {
		content, _ := row.Cell(record, column)
		all = append(all, valued{at, string(content)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// read returns what seq yields.
func read(t *testing.T, seq func(func(int64, error) bool)) (list []int64) {
	t.Helper()
	for at, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, at)
	}
	return list
}

// ordered returns the offsets of rows with a value between two, in the order of an index.
func orderedScan(all []valued, low, high cell.Value, descending bool) (list []int64) {
	var in []valued
	value := func(v valued) cell.Value { return cell.Undeclared.Read([]byte(v.text), false) }
	for _, v := range all {
		if cell.Order(value(v), low) >= 0 && cell.Order(value(v), high) < 0 {
			in = append(in, v)
		}
	}
	slices.SortStableFunc(in, func(a, b valued) int {
		c := cell.Order(value(a), value(b))
		if descending {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.at, b.at))
	})
	for _, v := range in {
		list = append(list, v.at)
	}
	return list
}

// modifiers are some that keys have, in several orders and more than there may be.
var modifiers = []string{"de", "en", "prod", "de@prod", "prod@de", "winter@fr@beta", "de@en", "de@de"}

var plainValue = regexp.MustCompile(`(?m)^(k\d*(\d))\|(plain|\d+)\|`)

// withModifiers has keys with modifiers in some cells of the column value, in one spelling or another.
func withModifiers(text string) string {
	return plainValue.ReplaceAllStringFunc(text, func(row string) string {
		parts := plainValue.FindStringSubmatch(row)
		switch key := "page." + parts[1]; parts[2] {
		case "0":
			return parts[1] + "|" + key + "@de@prod|"
		case "3":
			return parts[1] + `|"` + key + `<en,beta>"|`
		case "5":
			return parts[1] + "|" + key + "@en@de|"
		case "6":
			return parts[1] + "|" + key + "@DE|"
		}
		return row
	})
}

// haveModifier returns where the rows stand whose value, as a key by some words, has a modifier.
func haveModifier(all []valued, word string) (list []int64) {
	for _, v := range all {
		for _, found := range rbks.AppendModifiers(nil, []byte(v.text)) {
			if string(found) == word {
				list = append(list, v.at)
			}
		}
	}
	return list
}

// TestIndicesFollow changes a table in every way there is: what its indices find is what a scan finds, and what they find when
// they are made anew.
func TestIndicesFollow(t *testing.T) {
	for name, start := range map[string]string{"plain": withModifiers(plainTable()), "quoted": withModifiers(indexed()), "small": "key|value|note\nk1|1|\nk2|x|\n"} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, start)
			for _, kind := range []IndexKind{HashIndex, OrderedIndex, ModifierIndex} {
				if _, err := f.CreateIndex("value", kind); err != nil {
					t.Fatal(err)
				}
			}
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			c := changer{f, rand.New(rand.NewPCG(seed, 3)), name == "plain"}
			for n := range 40 {
				if name == "small" {
					f.must(t)(f.Set(1, []string{fmt.Sprintf("k%d", c.IntN(5))}, []Assignment{{Column: "value", Value: strings.Repeat("9\n", c.IntN(2)) + c.value()}}))
				} else {
					c.change(t, n)
				}
				ready := f.checkIndices(t, c.Rand)
				if name == "plain" && !ready {
					t.Errorf("step %d: an index was not followed", n)
				}
			}
			if _, err := f.RebuildIndices(); err != nil {
				t.Fatal(err)
			}
			if !f.checkIndices(t, c.Rand) {
				t.Error("rebuilt, and not ready")
			}
		})
	}
}

// checkIndices compares the indices of the column value with a scan, and reports whether all were up to date.
func (f *fixture) checkIndices(t *testing.T, random *rand.Rand) bool {
	t.Helper()
	r, err := f.Reading()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	statuses, err := r.IndexStatuses()
	if err != nil {
		t.Fatal(err)
	}
	ready := !slices.ContainsFunc(statuses, func(s IndexStatus) bool { return s.Kind != KeyIndex && s.State != IndexReady })
	list, err := f.Indices()
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	all := f.scan(t, 1)
	for _, x := range list {
		i, err := r.OpenIndex(x)
		if err != nil || i == nil {
			t.Fatal(i, err)
		}
		if x.Kind == ModifierIndex {
			checkModifiers(t, i, all)
			continue
		}
		content := fmt.Sprint(random.IntN(97))
		var want []int64
		for _, v := range all {
			if v.text == content {
				want = append(want, v.at)
			}
		}
		if got := read(t, i.Equal([]byte(content))); !slices.Equal(got, want) {
			t.Fatalf("%s: %q is at %v, a scan finds %v", x.Kind, content, got, want)
		}
		if x.Kind == HashIndex {
			continue
		}
		low, high := cell.FromInteger(int64(random.IntN(97))-10), cell.FromText([]byte("q"))
		for _, descending := range []bool{false, true} {
			want := orderedScan(all, low, high, descending)
			if got := read(t, i.Range(i.Key(low), i.Key(high), descending)); !slices.Equal(got, want) {
				t.Fatalf("a range, descending %v: %d rows, a scan finds %d", descending, len(got), len(want))
			}
		}
	}
	return ready
}

// value draws a number or a key.
func (c changer) value() string {
	if c.IntN(2) == 0 {
		return "page.a@" + modifiers[c.IntN(len(modifiers))]
	}
	return fmt.Sprint(c.IntN(100) - 50)
}

// checkModifiers compares an index of modifiers with a scan: what has one word, and what has two.
func checkModifiers(t *testing.T, i *RowIndex, all []valued) {
	t.Helper()
	words := []string{"de", "en", "fr", "prod", "winter", "beta", "d", "DE", ""}
	have := map[string][]int64{}
	for _, word := range words {
		have[word] = haveModifier(all, word)
	}
	for _, a := range words {
		if got := read(t, i.Equal([]byte(a))); !slices.Equal(got, have[a]) {
			t.Fatalf("%q is at %v, a scan finds %v", a, got, have[a])
		}
		if n, want := i.EstimateEqual([]byte(a)), int64(len(have[a])); n < want || n > i.Entries() {
			t.Errorf("%q: %d are estimated, there are %d", a, n, want)
		}
		for _, b := range words {
			var both []int64
			for _, at := range have[a] {
				if _, found := slices.BinarySearch(have[b], at); found {
					both = append(both, at)
				}
			}
			if got := read(t, i.All([][]byte{[]byte(a), []byte(b)})); !slices.Equal(got, both) {
				t.Fatalf("%q and %q are at %v, a scan finds %v", a, b, got, both)
			}
		}
	}
}

// TestIndexDefinitions creates and drops indices, and damages the file that names them.
func TestIndexDefinitions(t *testing.T) {
	f := newFixture(t, "key|value|note\nk1|1|a\nk2|x|b\n")
	kind := func(err error) fault.Kind { return fault.KindOf(err) }
	if _, err := f.CreateIndex("nothing", HashIndex); kind(err) != fault.NotFound {
		t.Errorf("a column that is not there: %v", err)
	}
	for _, x := range []Index{{"value", OrderedIndex, 0}, {"note", HashIndex, 0}, {"value", HashIndex, 0}, {"key", ModifierIndex, 0}} {
		if got, err := f.CreateIndex(x.Column, x.Kind); err != nil || got != x {
			t.Errorf("%+v: %+v %v", x, got, err)
		}
	}
	if _, err := f.CreateIndex("value", OrderedIndex); kind(err) != fault.No {
		t.Errorf("one that is there: %v", err)
	}
	for _, none := range []IndexKind{0, KeyIndex, ModifierIndex + 1} {
		if _, err := f.CreateIndex("value", none); kind(err) != fault.Input {
			t.Errorf("kind %d: %v", none, err)
		}
	}
	path := filepath.Join(f.dir, indicesFile)
	const want = "modifier|undeclared|key\nhash|undeclared|note\nhash|undeclared|value\nordered|undeclared|value\n"
	if b, err := os.ReadFile(path); string(b) != want || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if dropped, err := f.DropIndex("value", OrderedIndex); err != nil || len(dropped) != 1 {
		t.Errorf("%v %v", dropped, err)
	}
	if _, err := f.DropIndex("value", OrderedIndex); kind(err) != fault.NotFound {
		t.Errorf("one that was dropped: %v", err)
	}
	if names, err := f.opt.Cache.Names(); err != nil || len(names) != 3 {
		t.Errorf("in the cache: %q %v", names, err)
	}
	for _, bad := range []string{"hash|undeclared|note", "hash|undeclared|note\nhash|undeclared|note\n", "keys|undeclared|note\n", "hash|expression|note\n", "x\n", "# hash\n", "hash|undeclared|\"note\"\n"} {
		if err := os.WriteFile(path, []byte(bad), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Indices(); kind(err) != fault.Corrupt {
			t.Errorf("%q: %v", bad, err)
		}
		f.must(t)(f.Set(1, []string{"k1"}, []Assignment{{Column: "note", Value: bad}})) // all else goes on
	}
	if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
	if dropped, err := f.DropIndex("value", 0); err != nil || len(dropped) != 2 {
		t.Errorf("%v %v", dropped, err)
	}
	for _, column := range []string{"note", "key"} {
		if _, err := f.DropIndex(column, 0); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("an empty file is left")
	}
}

// TestOversizeCell has a cell that an ordered index does not take: none is created, one that is there is left, and one of the
// kind hash takes it.
func TestOversizeCell(t *testing.T) {
	long := strings.Repeat("x", rowindex.MaxKey)
	f := newFixture(t, "key|value\nk1|1\nk2|"+long+"\n")
	if _, err := f.CreateIndex("value", OrderedIndex); fault.KindOf(err) != fault.Input {
		t.Errorf("created: %v", err)
	}
	f.must(t)(f.Set(1, []string{"k2"}, []Assignment{{Column: "value", Value: "2"}}))
	for _, kind := range []IndexKind{OrderedIndex, HashIndex} {
		if _, err := f.CreateIndex("value", kind); err != nil {
			t.Fatal(err)
		}
	}
	f.must(t)(f.Set(1, []string{"k1"}, []Assignment{{Column: "value", Value: long}}))
	r, err := f.Reading()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if i, err := r.OpenIndex(Index{"value", OrderedIndex, 0}); fault.KindOf(err) != fault.Input {
		t.Errorf("opened: %v %v", i, err)
	}
	if i, err := r.OpenIndex(Index{"value", OrderedIndex, 0}); i != nil || err != nil {
		t.Errorf("opened again: %v %v", i, err)
	}
	statuses, err := r.IndexStatuses()
	if err != nil || len(statuses) != 2 || statuses[1].State != IndexRefused {
		t.Errorf("%+v %v", statuses, err)
	}
	f.must(t)(f.Set(1, []string{"k1"}, []Assignment{{Column: "value", Value: "short"}}))
	if _, err := f.RebuildIndices(); err != nil {
		t.Error(err)
	}
	if i, err := r.OpenIndex(Index{"value", HashIndex, 0}); err != nil || len(read(t, i.Equal([]byte(long)))) != 1 {
		t.Errorf("not found by its hash: %v", err)
	}
}

// damaged damages an index, open or not, at places from an offset on, lets it be used, and looks whether it was made anew on the way.
func (f *fixture) damaged(t *testing.T, x Index, from, places int, use func(at int, i *RowIndex)) {
	t.Helper()
	path := filepath.Join(f.cache, f.treeName(x))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := from; at < len(whole); at += len(whole) / places {
		if err := os.WriteFile(path, flipped(whole, at), 0o666); err != nil {
			t.Fatal(err)
		}
		r, err := f.Reading()
		if err != nil {
			t.Fatal(err)
		}
		i, err := r.OpenIndex(x)
		if err != nil {
			t.Fatal(err)
		}
		use(at, i)
		r.Close()
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, whole) {
			t.Errorf("byte %d: the file was not made anew: %v", at, err)
		}
	}
}

// TestDamagedTree damages an index of values: nothing is missed or found twice.
func TestDamagedTree(t *testing.T) {
	f := newFixture(t, plainTable())
	x, err := f.CreateIndex("value", OrderedIndex)
	if err != nil {
		t.Fatal(err)
	}
	all := f.scan(t, 1)
	end := cell.FromText([]byte("zz"))
	for _, descending := range []bool{false, true} {
		want := orderedScan(all, cell.Value{}, end, descending)
		f.damaged(t, x, 600, 23, func(at int, i *RowIndex) {
			if got := read(t, i.Range(nil, i.Key(end), descending)); !slices.Equal(got, want) {
				t.Fatalf("byte %d, descending %v: %d rows of %d", at, descending, len(got), len(want))
			}
		})
	}
}

// TestDamagedModifiers does so with an index that has several entries of a row.
func TestDamagedModifiers(t *testing.T) {
	f := newFixture(t, withModifiers(plainTable()))
	x, err := f.CreateIndex("value", ModifierIndex)
	if err != nil {
		t.Fatal(err)
	}
	all := f.scan(t, 1)
	f.damaged(t, x, 0, 41, func(at int, i *RowIndex) {
		for _, word := range []string{"prod", "de", "beta", "en"} {
			if got, want := read(t, i.Equal([]byte(word))), haveModifier(all, word); !slices.Equal(got, want) {
				t.Fatalf("byte %d: %d rows with %q of %d", at, len(got), word, len(want))
			}
		}
	})
}

// TestForeignTree has the index of another table, of another column, of the other kind and of nothing under an index's name.
func TestForeignTree(t *testing.T) {
	f := newFixture(t, withModifiers(plainTable()))
	other := newFixture(t, strings.Replace(plainTable(), "|5|", "|6|", -1))
	x, err := f.CreateIndex("value", OrderedIndex)
	if err != nil {
		t.Fatal(err)
	}
	h, err := f.CreateIndex("value", HashIndex)
	if err != nil {
		t.Fatal(err)
	}
	n, err := f.CreateIndex("note", OrderedIndex)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.CreateIndex("value", ModifierIndex)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.CreateIndex("value", OrderedIndex); err != nil {
		t.Fatal(err)
	}
	all := f.scan(t, 1)
	for _, from := range []string{
		filepath.Join(other.cache, other.treeName(x)), filepath.Join(f.cache, f.treeName(h)), filepath.Join(f.cache, f.treeName(n)),
		filepath.Join(f.cache, f.treeName(m)), os.DevNull,
	} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []Index{x, m} {
			if err := os.WriteFile(filepath.Join(f.cache, f.treeName(x)), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		r, err := f.Reading()
		if err != nil {
			t.Fatal(err)
		}
		i, err := r.OpenIndex(x)
		if err != nil {
			t.Fatal(err)
		}
		low, high := cell.FromInteger(3), cell.FromInteger(9)
		if got := read(t, i.Range(i.Key(low), i.Key(high), false)); !slices.Equal(got, orderedScan(all, low, high, false)) {
			t.Errorf("%s: %d rows", from, len(got))
		}
		if i, err = r.OpenIndex(m); err != nil {
			t.Fatal(err)
		}
		if got, want := read(t, i.Equal([]byte("de"))), haveModifier(all, "de"); !slices.Equal(got, want) {
			t.Errorf("%s: %d rows with a modifier of %d", from, len(got), len(want))
		}
		r.Close()
	}
}

// TestIndexCounts counts what indices hold after changes, and compares that with a count of the rows.
func TestIndexCounts(t *testing.T) {
	f := newFixture(t, plainTable())
	for column, kind := range map[string]IndexKind{"value": OrderedIndex, "note": ModifierIndex} {
		if _, err := f.CreateIndex(column, kind); err != nil {
			t.Fatal(err)
		}
	}
	f.find(t, "k1")
	for n := range 20 {
		note := "page.a@" + modifiers[n%len(modifiers)]
		f.must(t)(f.Set(1, []string{fmt.Sprintf("k%d", 2*n)}, []Assignment{{Column: "value", Value: fmt.Sprint(1000 + n%3)}, {Column: "note", Value: note}}))
		f.must(t)(f.Set(1, []string{fmt.Sprintf("k%d", n)}, []Assignment{{Column: "note", Value: "page.b@de"}}))
		f.must(t)(f.Delete(1, []string{fmt.Sprintf("k%d", 2*n+1)}))
		f.must(t)(f.Set(1, []string{fmt.Sprintf("new%d", n)}, nil))
	}
	all := f.scan(t, 1)
	values, words, entries := map[string]bool{}, map[string]bool{}, 0
	for _, v := range all {
		values[v.text] = true
	}
	for _, v := range f.scan(t, 2) {
		for _, word := range rbks.AppendModifiers(nil, []byte(v.text)) {
			words[string(word)] = true
			entries++
		}
	}
	r, err := f.Reading()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	counts, err := r.IndexCounts()
	if err != nil || len(counts) != 3 || entries < 20 {
		t.Fatal(counts, entries, err)
	}
	for i, want := range [][2]int{{len(all), len(all)}, {entries, len(words)}, {len(all), len(values)}} {
		if c := counts[i]; c.Entries != int64(want[0]) || c.Distinct != int64(want[1]) || c.State != IndexReady || c.Changes == 0 {
			t.Errorf("%+v, want %d entries and distinct ones", c, want)
		}
	}
}

// TestNoIndexOfAnEdit edits current.csv by hand: no index answers for it, and none is made.
func TestNoIndexOfAnEdit(t *testing.T) {
	f := newFixture(t, plainTable())
	x, err := f.CreateIndex("value", HashIndex)
	if err != nil {
		t.Fatal(err)
	}
	text := f.current(t)
	if err := os.WriteFile(filepath.Join(f.dir, currentFile), []byte(strings.Replace(text, "k9|9|", "k9|88|", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := f.Reading()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if i, err := r.OpenIndex(x); i != nil || err != nil {
		t.Errorf("an index of an edit by hand: %v", err)
	}
	statuses, err := r.IndexStatuses()
	if err != nil || slices.ContainsFunc(statuses, func(s IndexStatus) bool { return s.State != IndexIdle }) {
		t.Errorf("%+v %v", statuses, err)
	}
	if _, err := f.CreateIndex("note", HashIndex); fault.KindOf(err) != fault.No {
		t.Errorf("created: %v", err)
	}
}

// FuzzIndices reads damaged files: what is read is written the same.
func FuzzIndices(f *testing.F) {
	f.Add([]byte("modifier|undeclared|key\nhash|undeclared|note\nordered|integer|\"a|b\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parseIndices(b)
		if err == nil && !bytes.Equal(encodeIndices(list), b) {
			t.Errorf("%q is read as %+v", b, list)
		}
	})
}

// TestTornIndex leaves of the files of indices what a power cut can: pages of 4 KiB that are zeros, or those of an earlier state, and
// a file that ends anywhere. What is found is what a scan finds, or the index is made anew.
func TestTornIndex(t *testing.T) {
	f := newFixture(t, withModifiers(plainTable()))
	x, err := f.CreateIndex("value", OrderedIndex)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.CreateIndex("value", ModifierIndex)
	if err != nil {
		t.Fatal(err)
	}
	f.find(t, "k1")
	paths := []string{filepath.Join(f.cache, f.treeName(x)), filepath.Join(f.cache, f.treeName(m)), filepath.Join(f.cache, "t.hashmap")}
	state := func() (files [][]byte) {
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, b)
		}
		return files
	}
	older := state()
	for n := range 30 {
		f.must(t)(f.Set(1, []string{fmt.Sprintf("k%d", 100*n)}, []Assignment{{Column: "value", Value: strings.Repeat("1", n)}}))
		f.must(t)(f.Delete(1, []string{fmt.Sprintf("k%d", 100*n+1)}))
		f.must(t)(f.Set(1, []string{fmt.Sprintf("k%d", 100*n+2)}, []Assignment{{Column: "value", Value: "page.a@" + modifiers[n%len(modifiers)]}}))
		f.must(t)(f.Delete(1, []string{fmt.Sprintf("k%d", 100*n+3)}))
	}
	newest := state()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 5))
	all := f.scan(t, 1)
	end := cell.FromText([]byte("zz"))
	want := orderedScan(all, cell.Value{}, end, false)
	for range 60 {
		for i, path := range paths {
			if err := os.WriteFile(path, torn(random, newest[i], older[i]), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for range 4 {
			n := random.IntN(30)
			if got, _ := f.find(t, fmt.Sprintf("k%d", 100*n)); !strings.HasPrefix(got, fmt.Sprintf("k%d|%s|", 100*n, strings.Repeat("1", n))) {
				t.Fatalf("row k%d is %q", 100*n, got)
			}
			if got, _ := f.find(t, fmt.Sprintf("k%d", 100*n+1)); got != "" {
				t.Fatalf("a deleted row is found: %q", got)
			}
		}
		r, err := f.Reading()
		if err != nil {
			t.Fatal(err)
		}
		i, err := r.OpenIndex(x)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, i.Range(nil, i.Key(end), false)); !slices.Equal(got, want) {
			t.Fatalf("%d rows of %d", len(got), len(want))
		}
		if i, err = r.OpenIndex(m); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"de", "en", "beta"} {
			if got, want := read(t, i.Equal([]byte(word))), haveModifier(all, word); !slices.Equal(got, want) {
				t.Fatalf("%d rows with %q of %d", len(got), word, len(want))
			}
		}
		r.Close()
	}
}

// torn returns a file of which some pages, and what is behind its end, may not have reached the disk.
func torn(random *rand.Rand, b, older []byte) []byte {
	const page = 4096
	b = bytes.Clone(b)
	for at := 0; at < len(b); at += page {
		end := min(at+page, len(b))
		switch random.IntN(12) {
		case 0:
			clear(b[at:end])
		case 1, 2:
			if at < len(older) {
				clear(b[at+copy(b[at:end], older[at:]) : end])
			}
		}
	}
	if random.IntN(3) == 0 {
		b = b[:random.IntN(len(b)+1)]
	}
	return b
}
