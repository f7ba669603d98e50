package index

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/row"
)

var update = flag.Bool("update", false, "write the vectors anew")

// The table of the examples, and what it became.
const (
	manBefore = "key|value\npage.a|10\npage.b|x\npage.c|9\n"
	manAfter  = "key|value\npage.a|10\npage.b|12\npage.c|9\n"
)

func manVersion(id uint64, text string, column int) Version {
	return Version{ID: id, Hash: xxh3.Hash128([]byte(text)).Bytes(), Size: int64(len(text)), Of: Columns([]int{column})}
}

func manTake(record []byte, add func([]byte)) error {
	content, _ := row.Cell(record, 1)
	add(cell.AppendKey(nil, cell.Undeclared.Read(content, false)))
	return nil
}

// manWords takes the modifiers of the keys of the vectors.
func manWords(record []byte, add func([]byte)) error {
	content, _ := row.Cell(record, 0)
	for _, word := range bytes.Split(content, []byte("@"))[1:] {
		add(append(bytes.Clone(word), 0))
	}
	return nil
}

// The table of the example of modifiers, and what it became.
const (
	manKeys    = "key|value\npage.a@de|1\npage.a@prod@en|2\npage.b|3\n"
	manMoreKey = manKeys + "page.b@de@prod|4\n"
)

// manModifiers makes an index of modifiers with a change.
func manModifiers(t *testing.T, dir *durable.Dir) {
	v, next := manVersion(1772366400000000001, manKeys, 0), manVersion(1772366401000000001, manMoreKey, 0)
	if _, err := BuildTree(dir, "text,key", Modifier, v, strings.NewReader(manKeys), manWords, Limits{1 << 20, 1 << 20}); err != nil {
		t.Fatal(err)
	}
	tree := OpenTree(dir, "text,key", Modifier, v, true)
	defer tree.Close()
	at := int64(len(manKeys))
	change := Change{Splices: []Splice{{at, 0, int64(len(manMoreKey)) - at}}, Plain: true}
	manWords([]byte(manMoreKey[at:]), func(key []byte) { change.Rows = append(change.Rows, Inserted{key, at}) })
	tree.Follow(next, change)
	tree.Flush()
}

// expected is what the vectors hold.
var expected = map[string]string{
	"keys": "page.a 10, page.b 20, page.c 30", "ordered": "9 30, 10 10, 12 20", "modifier": "de 10, de 48, en 22, prod 22, prod 48",
}

// manFiles makes the files of the vectors: an index of the keys, one of the values and one of modifiers, each with a change.
func manFiles(t *testing.T) map[string][]byte {
	t.Helper()
	folder := t.TempDir()
	dir := openDir(t, folder)
	at := int64(strings.Index(manBefore, "page.b"))
	change := Change{Splices: []Splice{{at, 9, 10}}, Plain: true}

	v, next := manVersion(1772366400000000001, manBefore, 0), manVersion(1772366401000000001, manAfter, 0)
	if _, err := Build(dir, "text", v, strings.NewReader(manBefore), firstCell, 3, 1<<20); err != nil {
		t.Fatal(err)
	}
	m := Open(dir, "text", v, true)
	change.Rows = []Inserted{{[]byte("page.b"), at}}
	m.Follow(next, change)
	m.Flush()
	m.Close()

	v.Of, next.Of = Columns([]int{1}), Columns([]int{1})
	if _, err := BuildTree(dir, "text,value", Ordered, v, strings.NewReader(manBefore), manTake, Limits{1 << 20, 1 << 20}); err != nil {
		t.Fatal(err)
	}
	tree := OpenTree(dir, "text,value", Ordered, v, true)
	change.Rows = nil
	manTake([]byte("page.b|12\n"), func(key []byte) { change.Rows = []Inserted{{key, at}} })
	tree.Follow(next, change)
	tree.Flush()
	tree.Close()

	manModifiers(t, dir)
	files := map[string][]byte{}
	for name, path := range map[string]string{"keys": "text.hashmap", "ordered": "text,value", "modifier": "text,key"} {
		b, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	return files
}

// dump prints a file as xxd does, without the lines that hold zeros alone.
func dump(b []byte) string {
	var s strings.Builder
	for at := 0; at < len(b); at += 16 {
		line := b[at:min(at+16, len(b))]
		if bytes.Count(line, []byte{0}) == len(line) {
			continue
		}
		fmt.Fprintf(&s, "%08x:", at)
		for i := 0; i < len(line); i += 2 {
			fmt.Fprintf(&s, " %x", line[i:min(i+2, len(line))])
		}
		s.WriteByte('\n')
	}
	return s.String()
}

// undump reads what dump printed.
func undump(t *testing.T, text string) (b []byte) {
	t.Helper()
	for line := range strings.Lines(text) {
		at, digits, _ := strings.Cut(line, ": ")
		n, err := strconv.ParseInt(at, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		part, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(digits), " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		b = append(append(b, make([]byte, int(n)-len(b))...), part...)
	}
	return b
}

// TestVectors reads and writes the files in testdata/index.
func TestVectors(t *testing.T) {
	for name, want := range manFiles(t) {
		path := "../../testdata/index/" + name + ".txt"
		if *update {
			text := fmt.Sprintf("# %s: %d bytes; lines of zeros are left out\n# expect: version 1772366401000000001: %s\n%s", name, len(want), expected[name], dump(want))
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitN(string(b), "\n", 3)
		_, expect, _ := strings.Cut(lines[1], "0001: ")
		file := undump(t, lines[2])
		if !bytes.Equal(file, want) {
			t.Errorf("%s: is not what is written:\n%s", name, cmp.Diff(dump(want), lines[2]))
		}
		if got := held(t, file, name); got != expect || got != expected[name] {
			t.Errorf("%s: holds %s, want %s", name, got, expect)
		}
	}
}

// held returns what an index holds of the last version of the examples.
func held(t *testing.T, file []byte, name string) string {
	t.Helper()
	folder := t.TempDir()
	dir := openDir(t, folder)
	if err := os.WriteFile(filepath.Join(folder, "text.hashmap"), file, 0o666); err != nil {
		t.Fatal(err)
	}
	var list []string
	if name == "keys" {
		v := manVersion(1772366401000000001, manAfter, 0)
		m := Open(dir, "text", v, false)
		if m == nil || m.At() != v {
			t.Fatal("no such index")
		}
		defer m.Close()
		for _, key := range []string{"page.a", "page.b", "page.c", "page.d"} {
			places, _ := m.Find([]byte(key))
			for _, at := range places {
				list = append(list, fmt.Sprint(key, " ", at))
			}
		}
		return strings.Join(list, ", ")
	}
	kind, v := Ordered, manVersion(1772366401000000001, manAfter, 1)
	if name == "modifier" {
		kind, v = Modifier, manVersion(1772366401000000001, manMoreKey, 0)
	}
	tree := OpenTree(dir, "text.hashmap", kind, v, false)
	if tree == nil || tree.At() != v {
		t.Fatal("no such index")
	}
	defer tree.Close()
	for _, f := range collect(t, tree.Range(nil, nil)) {
		if name == "modifier" {
			list = append(list, fmt.Sprint(string(f.Key[:len(f.Key)-1]), " ", f.At))
			continue
		}
		content, _ := row.Cell([]byte(manAfter[f.At:]), 1)
		list = append(list, fmt.Sprint(string(content), " ", f.At))
	}
	return strings.Join(list, ", ")
}

// TestManExample decodes the file that reed-index(5) shows.
func TestManExample(t *testing.T) {
	page, err := os.ReadFile("../../man/reed-index.5")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "lines of zeros left out:\n.Bd -literal\n")
	example, _, _ = strings.Cut(example, ".Ed\n")
	if got := held(t, undump(t, example), "ordered"); got != expected["ordered"] {
		t.Errorf("it holds %s", got)
	}
	if diff := cmp.Diff(dump(manFiles(t)["ordered"]), example); diff != "" {
		t.Error(diff)
	}
	_, text, _ := strings.Cut(string(page), "The table was\n.Bd -literal -offset indent\n")
	text, _, _ = strings.Cut(text, ".Ed\n")
	if text != manBefore {
		t.Errorf("the table is %q", text)
	}
}
