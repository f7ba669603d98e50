package result_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/result"
	"github.com/reedbase/reedbase/pkg/row"
)

func write(t interface{ Fatal(...any) }, o result.Options, columns []result.Column, rows ...[]cell.Value) string {
	var out bytes.Buffer
	w := result.NewWriter(&out, columns, o)
	for _, values := range rows {
		if err := w.Add(values); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || w.Rows() != int64(len(rows)) {
		t.Fatal(err, w.Rows())
	}
	return out.String()
}

func text(s string) cell.Value { return cell.FromText([]byte(s)) }

func read(of cell.Type, s string) cell.Value { return of.Read([]byte(s), false) }

func TestFormats(t *testing.T) {
	columns := []result.Column{{"k", cell.Undeclared}, {"n", cell.Integer}, {"k", cell.Expression}}
	rows := [][]cell.Value{
		{text("a,b"), cell.FromInteger(7), text("x|y")},
		{read(cell.Undeclared, "007"), {}, cell.FromFloat(0.5)},
		{text("漢字"), text(""), text("two\nlines \x1b[1m")},
		{text("#1"), read(cell.Integer, "-20"), text(`say "hi" <b> c:\`)},
		{{}, read(cell.Integer, "x_y"), read(cell.Boolean, "true")},
	}
	for _, test := range []struct {
		format   result.Format
		noHeader bool
		want     string
	}{
		{result.Table, false, "" +
			"k       n  k\n" +
			"a,b     7  x|y\n" +
			"007        0.5\n" +
			"漢字       two\\nlines \\x1b[1m\n" +
			"#1    -20  say \"hi\" <b> c:\\\n" +
			"      x_y  true\n"},
		{result.CSV, false, "" +
			"k,n,k\n" +
			"\"a,b\",7,x|y\n" +
			"007,,0.5\n" +
			"漢字,\"\",\"two\nlines \x1b[1m\"\n" +
			"#1,-20,\"say \"\"hi\"\" <b> c:\\\"\n" +
			",x_y,true\n"},
		{result.Pipe, false, "" +
			"k|n|k:1\n" +
			"a,b|7|\"x|y\"\n" +
			"007||0.5\n" +
			"漢字|\"\"|\"two\nlines \x1b[1m\"\n" +
			"\"#1\"|-20|\"say \"\"hi\"\" <b> c:\\\"\n" +
			"|x_y|true\n"},
		{result.JSON, false, "[\n" +
			`{"k":"a,b","n":7,"k:1":"x|y"},` + "\n" +
			`{"k":"007","n":null,"k:1":0.5},` + "\n" +
			`{"k":"漢字","n":"","k:1":"two\nlines \u001b[1m"},` + "\n" +
			`{"k":"#1","n":-20,"k:1":"say \"hi\" <b> c:\\"},` + "\n" +
			`{"k":null,"n":"x_y","k:1":true}` + "\n]\n"},
		{result.JSONL, true, "" +
			`{"k":"a,b","n":7,"k:1":"x|y"}` + "\n" +
			`{"k":"007","n":null,"k:1":0.5}` + "\n" +
			`{"k":"漢字","n":"","k:1":"two\nlines \u001b[1m"}` + "\n" +
			`{"k":"#1","n":-20,"k:1":"say \"hi\" <b> c:\\"}` + "\n" +
			`{"k":null,"n":"x_y","k:1":true}` + "\n"},
		{result.Markdown, false, "" +
			"| k | n | k |\n" +
			"| --- | ---: | --- |\n" +
			"| a,b | 7 | x\\|y |\n" +
			"| 007 |  | 0.5 |\n" +
			"| 漢字 |  | two<br>lines \\[1m |\n" +
			"| #1 | -20 | say \"hi\" &lt;b&gt; c:\\\\ |\n" +
			"|  | x\\_y | true |\n"},
		{result.CSV, true, "\"a,b\",7,x|y\n007,,0.5\n漢字,\"\",\"two\nlines \x1b[1m\"\n#1,-20,\"say \"\"hi\"\" <b> c:\\\"\n,x_y,true\n"},
	} {
		got := write(t, result.Options{Format: test.format, NoHeader: test.noHeader}, columns, rows...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v: %s", test.format, diff)
		}
	}
}

func TestFormatsOfNoRows(t *testing.T) {
	columns := []result.Column{{"a b", cell.Integer}, {"c|d", cell.String}}
	for format, want := range map[result.Format]string{
		result.Table: "a b  c|d\n", result.CSV: "a b,c|d\n", result.Pipe: "a b|\"c|d\"\n", result.JSON: "[]\n", result.JSONL: "",
		result.Markdown: "| a b | c\\|d |\n| ---: | --- |\n",
	} {
		if got := write(t, result.Options{Format: format}, columns); got != want {
			t.Errorf("%v: %q, want %q", format, got, want)
		}
	}
}

func TestTableAligns(t *testing.T) {
	columns := []result.Column{{"n", cell.Undeclared}, {"name", cell.Undeclared}}
	got := write(t, result.Options{Bold: true}, columns, []cell.Value{read(cell.Undeclared, "5"), text("a")}, []cell.Value{cell.FromInteger(100), {}}, []cell.Value{{}, text("c")})
	if diff := cmp.Diff("\x1b[1m  n  name\n\x1b[0m  5  a\n100\n     c\n", got); diff != "" {
		t.Error(diff)
	}
	if got := write(t, result.Options{NoHeader: true}, columns, []cell.Value{text("x"), text("y")}); got != "x  y\n" {
		t.Errorf("%q", got)
	}
}

// TestTableIsWrittenAsItComes holds a bounded window and then nothing.
func TestTableIsWrittenAsItComes(t *testing.T) {
	var out bytes.Buffer
	w := result.NewWriter(&out, []result.Column{{"n", cell.Integer}, {"word", cell.String}}, result.Options{})
	for i := range int64(999) {
		w.Add([]cell.Value{cell.FromInteger(i), text("w")})
	}
	if w.Flush(); out.Len() > 0 {
		t.Error("the widths are settled early")
	}
	w.Add([]cell.Value{cell.FromInteger(999), text("w")})
	w.Add([]cell.Value{cell.FromInteger(123456), text("wider than all")})
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if diff := cmp.Diff([]string{"  n  word", "  0  w", "999  w", "123456  wider than all", ""}, append(lines[:2:2], lines[1000:]...)); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	w = result.NewWriter(&out, []result.Column{{"long", cell.String}}, result.Options{})
	for range 3 {
		w.Add([]cell.Value{text(strings.Repeat("x", 1<<19))})
	}
	if w.Flush(); out.Len() < 1<<20 {
		t.Error("a megabyte is held back")
	}
}

func TestAddRefuses(t *testing.T) {
	w := result.NewWriter(io.Discard, []result.Column{{"a", cell.String}}, result.Options{Format: result.CSV})
	if err := w.Add(nil); err == nil {
		t.Error("a row without its values")
	}
	full := errors.New("disk full")
	w = result.NewWriter(failing{full}, []result.Column{{"a", cell.String}}, result.Options{Format: result.CSV})
	if err := w.Close(); err != full {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestNames(t *testing.T) {
	for _, name := range result.Names() {
		if f, ok := result.ParseFormat(name); !ok || f.String() != name {
			t.Errorf("%q is read as %v", name, f)
		}
	}
	if _, ok := result.ParseFormat("xml"); ok {
		t.Error("xml is no format")
	}
}

// drawn draws rows of texts of any bytes.
func drawn(t *rapid.T, cell func() *rapid.Generator[string]) (columns []result.Column, want [][]string) {
	n := rapid.IntRange(1, 4).Draw(t, "columns")
	for i := range n {
		columns = append(columns, result.Column{Name: string(rune('a' + i))})
	}
	for range rapid.IntRange(0, 5).Draw(t, "rows") {
		want = append(want, rapid.SliceOfN(cell(), n, n).Draw(t, "row"))
	}
	return columns, want
}

func values(rows [][]string) (list [][]cell.Value) {
	for _, r := range rows {
		var v []cell.Value
		for _, s := range r {
			v = append(v, text(s))
		}
		list = append(list, v)
	}
	return list
}

func anyBytes() *rapid.Generator[string] {
	special := rapid.StringOf(rapid.SampledFrom([]rune("a,|\"#\n\r\t\\<&\x00\ufeffä漢\u2028")))
	return rapid.OneOf(special, rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
}

func TestJSONIsValidForAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := drawn(t, anyBytes)
		var got []map[string]string
		if err := json.Unmarshal([]byte(write(t, result.Options{Format: result.JSON}, columns, values(rows)...)), &got); err != nil {
			t.Fatal(err)
		}
		want := []map[string]string{}
		for _, r := range rows {
			object := map[string]string{}
			for i, s := range r {
				object[columns[i].Name] = string([]rune(s)) // each byte that is not UTF-8 becomes U+FFFD
			}
			want = append(want, object)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		lines := strings.Split(strings.TrimSuffix(write(t, result.Options{Format: result.JSONL}, columns, values(rows)...), "\n"), "\n")
		for _, line := range lines[:len(rows)] {
			if !json.Valid([]byte(line)) {
				t.Fatalf("%q is no line of JSON", line)
			}
		}
	})
}

func TestNumbersOfJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spelling := rapid.StringMatching(`[+-]?[0-9]{0,3}(\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?`).Draw(t, "number")
		line := write(t, result.Options{Format: result.JSONL}, []result.Column{{Name: "n"}}, []cell.Value{read(cell.Undeclared, spelling)})
		var got struct{ N any }
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		if err := decoder.Decode(&got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		switch n := got.N.(type) {
		case json.Number:
			if n.String() != spelling {
				t.Fatalf("%q is written as %v", spelling, n)
			}
		case string:
			if n != spelling || json.Valid([]byte(spelling)) {
				t.Fatalf("%q is written as the text %q", spelling, n)
			}
		}
	})
}

func TestCSVIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := drawn(t, anyBytes)
		reader := csv.NewReader(strings.NewReader(write(t, result.Options{Format: result.CSV, NoHeader: true}, columns, values(rows)...)))
		got, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			for i := range r {
				r[i] = strings.ReplaceAll(r[i], "\r\n", "\n") // encoding/csv does that to cells
			}
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestPipeIsATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := drawn(t, func() *rapid.Generator[string] {
			return rapid.StringOf(rapid.SampledFrom([]rune("ab|\"#\n\r\ufeffä")))
		})
		out := []byte(write(t, result.Options{Format: result.Pipe}, columns, values(rows)...))
		names, at, err := row.Header(out)
		if err != nil || len(names) != len(columns) {
			t.Fatal(names, err)
		}
		var got [][]string
		for {
			r, err := row.Next(out, at)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			cells, err := row.Cells(nil, out[r.Body:r.End])
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, c := range cells {
				texts = append(texts, string(c))
			}
			got, at = append(got, texts), r.End
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Fatalf("%q: %s", out, diff)
		}
	})
}

func TestMarkdownHasALineARow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := drawn(t, anyBytes)
		lines := strings.Split(write(t, result.Options{Format: result.Markdown}, columns, values(rows)...), "\n")
		if len(lines) != len(rows)+3 {
			t.Fatalf("%d lines for %d rows", len(lines), len(rows))
		}
		for _, line := range lines[:len(rows)+2] {
			bars := strings.Count(strings.ReplaceAll(strings.ReplaceAll(line, `\\`, ""), `\|`, ""), "|")
			if bars != len(columns)+1 || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }) {
				t.Fatalf("%q has %d bars", line, bars)
			}
		}
	})
}

// TestMemoryIsFlat shows that rows leave nothing behind.
func TestMemoryIsFlat(t *testing.T) {
	values := []cell.Value{text("key.of.a.row@en"), cell.FromInteger(42), cell.FromFloat(2.5), text("a \"text\", ü"), {}}
	columns := []result.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}}
	for _, name := range result.Names() {
		format, _ := result.ParseFormat(name)
		w := result.NewWriter(io.Discard, columns, result.Options{Format: format})
		for range 3000 {
			w.Add(values)
		}
		if allocated := testing.AllocsPerRun(5000, func() { w.Add(values) }); allocated > 0 {
			t.Errorf("%s: a row takes %v allocations", name, allocated)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	values := []cell.Value{text("key.of.a.row@en"), read(cell.Undeclared, "42"), text("Willkommen auf der Seite"), text("2026-03-01")}
	columns := []result.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}
	for _, name := range result.Names() {
		format, _ := result.ParseFormat(name)
		b.Run(name, func(b *testing.B) {
			w := result.NewWriter(io.Discard, columns, result.Options{Format: format})
			for b.Loop() {
				w.Add(values)
			}
		})
	}
}
