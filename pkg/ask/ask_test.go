package ask_test

import (
	"bufio"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/ask"
	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/relation"
	"github.com/reedbase/reedbase/pkg/result"
	"github.com/reedbase/reedbase/pkg/syntax"
)

func env() *cli.Env {
	return &cli.Env{Name: "tool", Out: bufio.NewWriter(&strings.Builder{}), Getenv: func(string) string { return "" }}
}

func TestReadForm(t *testing.T) {
	for _, test := range []struct {
		name   string
		format result.Format
		hint   string
	}{
		{"", result.Pipe, ""}, // no terminal
		{"table", result.Table, ""},
		{"jsonl", result.JSONL, ""},
		{"jsnl", 0, "did you mean jsonl?"},
		{"yaml", 0, "the formats are table, csv, pipe, json, jsonl and markdown"},
	} {
		f, err := ask.ReadForm(env(), test.name, true)
		if test.hint != "" {
			if fault.KindOf(err) != fault.Usage || fault.HintOf(err) != test.hint {
				t.Errorf("%q: %v, %q", test.name, err, fault.HintOf(err))
			}
		} else if err != nil || f.Format != test.format || !f.NoHeader {
			t.Errorf("%q: %+v %v", test.name, f, err)
		}
	}
}

func TestReadParameters(t *testing.T) {
	p, err := ask.ReadParameters([]string{"a=1", ":b=x=y", "2=-1.5", "1=", "c=007", "d=1e3", "e=12345678901234567890", "f= 1", "a=2"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for name, v := range p.Named {
		got[name] = v.Kind().String() + " " + string(v.AppendText(nil))
	}
	for i, v := range p.Positional {
		got["?"+string(rune('1'+i))] = v.Kind().String() + " " + string(v.AppendText(nil))
	}
	want := map[string]string{
		"a": "integer 2", "b": "text x=y", "c": "text 007", "d": "text 1e3", "e": "text 12345678901234567890", "f": "text  1", "?1": "text ", "?2": "real -1.5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range [][]string{{"a"}, {"=1"}, {"0=1"}, {"-1=1"}, {"99999=1"}, {"1=a", "3=c"}} {
		if _, err := ask.ReadParameters(bad); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// run runs a query over no tables.
func run(t *testing.T, text string) *exec.Rows {
	t.Helper()
	statements, err := syntax.Parse(text, syntax.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Make(statements[0].(*syntax.Query), none{&relation.Files{}}, plan.Parameters{}, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := exec.Run(context.Background(), p, exec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rows.Close() })
	return rows
}

// none is a catalogue without tables.
type none struct{ *relation.Files }

func (none) Table(name string, _ cell.Value) (plan.Relation, error) {
	return nil, fault.New(fault.NotFound, "there is no table %q", name)
}
func (none) Call(string, []cell.Value) (plan.Relation, error) { return nil, nil }
func (none) Names() (tables, functions []string)              { return nil, nil }

func TestPrinter(t *testing.T) {
	for _, test := range []struct {
		format result.Format
		ends   bool
		want   string
	}{
		{result.Table, false, "a\n1\n\nb\n2\n3\n\na plan\n"},
		{result.CSV, false, "a\n1\nb\n2\n3\na plan\n"},
		{result.CSV, true, "a\n1\n\nb\n2\n3\n\na plan\n\n\n"},
	} {
		var out strings.Builder
		p := ask.Printer{Out: &out, Form: ask.Form{Format: test.format}, Ends: test.ends}
		for _, text := range []string{"SELECT 1 AS a", "SELECT 2 AS b UNION ALL SELECT 3"} {
			if err := p.Print(run(t, text)); err != nil {
				t.Fatal(err)
			}
		}
		p.PrintText("a plan\n")
		p.PrintNothing()
		if diff := cmp.Diff(test.want, out.String()); diff != "" || p.Rows != 3 {
			t.Errorf("%v: %d rows, %s", test.format, p.Rows, diff)
		}
	}
	p := ask.Printer{Out: &strings.Builder{}, Form: ask.Form{Format: result.CSV}}
	if err := p.Print(run(t, "SELECT abs(-9223372036854775808)")); err == nil {
		t.Error("an error of the query is lost")
	}
}

func TestPrintFindings(t *testing.T) {
	var out strings.Builder
	err := ask.PrintFindings(&out, []error{fault.New(fault.Input, "o\x1bne\n ^"), fault.WithHint(fault.New(fault.Input, "two"), "th\nree\x1b")})
	if fault.KindOf(err) != fault.No || err.Error() != "" || out.String() != "o\\x1bne\n ^\ntwo\nhint: th\\nree\\x1b\n" {
		t.Errorf("%v, %q", err, out.String())
	}
	if err := ask.PrintFindings(&out, nil); err != nil {
		t.Error(err)
	}
}
