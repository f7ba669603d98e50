package row

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// rowsByNext is Each by Next over the whole text.
func rowsByNext(text []byte) (records []string, offsets []int64, err error) {
	for at, header := 0, true; ; {
		r, err := Next(text, at)
		if err == io.EOF {
			return records, offsets, nil
		}
		if err != nil {
			return records, offsets, err
		}
		at = r.End
		if r.Body == r.End {
			continue
		}
		if !header {
			records, offsets = append(records, string(text[r.Body:r.End])), append(offsets, int64(r.Body))
		}
		header = false
	}
}

func TestEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`(\x{feff})?([a|"#\r\n ]|"[a|\n#\r]*"|\r\n|""){0,40}`).Draw(t, "text"))
		want, offsets, wantErr := rowsByNext(text)
		w := window{in: bytes.NewReader(text), chunk: rapid.IntRange(1, 9).Draw(t, "chunk")}
		var got []string
		var at []int64
		var err error
		for header := true; ; header = false {
			var record []byte
			var off int64
			if record, off, err = w.next(); err != nil {
				break
			}
			if !header {
				got, at = append(got, string(record)), append(at, off)
			}
		}
		if err == io.EOF {
			err = nil
		}
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("%q: %v, by Next %v", text, err, wantErr)
		}
		if diff := cmp.Diff(want, got) + cmp.Diff(offsets, at); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
		for i, off := range offsets {
			if r, err := RecordAt(bytes.NewReader(text), int64(len(text)), off); err != nil || string(r) != want[i] {
				t.Errorf("%q at %d: %q %v", text, off, r, err)
			}
		}
	})
}

// TestLongRecords has rows longer than every window, plain and quoted.
func TestLongRecords(t *testing.T) {
	long := strings.Repeat("x\n", 300<<10)
	text := []byte("k|v\na|\"" + long + "\"\nb|" + strings.Repeat("y", 600<<10) + "\nc|1")
	var sizes []int
	err := Each(bytes.NewReader(text), int64(len(text)), func(at int64, record []byte) error {
		r, err := RecordAt(bytes.NewReader(text), int64(len(text)), at)
		if err != nil || !bytes.Equal(r, record) {
			t.Errorf("at %d: %d bytes, %v", at, len(r), err)
		}
		sizes = append(sizes, len(record))
		return nil
	})
	if diff := cmp.Diff([]int{len(long) + 5, 600<<10 + 3, 3}, sizes); diff != "" || err != nil {
		t.Error(diff, err)
	}
	stop := errors.New("stop")
	if err := Each(bytes.NewReader(text), int64(len(text)), func(int64, []byte) error { return stop }); err != stop {
		t.Error(err)
	}
	if _, err := RecordAt(strings.NewReader("k\n\"a\n"), 5, 2); err == nil {
		t.Error("a quote that is never closed")
	}
}
