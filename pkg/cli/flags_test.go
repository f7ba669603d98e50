package cli_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cli"
)

type settings struct {
	Raw, Cells, Rows bool
	Output, Key      string
	Limit, Max       int64
	Params           []string
	Format           cli.Format
	Operands         []string
	OutputGiven      bool
}

// parse binds a flag of every kind.
func parse(args ...string) (settings, outcome) {
	s := settings{Key: "id", Limit: 10}
	got := play(func(e *cli.Env) (err error) {
		f := cli.NewFlags(e)
		f.Bool(&s.Raw, "raw")
		f.Bool(&s.Cells, "cells")
		f.Bool(&s.Rows, "rows")
		f.File(&s.Output, "o", "output")
		f.String(&s.Key, "key")
		f.Int64(&s.Limit, "limit")
		f.Size(&s.Max, "max-size")
		f.Strings(&s.Params, "param")
		f.Format(&s.Format)
		if s.Operands, err = f.Parse(); err != nil {
			return err
		}
		s.OutputGiven = f.Given("output")
		return cli.Exclusive(f, "cells", "rows")
	}, nil, args...)
	return s, got
}

func TestFlags(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want settings
	}{
		{"defaults", nil, settings{}},
		{"before", []string{"--raw", "-o", "x", "old", "new"}, settings{Raw: true, Output: "x", OutputGiven: true, Operands: []string{"old", "new"}}},
		{"between and after", []string{"old", "--raw", "new", "--output=x"}, settings{Raw: true, Output: "x", OutputGiven: true, Operands: []string{"old", "new"}}},
		{"after the end", []string{"--raw", "--", "--cells", "-h", "--"}, settings{Raw: true, Operands: []string{"--cells", "-h", "--"}}},
		{"dash", []string{"-", "-o", "-", "-"}, settings{Output: "-", OutputGiven: true, Operands: []string{"-", "-"}}},
		{"value that looks like the end", []string{"-o", "--", "a"}, settings{Output: "--", OutputGiven: true, Operands: []string{"a"}}},
		{"empty value", []string{"--param=", "a"}, settings{Params: []string{""}, Operands: []string{"a"}}},
		{"value with =", []string{"--param", "a=b", "--param=c=d"}, settings{Params: []string{"a=b", "c=d"}}},
		{"last counts", []string{"-o", "x", "--output", "y"}, settings{Output: "y", OutputGiven: true}},
		{"false", []string{"--cells=false", "a"}, settings{Operands: []string{"a"}}},
		{"size", []string{"--max-size", "64k"}, settings{Max: 64 << 10}},
		{"json", []string{"--json"}, settings{Format: cli.JSON}},
		{"porcelain", []string{"--porcelain"}, settings{Format: cli.Porcelain}},
		{"nul", []string{"--porcelain", "-z"}, settings{Format: cli.NUL}},
		{"negative", []string{"--limit=-3"}, settings{Limit: -3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.want.Key = "id"
			if test.want.Limit == 0 {
				test.want.Limit = 10
			}
			got, seen := parse(test.args...)
			if diff := cmp.Diff(outcome{}, seen); diff != "" {
				t.Fatal(diff)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFlagErrors(t *testing.T) {
	const pointer = "tool: hint: tool -h shows the usage\n"
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--rwa"}, "tool: error: unknown flag \"--rwa\"\ntool: hint: did you mean --raw? tool -h shows the usage\n"},
		{[]string{"--zebra=1"}, "tool: error: unknown flag \"--zebra\"\n" + pointer},
		{[]string{"-x\x1b"}, "tool: error: unknown flag \"-x\\x1b\"\n" + pointer},
		{[]string{"-o"}, "tool: error: -o needs a value\n" + pointer},
		{[]string{"-o", ""}, "tool: error: --output wants FILE, not an empty text\n" + pointer},
		{[]string{"--limit", "many"}, "tool: error: --limit: \"many\" is refused: want a decimal number\n" + pointer},
		{[]string{"--max-size", "9999999T"}, "tool: error: --max-size: \"9999999T\" is refused: want a number of bytes such as 4096, 64k, 10M or 1G\n" + pointer},
		{[]string{"--raw=maybe"}, "tool: error: --raw: \"maybe\" is refused: parse error\n" + pointer},
		{[]string{"--rows", "--cells"}, "tool: error: --cells and --rows contradict each other\n" + pointer},
		{[]string{"--json", "--porcelain"}, "tool: error: --json and --porcelain contradict each other\n" + pointer},
		{[]string{"-z", "--json"}, "tool: error: --json and -z contradict each other\n" + pointer},
	} {
		if _, got := parse(test.args...); got != (outcome{129, "", test.want}) {
			t.Errorf("%q: %s", test.args, cmp.Diff(outcome{129, "", test.want}, got))
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"--help"}, {"old", "--raw", "--help"}, {"-o", "x", "-h", "--bogus"}} {
		if _, got := parse(args...); got != (outcome{0, "usage: tool\n", ""}) {
			t.Errorf("%q: %+v", args, got)
		}
	}
	if _, got := parse("--version"); got != (outcome{0, "tool " + cli.Version() + "\n", ""}) {
		t.Errorf("--version: %+v", got)
	}
}

func TestParseLeading(t *testing.T) {
	var dir string
	var rest []string
	got := play(func(e *cli.Env) (err error) {
		f := cli.NewFlags(e)
		f.String(&dir, "C", "dir")
		rest, err = f.ParseLeading()
		return err
	}, nil, "-C", "/db", "set", "-C", "x", "--", "y")
	if diff := cmp.Diff(outcome{}, got); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]string{"set", "-C", "x", "--", "y"}, rest); dir != "/db" || diff != "" {
		t.Errorf("dir %q, rest: %s", dir, diff)
	}
}

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "4096": 4096, "64k": 65536, "64K": 65536, "10M": 10 << 20, "1G": 1 << 30, "2T": 2 << 40, "8388607T": 8388607 << 40,
		"": -1, "k": -1, "-1": -1, "+1": -1, "1kk": -1, "1.5M": -1, "8388608T": -1, "1 k": -1, "64kB": -1,
	} {
		got, err := cli.ParseSize(s)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
}
