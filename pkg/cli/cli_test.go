package cli_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
)

// outcome is all that a caller of a command sees.
type outcome struct {
	Code     int
	Out, Err string
}

// play runs a command in process.
func play(run func(*cli.Env) error, env map[string]string, args ...string) outcome {
	var out, talk strings.Builder
	e := &cli.Env{
		Name: "tool", Usage: "usage: tool\n", Args: args,
		In: strings.NewReader("from stdin"), Out: bufio.NewWriter(&out), Err: &talk,
		Getenv: func(name string) string { return env[name] },
	}
	code := e.Run(run)
	return outcome{code, out.String(), talk.String()}
}

func TestRunReportsErrors(t *testing.T) {
	no := fault.New(fault.No, "")
	for _, test := range []struct {
		name string
		err  error
		want outcome
	}{
		{"none", nil, outcome{0, "data\n", ""}},
		{"done", cli.ErrDone, outcome{0, "data\n", ""}},
		{"plain", errors.New("disk on fire"), outcome{128, "data\n", "tool: error: disk on fire\n"}},
		{"silent", no, outcome{1, "data\n", ""}},
		{"hint", fault.WithHint(fault.New(fault.Busy, "locked"), "wait"), outcome{11, "data\n", "tool: error: locked\ntool: hint: wait\n"}},
		{"hint of a line", fault.WithHint(fault.New(fault.Busy, "locked"), "a\nb"), outcome{11, "data\n", "tool: error: locked\ntool: hint: a\\nb\n"}},
		{"stored", fault.New(fault.Conflicts, "2 conflicts"), outcome{3, "data\n", "tool: warning: 2 conflicts\n"}},
		{"usage", fault.New(fault.Usage, "one operand"), outcome{129, "data\n", "tool: error: one operand\ntool: hint: tool -h shows the usage\n"}},
		{"several lines", errors.New("2 problems\n  a\n  \x1b[31mb\n"), outcome{128, "data\n", "tool: error: 2 problems\n  a\n  \\x1b[31mb\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := play(func(e *cli.Env) error {
				fmt.Fprintln(e.Out, "data")
				return test.err
			}, nil)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	want := map[fault.Kind]int{
		fault.Other: 128, fault.No: 1, fault.Conflicts: 3, fault.NotFound: 10, fault.Busy: 11, fault.Corrupt: 12, fault.Format: 13,
		fault.Peer: 14, fault.Input: 15, fault.Unknown: 16, fault.Usage: 129, fault.Interrupted: 130, 99: 128,
	}
	for kind, code := range want {
		if got := cli.ExitCode(fmt.Errorf("reading: %w", fault.New(kind, "x"))); got != code {
			t.Errorf("%v: exit code %d, want %d", kind, got, code)
		}
	}
	if got := cli.ExitCode(fmt.Errorf("waiting: %w", context.Canceled)); got != 130 {
		t.Errorf("a cancelled context: exit code %d, want 130", got)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestRunReportsFailureToWrite(t *testing.T) {
	var talk strings.Builder
	e := &cli.Env{Name: "tool", Out: bufio.NewWriter(broken{}), Err: &talk}
	code := e.Run(func(e *cli.Env) error {
		_, err := io.WriteString(e.Out, "data")
		return err
	})
	if want := "tool: error: write standard output: no space left on device\n"; code != 128 || talk.String() != want {
		t.Errorf("code %d, %q; want 128, %q", code, talk.String(), want)
	}
}

func TestTalk(t *testing.T) {
	run := func(e *cli.Env) error {
		e.Warn("row %d is %q", 3, "a\tb")
		e.Hint("look\x07\nhere")
		e.Trace("rdb-log", "cat", "it's", "", "~x", "a b.csv", "k=v")
		return nil
	}
	talk := "tool: warning: row 3 is \"a\\tb\"\ntool: hint: look\\x07\\nhere\n"
	trace := `trace: rdb-log cat 'it'\''s' '' '~x' 'a b.csv' k=v` + "\n"
	for _, test := range []struct{ trace, want string }{{"", talk}, {"0", talk}, {"1", talk + trace}} {
		got := play(run, map[string]string{"RDB_TRACE": test.trace})
		if diff := cmp.Diff(outcome{0, "", test.want}, got); diff != "" {
			t.Errorf("RDB_TRACE=%s: %s", test.trace, diff)
		}
	}
}

func TestCommandSharesStreams(t *testing.T) {
	got := play(func(e *cli.Env) error {
		verb := e.Command("usage: tool verb\n", []string{"-h"})
		_, err := cli.NewFlags(verb).Parse()
		return err
	}, nil, "verb", "-h")
	if diff := cmp.Diff(outcome{0, "usage: tool verb\n", ""}, got); diff != "" {
		t.Error(diff)
	}
}
