package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/verlog"
)

func TestStatusForPeople(t *testing.T) {
	holder := durable.Holder{PID: os.Getpid(), Since: time.Now().Add(-3 * time.Hour), Command: "rdb import prices\x1b[2J -"}
	for _, test := range []struct {
		name string
		all  []reedbase.Status
		want string
	}{
		{"none", nil, "no tables in /db/.reed yet: rdb import TABLE FILE makes one\n"},
		{"clean", []reedbase.Status{{Name: "a", Head: reedbase.Version{ID: 7, Action: verlog.Update}}}, "a is clean, at 7\n"},
		{"deleted", []reedbase.Status{{Name: "a", Head: reedbase.Version{ID: 7, Action: verlog.Delete}}}, "a is deleted, since 7\n"},
		{"stale", []reedbase.Status{{Name: "a", State: reedbase.Stale}, {Name: "b"}}, "2 tables, all clean\n"},
		{"locked", []reedbase.Status{{Name: "a", Locked: true, Holder: holder}, {Name: "b"}},
			fmt.Sprintf("a is locked by process %d for 3hX: rdb import prices\\x1b[2J -\n2 tables, all clean\n", os.Getpid())},
		{"unnamed", []reedbase.Status{{Name: "a", Locked: true, Holder: durable.Holder{PID: 1 << 30}}},
			"a is locked by a process that has not said who it is\na is clean, at \n"},
		{"waiting", []reedbase.Status{{Name: "a", Locked: true, Holder: holder, Waiting: slices.Repeat([]durable.Waiter{{Holder: holder}}, 12)}},
			fmt.Sprintf("a is locked by process %[1]d for 3hX: rdb import prices\\x1b[2J -\n"+
				strings.Repeat("  process %[1]d waits for 3hX: rdb import prices\\x1b[2J -\n", 10)+"  2 more wait\na is clean, at \n", os.Getpid())},
		{"missing", []reedbase.Status{{Name: "a", State: reedbase.Missing}, {Name: "b"}, {Name: "c"}},
			"a: current.csv is missing\n  rdb recover a  rebuilds it\n2 other tables are clean\n"},
		{"unknown", []reedbase.Status{{Name: "a", Unknown: true}},
			"a: the outcome of its last write is unknown\n  rdb recover a  settles it\n"},
		{"broken", []reedbase.Status{{Name: "a", State: reedbase.Dirty, Problem: errors.New("line 2: no")}},
			"a: edited by hand, and no valid table now: line 2: no\n  rdb restore a  drops the edit and keeps the file aside\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			c := &call{Env: &cli.Env{Out: bufio.NewWriter(&out), Getenv: func(string) string { return "" }}}
			c.describeStatus("/db", test.all)
			c.Out.Flush()
			got := regexp.MustCompile(`for 3h\w+`).ReplaceAllString(out.String(), "for 3hX")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
