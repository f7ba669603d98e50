package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cli"
)

type name string

func (n name) String() string { return "<" + string(n) + ">" }

func list(format cli.Format, rows ...[]any) outcome {
	return play(func(e *cli.Env) error {
		r := cli.NewRecords(e, format, "id", "name", "note")
		for _, row := range rows {
			if err := r.Add(row...); err != nil {
				return err
			}
		}
		return r.Close()
	}, nil)
}

func TestRecords(t *testing.T) {
	rows := [][]any{
		{1, "a<b", "tab\there"},
		{uint64(20), name("x"), nil},
		{300, "漢字", "back\\slash\nline"},
	}
	for _, test := range []struct {
		name   string
		format cli.Format
		want   string
	}{
		{"table", cli.Table, "" +
			" id  name  note\n" +
			"  1  a<b   tab\\there\n" +
			" 20  <x>\n" +
			"300  漢字  back\\slash\\nline\n"},
		{"json", cli.JSON, "" +
			`{"id":1,"name":"a<b","note":"tab\there"}` + "\n" +
			`{"id":20,"name":"<x>","note":null}` + "\n" +
			`{"id":300,"name":"漢字","note":"back\\slash\nline"}` + "\n"},
		{"porcelain", cli.Porcelain, "1\ta<b\ttab\\there\n20\t<x>\t\n300\t漢字\tback\\\\slash\\nline\n"},
		{"nul", cli.NUL, "1\ta<b\ttab\there\x0020\t<x>\t\x00300\t漢字\tback\\slash\nline\x00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(outcome{0, test.want, ""}, list(test.format, rows...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRecordsOfNothing(t *testing.T) {
	for _, format := range []cli.Format{cli.Table, cli.JSON, cli.Porcelain, cli.NUL} {
		if got := list(format); got != (outcome{}) {
			t.Errorf("format %d: %+v", format, got)
		}
	}
}

func TestRecordsValues(t *testing.T) {
	at := time.Date(2024, 5, 1, 12, 0, 0, 500, time.FixedZone("", 7200))
	row := []any{at, true, []string{"a", "b"}}
	want := outcome{0, `{"id":"2024-05-01T10:00:00.0000005Z","name":true,"note":["a","b"]}` + "\n", ""}
	if diff := cmp.Diff(want, list(cli.JSON, row)); diff != "" {
		t.Error(diff)
	}
	want.Out = "2024-05-01T10:00:00.0000005Z\ttrue\t[a b]\n"
	if diff := cmp.Diff(want, list(cli.Porcelain, row)); diff != "" {
		t.Error(diff)
	}
	if got := list(cli.Table, []any{1}); got.Code != 128 {
		t.Errorf("a record that lacks values: %+v", got)
	}
}

func TestLongTableIsWrittenAsItComes(t *testing.T) {
	got := play(func(e *cli.Env) error {
		r := cli.NewRecords(e, cli.Table, "n", "word")
		for i := range 1000 {
			r.Add(i, "w")
		}
		if e.Out.Buffered() == 0 {
			t.Error("1,000 rows are held back")
		}
		r.Add(123456, "wider")
		return r.Close()
	}, nil)
	lines := strings.Split(got.Out, "\n")
	if diff := cmp.Diff([]string{"  n  word", "  0  w", "999  w", "123456  wider", ""}, append(lines[:2:2], lines[1000:]...)); diff != "" {
		t.Error(diff)
	}
}
