package row

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"pgregory.net/rapid"
)

func TestAppendRecord(t *testing.T) {
	tests := []struct {
		cells []string
		eol   string
		want  string
	}{
		{[]string{"a", "b c", ""}, "\n", "a|b c|\n"},
		{[]string{"a|b", `say "x"`, "two\nlines", "cr\r"}, "\r\n", "\"a|b\"|\"say \"\"x\"\"\"|\"two\nlines\"|\"cr\r\"\r\n"},
		{[]string{"#a", "#b"}, "", `"#a"|#b`},
		{[]string{bom + "a", bom}, "\n", `"` + bom + `a"|` + bom + "\n"},
		{[]string{""}, "\n", "\"\"\n"},
		{[]string{"", ""}, "\n", "|\n"},
		{nil, "\n", "\"\"\n"},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, string(AppendRecord(nil, fields(test.cells), test.eol))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCellsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringOf(rapid.SampledFrom([]rune("ab|\"#\n\r\ufeffä"))), 1, 5).Draw(t, "cells")
		eol := rapid.SampledFrom([]string{"", "\n", "\r\n"}).Draw(t, "eol")
		record := AppendRecord([]byte("kept"), fields(want), eol)[4:]
		got, err := Cells(nil, record)
		if diff := cmp.Diff(want, texts(got)); diff != "" || err != nil {
			t.Fatalf("%q: %v\n%s", record, err, diff)
		}
		stored, err := Stored(nil, record)
		if whole := string(bytes.Join(stored, []byte("|"))) + eol; whole != string(record) || err != nil {
			t.Fatalf("%q is stored as %q, %v", record, stored, err)
		}
		for i, cell := range want {
			if got := string(Unquote(stored[i])); got != cell {
				t.Fatalf("%q, cell %d: %q", record, i, got)
			}
			if got, ok := Cell(record, i); !ok || string(got) != cell {
				t.Fatalf("%q, cell %d: %q, %v", record, i, got, ok)
			}
		}
		if _, ok := Cell(record, len(want)); ok {
			t.Fatalf("%q has a cell too many", record)
		}
		if r, err := Next(record, 0); err != nil || r != (Row{0, 0, len(record)}) {
			t.Fatalf("%q: %v, %v", record, r, err)
		}
	})
}

func TestCellsRefuses(t *testing.T) {
	for record, want := range map[string]string{
		"a\nb":      "a second record follows the first",
		"a|b\r\n\n": "a second record follows the first",
		`a|"b`:      "a quote is opened and never closed",
		`a|"b"c`:    "a closing quote is not followed by a separator or a line end",
	} {
		if _, err := Cells(nil, []byte(record)); fault.KindOf(err) != fault.Input || err.Error() != want {
			t.Errorf("%q: %v", record, err)
		}
		if _, err := Replace(nil, []byte(record), nil); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", record, err)
		}
	}
}

func TestReplace(t *testing.T) {
	tests := []struct {
		name, record string
		edits        []Edit
		want         string
	}{
		{"one cell", "a|b|c\r\n", []Edit{{1, []byte("x|y")}}, "a|\"x|y\"|c\r\n"},
		{"the last cell", "a|b|c\n", []Edit{{2, nil}}, "a|b|\n"},
		{"no line end", "a|b", []Edit{{0, []byte("#")}}, `"#"|b`},
		{"the others keep their quotes", "\"a\"|b|\"c\"\n", []Edit{{1, []byte("x")}}, "\"a\"|x|\"c\"\n"},
		{"the value it has", "\"a\"|b\"|c\n", []Edit{{0, []byte("a")}, {1, []byte(`b"`)}}, "\"a\"|b\"|c\n"},
		{"twice", "a|b\n", []Edit{{1, []byte("x")}, {1, []byte("y")}}, "a|y\n"},
		{"to an empty record", "a\n", []Edit{{0, nil}}, "\"\"\n"},
		{"nothing", "a|b\n", nil, "a|b\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Replace([]byte("kept"), []byte(test.record), test.edits)
			if diff := cmp.Diff("kept"+test.want, string(got)); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
	for _, column := range []int{-1, 2} {
		if _, err := Replace(nil, []byte("a|b\n"), []Edit{{column, nil}}); fault.KindOf(err) != fault.Input {
			t.Errorf("column %d: %v", column, err)
		}
	}
}

func TestReplaceChangesThoseCellsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := samples(t)
		i := rapid.IntRange(0, len(s.cells)-1).Draw(t, "row")
		record, want := s.text[s.rows[i].Body:s.rows[i].End], append([]string(nil), s.cells[i]...)
		column := rapid.IntRange(0, len(want)-1).Draw(t, "column")
		want[column] = rapid.StringOf(rapid.SampledFrom([]rune("ab|\"#\n\r"))).Draw(t, "value")
		got, err := Replace(nil, record, []Edit{{column, []byte(want[column])}})
		if err != nil {
			t.Fatal(err)
		}
		cells, err := Cells(nil, got)
		if diff := cmp.Diff(want, texts(cells)); diff != "" || err != nil {
			t.Fatalf("%q: %v\n%s", got, err, diff)
		}
		back, err := Replace(nil, got, []Edit{{column, []byte(s.cells[i][column])}})
		again, _ := Cells(nil, back)
		if diff := cmp.Diff(s.cells[i], texts(again)); diff != "" || err != nil {
			t.Fatalf("%q: %v\n%s", back, err, diff)
		}
	})
}

func TestConvert(t *testing.T) {
	tests := []struct {
		name, src string
		delimiter byte
		want      string
	}{
		{"commas", "k,v\na,\"1,5\"\n", ',', "k|v\na|1,5\n"},
		{"pipes in cells", "k;v\r\na;x|y\r\n", ';', "k|v\r\na|\"x|y\"\r\n"},
		{"tabs, no last line end", "k\tv\na\tb", '\t', "k|v\na|b"},
		{"quotes", "k,v\na,\"he said \"\"x\"\"\"\nb,bare \"quotes\"\n", ',', "k|v\na|\"he said \"\"x\"\"\"\nb|\"bare \"\"quotes\"\"\"\n"},
		{"newlines in cells", "k,v\na,\"1\r\n2\"\n", ',', "k|v\na|\"1\r\n2\"\n"},
		{"what would read as a comment", "#k,v\n#a,b\n", ',', "\"#k\"|v\n\"#a\"|b\n"},
		{"blank lines", "k,v\n\n\r\na,b\n", ',', "k|v\n\n\r\na|b\n"},
		{"an empty quoted cell", "k\n\"\"\n", ',', "k\n\"\"\n"},
		{"a byte order mark", bom + "k,v\n", ',', "k|v\n"},
		{"nothing", "", ',', ""},
		{"pipes", "k|v\n\"a\"|b\n", '|', "k|v\na|b\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Convert(nil, []byte(test.src), test.delimiter)
			if diff := cmp.Diff(test.want, string(got)); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
	_, err := Convert(nil, []byte("k,v\na,b\nc,\"d\"x\n"), ',')
	if fault.KindOf(err) != fault.Input || !strings.HasPrefix(err.Error(), "line 3: ") {
		t.Error(err)
	}
	for _, c := range []byte{0, '"', '\n', '\r', 0xc3} {
		if _, err := Convert(nil, nil, c); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", c, err)
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, s := range []string{"a|b\n", "\"a\"\"\"|\"b\n\"\r\n", "", "\r", "|", "#|\"", "\"\""} {
		f.Add([]byte(s), []byte("x|\n"), uint8(1))
	}
	f.Fuzz(func(t *testing.T, record, value []byte, column uint8) {
		cells, err := Cells(nil, record)
		edited, replaced := Replace(nil, record, []Edit{{int(column), value}})
		if err != nil {
			if replaced == nil {
				t.Fatal("Replace accepts what Cells refuses")
			}
			return
		}
		written := AppendRecord(nil, cells, "\n")
		again, err := Cells(nil, written)
		if diff := cmp.Diff(cells, again); diff != "" || err != nil {
			t.Fatalf("%q: %v\n%s", written, err, diff)
		}
		if int(column) < len(cells) {
			cells[column] = value
			again, err := Cells(nil, edited)
			if len(again) != len(cells) || err != nil || replaced != nil || !bytes.Equal(again[column], value) {
				t.Fatalf("%q: %v, %v", edited, err, replaced)
			}
		} else if replaced == nil {
			t.Fatal("a column too many is accepted")
		}
		if converted, err := Convert(nil, record, column&127); err == nil { // any delimiter of ASCII
			if _, _, err := scan(converted); err != nil {
				t.Fatalf("%q: %v", converted, err)
			}
		}
	})
}
