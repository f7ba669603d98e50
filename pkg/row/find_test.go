package row

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"pgregory.net/rapid"
)

// findReader is FindReader with chunks of any size.
func findReader(r io.ReaderAt, size int, key []byte, columns []int, each func([]byte), chunk int) (Row, []byte, bool, error) {
	f, err := newFinder(key, columns)
	if err != nil {
		return Row{}, nil, false, err
	}
	f.stride = chunk
	s := search{finder: f, in: io.NewSectionReader(r, 0, int64(size)), chunk: chunk}
	return s.result(r, each)
}

// Find, and FindReader whatever its chunks, return the first row with the key, for every key there is and some there are
// not, on every choice of key columns.
func TestFindIsTheFirstRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := samples(t)
		width := len(s.cells[0])
		columns := rapid.SliceOfNDistinct(rapid.IntRange(0, width-1), 0, width, rapid.ID[int]).Draw(t, "columns")
		chunk := rapid.IntRange(1, 40).Draw(t, "chunk")
		keys := [][]byte{[]byte("none"), {}, []byte("a")}
		for i := range s.cells {
			keys = append(keys, Key(s.text[s.rows[i].Body:s.rows[i].End], columns))
		}
		for _, key := range keys {
			if len(columns) > 1 {
				if cells, err := SplitKey(key, len(columns)); err != nil || !bytes.Equal(JoinKey(cells), key) {
					continue
				}
			}
			want, found := first(s, key, columns)
			got, ok, err := Find(s.text, key, columns)
			if diff := cmp.Diff(want, got); diff != "" || ok != found || err != nil {
				t.Fatalf("%q, key %q of %v: %v, %v\n%s", s.text, key, columns, ok, err, diff)
			}
			var seen []byte
			got, record, ok, err := findReader(bytes.NewReader(s.text), len(s.text), key, columns, func(b []byte) { seen = append(seen, b...) }, chunk)
			if diff := cmp.Diff(want, got); diff != "" || ok != found || err != nil || !bytes.Equal(record, s.text[want.Body:want.End]) {
				t.Fatalf("%q, key %q of %v by %d: %v, %v\n%s", s.text, key, columns, chunk, ok, err, diff)
			}
			if !bytes.Equal(seen, s.text) {
				t.Fatalf("%q: each saw %q", s.text, seen)
			}
		}
	})
}

// first finds the first row of a sample with the key by looking at each.
func first(s sample, key []byte, columns []int) (Row, bool) {
	if len(columns) == 0 {
		columns = []int{0}
	}
	for i, cells := range s.cells[1:] {
		var parts []string
		for _, c := range columns {
			parts = append(parts, cells[c])
		}
		if bytes.Equal(JoinKey(fields(parts)), key) {
			return s.rows[i+1], true
		}
	}
	return Row{}, false
}

func TestFindRefusesKeysOfOtherWidth(t *testing.T) {
	for _, key := range []string{"a", "a|b|c", `"a`, "a|b\nc"} {
		if _, _, err := Find([]byte("k|l\na|b\n"), []byte(key), []int{0, 1}); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", key, err)
		}
		if _, _, _, err := FindReader(bytes.NewReader(nil), 0, []byte(key), []int{0, 1}, nil); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestKeyOfShortRows(t *testing.T) {
	for _, columns := range [][]int{{2}, {0, 2}, {-1}} {
		if key := Key([]byte("a|b\n"), columns); key != nil {
			t.Errorf("%v: %q", columns, key)
		}
	}
	if key := Key([]byte("|b\n"), nil); key == nil || len(key) != 0 {
		t.Errorf("an empty key is %q", key)
	}
}

func TestFindReaderStopsAndReports(t *testing.T) {
	text := table(20_000)
	bad := iotest.ErrReader(errors.New("the disk is gone"))
	reader := readerAt{bytes.NewReader(text), bad, int64(len(text) / 2)}
	if _, _, ok, err := FindReader(reader, int64(len(text)), []byte("page.section.key000007@de"), nil, nil); !ok || err != nil {
		t.Error("a row before the bad place is not found:", err)
	}
	if _, _, _, err := FindReader(reader, int64(len(text)), []byte("none"), nil, nil); err == nil {
		t.Error("the error is lost")
	}
}

// readerAt fails from offset bad on.
type readerAt struct {
	io.ReaderAt
	failing io.Reader
	bad     int64
}

func (r readerAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > r.bad {
		return r.failing.Read(p)
	}
	return r.ReaderAt.ReadAt(p, off)
}

func FuzzFind(f *testing.F) {
	f.Add([]byte("k|v\na|\"b\nc\"\n#x\nc|d\n"), []byte("c"), uint8(3))
	f.Add([]byte(bom+"# a\nk\n\"\"\r\n\"#\"\"\"|x\r\n\r"), []byte("#\""), uint8(1))
	f.Add([]byte("k|v\na|\"b"), []byte("b"), uint8(9))
	f.Fuzz(func(t *testing.T, text, key []byte, chunk uint8) {
		rows, _, err := scan(text)
		want, found := Row{}, false
		for i := len(rows) - 1; i > 0; i-- {
			if record := text[rows[i].Body:rows[i].End]; len(record) > 0 && bytes.Equal(Key(record, nil), key) {
				want, found = rows[i], true
			}
		}
		if !found && err != nil {
			return // where rows end is not known
		}
		got, ok, err := Find(text, key, nil)
		if got != want || ok != found || err != nil {
			t.Fatalf("%v, %v, %v; want %v", got, ok, err, want)
		}
		got, _, ok, err = findReader(bytes.NewReader(text), len(text), key, nil, nil, int(chunk)+1)
		if got != want || ok != found || err != nil {
			t.Fatalf("by reader: %v, %v, %v; want %v", got, ok, err, want)
		}
	})
}

func table(n int) []byte {
	var b bytes.Buffer
	b.WriteString("key|value|comment\n")
	for i := range n {
		fmt.Fprintf(&b, "page.section.key%06d@de|some text that is about as long as texts are|a comment on it\n", i)
	}
	return b.Bytes()
}

func BenchmarkFind(b *testing.B) {
	text := table(100_000)
	key := []byte("page.section.key099990@de")
	b.Run("memory", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			Find(text, key, nil)
		}
	})
	b.Run("reader", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			FindReader(bytes.NewReader(text), int64(len(text)), key, nil, nil)
		}
	})
}
