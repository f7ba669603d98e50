package row

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"pgregory.net/rapid"
)

// TestVectors reads testdata/row: an "expect:" line for each record, as a JSON array of its cells, or for each problem that
// Check finds; a line "---"; then the text.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../testdata/row/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, text, _ := strings.Cut(string(content), "---\n")
			if diff := cmp.Diff(head, expectation([]byte(text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func expectation(text []byte) string {
	var b strings.Builder
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	_, cells, err := scan(text)
	for _, record := range cells {
		b.WriteString("expect: ")
		out.Encode(record)
	}
	if err == nil {
		err = Check(text, nil)
	}
	if err != nil {
		b.WriteString("expect: " + strings.ReplaceAll(err.Error(), "\n", "\nexpect: ") + "\n")
	}
	return b.String()
}

func TestNextSplitsExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := samples(t)
		rows, cells, err := scan(s.text)
		if err != nil {
			t.Fatalf("%q: %v", s.text, err)
		}
		if diff := cmp.Diff(s.rows, rows) + cmp.Diff(s.cells, cells); diff != "" {
			t.Fatalf("%q:\n%s", s.text, diff)
		}
		n, err := Count(s.text)
		if n != len(s.cells)-1 || err != nil {
			t.Fatalf("%q: counted %d, %v", s.text, n, err)
		}
		columns, end, err := Header(s.text)
		if diff := cmp.Diff(s.cells[0], columns); diff != "" || end != s.rows[0].End || err != nil {
			t.Fatalf("%q: %d, %v\n%s", s.text, end, err, diff)
		}
	})
}

func TestTextsWithoutRows(t *testing.T) {
	for _, text := range []string{"", "\n", "\r\n\n", "# only a comment", bom, bom + "#\n", "\r"} {
		if n, err := Count([]byte(text)); n != 0 || err != nil {
			t.Errorf("%q: %d, %v", text, n, err)
		}
		if _, _, err := Header([]byte(text)); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", text, err)
		}
		if err := Check([]byte(text), nil); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", text, err)
		}
		if _, ok, err := Find([]byte(text), []byte("a"), nil); ok || err != nil {
			t.Errorf("%q: %v, %v", text, ok, err)
		}
	}
}

func TestMalformedRowsAreNamed(t *testing.T) {
	tests := []struct{ text, want string }{
		{"k|v\na|\"open\nb|c\n", "line 2: a quote is opened and never closed"},
		{"k|v\n# c\n\na|b\n\"", "line 5: a quote is opened and never closed"},
		{"k|v\na|\"two\nlines\"x|c\n", "line 3: a closing quote is not followed by a separator or a line end"},
		{"\"k\" |v\n", "line 1: a closing quote is not followed by a separator or a line end"},
		{"k|\"v\"\rx\n", "line 1: a closing quote is not followed by a separator or a line end"},
	}
	for _, test := range tests {
		text := []byte(test.text)
		_, _, err := scan(text)
		_, count := Count(text)
		_, _, find := Find(text, []byte("none"), nil)
		_, _, _, read := findReader(bytes.NewReader(text), len(text), []byte("none"), nil, nil, 3)
		for i, err := range []error{err, count, find, read, Check(text, nil)} {
			if fault.KindOf(err) != fault.Input || err.Error() != test.want {
				t.Errorf("%q, reader %d: %v, want %s", test.text, i, err, test.want)
			}
		}
	}
}

// On the real tables of the old format, which are there on some machines only: what is read is what is written.
func TestRealTables(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/reed02/*/*.csv")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, cells, err := scan(text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var whole, rewritten []byte
		for i, r := range rows {
			whole = append(whole, text[r.Start:r.End]...)
			rewritten = append(rewritten, text[r.Start:r.Body]...)
			if r.Body < r.End {
				end := text[r.Body:r.End]
				rewritten = AppendRecord(rewritten, fields(cells[i]), string(end[len(bytes.TrimRight(end, "\r\n")):]))
			}
		}
		if !bytes.Equal(whole, text) {
			t.Errorf("%s: the rows are not the text", file)
		}
		if n, err := Count(text); err != nil || n != max(len(cells)-1, 0) {
			t.Errorf("%s: counted %d, %v", file, n, err)
		}
		if _, again, err := scan(rewritten); err != nil || cmp.Diff(cells, again) != "" {
			t.Errorf("%s: written anew it reads otherwise: %v", file, err)
		}
		for i, r := range rows {
			if r.Body == r.End {
				continue
			}
			same, err := Replace(nil, text[r.Body:r.End], []Edit{{0, []byte(cells[i][0])}})
			if err != nil || !bytes.Equal(same, text[r.Body:r.End]) {
				t.Errorf("%s: an edit that changes nothing makes %q", file, same)
			}
		}
	}
}

func FuzzNext(f *testing.F) {
	for _, s := range []string{"", "k|v\na|1\n", bom + "# c\r\nk|\"v\n\"\"\"|x\r\n\r\n", "k\n\"\"\n\"#\"\n\r", "a|\"b\"c\n", "\"a\r\n|\"\r"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, cells, err := scan(text)
		if err != nil && fault.KindOf(err) != fault.Input {
			t.Fatal(err)
		}
		if _, count := Count(text); (count == nil) != (err == nil) {
			t.Fatalf("Count says %v, Next %v", count, err)
		}
		if checked := Check(text, nil); err != nil && checked == nil {
			t.Fatalf("Check accepts what Next refuses: %v", err)
		}
		var at int
		for _, r := range rows {
			if r.Start != at {
				t.Fatalf("a row begins at %d, not %d", r.Start, at)
			}
			at = r.End
		}
		if err == nil && at != len(text) {
			t.Fatalf("the rows end at %d of %d", at, len(text))
		}
		var written []byte
		for _, record := range cells {
			written = AppendRecord(written, fields(record), "\n")
		}
		if _, again, err := scan(written); err != nil || cmp.Diff(cells, again) != "" {
			t.Fatalf("%q reads otherwise: %v", written, err)
		}
	})
}

func BenchmarkCount(b *testing.B) {
	text := table(100_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if n, err := Count(text); n != 100_000 || err != nil {
			b.Fatal(n, err)
		}
	}
}
