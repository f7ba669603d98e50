package relation_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
)

// textOf opens a relation and reads it whole.
func textOf(t *testing.T, r plan.Relation) string {
	t.Helper()
	s, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	in := s.Stream
	if in == nil {
		in = io.NewSectionReader(s.Text, 0, s.Size)
	}
	b, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func namesOf(r plan.Relation) string {
	var names []string
	for _, c := range r.Columns() {
		names = append(names, c.Name+" "+c.Type.String())
	}
	return strings.Join(names, ", ")
}

func TestFiles(t *testing.T) {
	for _, test := range []struct{ name, file, columns, text string }{
		{"a table", "# of us\nk|v\na|1,2\n", "k undeclared, v undeclared", "# of us\nk|v\na|1,2\n"},
		{"commas", "k,v\n\"a,b\",1\n", "k undeclared, v undeclared", "k|v\na,b|1\n"},
		{"semicolons and CRLF", "k;v\r\na;1,5\r\n", "k undeclared, v undeclared", "k|v\r\na|1,5\r\n"},
		{"tabs", "\n\nk\tv\na\t1", "k undeclared, v undeclared", "\n\nk|v\na|1"},
		{"one column", "k\na,b\n", "k undeclared", "k\na,b\n"},
		{"a byte order mark", "\ufeffk,v\na,1\n", "k undeclared, v undeclared", "k|v\na|1\n"},
		{"a header of two lines", "\"k\nk\",v\na,1\n", "k\nk undeclared, v undeclared", "\"k\nk\"|v\na|1\n"},
		{"a long header", strings.Repeat("x", 40000) + ",v\na,1\n", strings.Repeat("x", 40000) + " undeclared, v undeclared", strings.Repeat("x", 40000) + "|v\na|1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "in.csv")
			if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			files := relation.Files{In: iotestReader{strings.NewReader(test.file)}}
			defer files.Close()
			file, err := files.File(path)
			if err != nil {
				t.Fatal(err)
			}
			stdin, err := files.Stdin()
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []plan.Relation{file, file, stdin} {
				if diff := cmp.Diff(test.columns, namesOf(r)); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(test.text, textOf(t, r)); diff != "" {
					t.Error(diff)
				}
			}
			if _, err := stdin.Open(); fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
				t.Errorf("a pipe is opened twice: %v", err)
			}
		})
	}
}

// iotestReader is no file, and returns little at a time.
type iotestReader struct{ r io.Reader }

func (r iotestReader) Read(p []byte) (int, error) { return r.r.Read(p[:min(len(p), 7)]) }

func TestStdinOfAFileIsReadFromWhereItStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.csv")
	os.WriteFile(path, []byte("passed\nk|v\na|1\n"), 0o600)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.Seek(7, io.SeekStart)
	files := relation.Files{In: file}
	r, err := files.Stdin()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := textOf(t, r); got != "k|v\na|1\n" {
			t.Errorf("%q", got)
		}
	}
	if again, _ := files.Stdin(); again != r {
		t.Error("standard input is another relation the second time")
	}
}

// TestLongHeaders takes one that comes in small pieces in a time that grows with its length alone, and refuses one without an end.
func TestLongHeaders(t *testing.T) {
	long := "\r\n\n" + strings.Repeat("x", 4<<20) + ",\"a|\nb\"\n1,2\n"
	files := relation.Files{In: iotestReader{strings.NewReader(long)}}
	r, err := files.Stdin()
	if err != nil || len(r.Columns()) != 2 || r.Columns()[1].Name != "a|\nb" {
		t.Fatal(err)
	}
	if got := textOf(t, r); !strings.HasSuffix(got, "|\"a|\nb\"\n1|2\n") {
		t.Errorf("%q", got[len(got)-30:])
	}
	files = relation.Files{In: endless{}}
	if _, err := files.Stdin(); fault.KindOf(err) != fault.Input || !strings.Contains(err.Error(), "the header has more than") {
		t.Error(err)
	}
}

// endless is one line without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestFilesRefuse(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.csv")
	os.WriteFile(empty, []byte("# nothing\n"), 0o600)
	files := relation.Files{In: strings.NewReader("k,\"v\n")}
	defer files.Close()
	_, err := files.File(empty)
	if want := fmt.Sprintf("%q: there is no header line", empty); err == nil || err.Error() != want || fault.KindOf(err) != fault.Input {
		t.Errorf("%v, want %s", err, want)
	}
	if _, err := files.File(filepath.Join(dir, "none.csv")); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := files.File(dir); err == nil {
		t.Error("a folder is opened as a file")
	}
	if _, err := files.Stdin(); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
}

func TestEstimates(t *testing.T) {
	var text bytes.Buffer
	text.WriteString("k|v\n")
	for i := range 50_000 {
		fmt.Fprintf(&text, "key.%d|value\n", i)
	}
	r, err := relation.Text(bytes.NewReader(text.Bytes()), int64(text.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Rows(); n < 45_000 || n > 60_000 {
		t.Errorf("50,000 rows are estimated as %d", n)
	}
	if r, _ := relation.Text(strings.NewReader("k\na\n"), 4); r.Rows() != 1 {
		t.Errorf("one row is estimated as %d", r.Rows())
	}
}

func TestListIsMadeAnew(t *testing.T) {
	n := int64(0)
	r := relation.List([]plan.Column{{Name: "n", Type: cell.Integer}}, 1, func(yield func([]cell.Value, error) bool) {
		n++
		yield([]cell.Value{cell.FromInteger(n)}, nil)
	})
	for want := range int64(3) {
		s, err := r.Open()
		if err != nil {
			t.Fatal(err)
		}
		for values := range s.Rows {
			if values[0].Integer() != want+1 {
				t.Errorf("%d, want %d", values[0].Integer(), want+1)
			}
		}
	}
	if r.Rows() != 1 || r.Key() != nil || r.Indices(nil) != nil || namesOf(r) != "n integer" {
		t.Error("a list says something else of itself than it was told")
	}
}
