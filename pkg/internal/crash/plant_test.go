package crash

import (
	"fmt"
	"strings"
	"testing"
)

// TestPlants builds rdb with one bug each and has the checks find it.
func TestPlants(t *testing.T) {
	set := command{name: "set", argv: []string{"set", "text", "key11", "value=set"}}
	for _, test := range []struct {
		bug  string
		in   plant
		find func(t *testing.T, report testing.TB, binary string)
		want string // in the report
	}{
		{"a file is not flushed", plant{"pkg/durable/write.go", "err = f.Sync()", "err = nil"},
			set.finds, "cannot be made from the deltas"},
		{"a folder is not flushed", plant{"pkg/durable/write.go", "\terr := d.Sync()\n\tif err == nil {", "\tvar err error\n\tif err == nil {"},
			set.finds, "cannot be made from the deltas"},
		{"the log is written before the delta", plant{"pkg/table/commit.go",
			"return s.create(v, deltaName(id), file)" + more + "if err := s.append(); err != nil {" + more + "// Publish appends the staged version",
			"late = func() error { return t.dir.Create(deltaName(id), \"delta\"+tempSuffix, file) }\n\treturn nil" + more +
				"if err := errors.Join(s.append(), late()); err != nil {" + more + "var late func() error\n\n// Publish appends the staged version"},
			set.finds, "cannot be made from the deltas"},
		{"a reader without the lock cuts the log", plant{"pkg/table/read.go", "\tquick := *t\n", "\tif v.log.torn {\n\t\tt.cutTorn(v.log)\n\t}\n\tquick := *t\n"},
			func(t *testing.T, report testing.TB, binary string) {
				reads(t, report, binary, []string{"export", "text"})
			}, "a reader: truncate .reed/tables/text/version.log"},
	} {
		t.Run(test.bug, func(t *testing.T) {
			report := &recorder{TB: t}
			test.find(t, report, build(t, test.in))
			if !strings.Contains(report.text.String(), test.want) {
				t.Errorf("%q is not in the report:\n%s", test.want, report.text.String())
			}
		})
	}
}

// finds cuts the power while a binary runs the command.
func (c command) finds(t *testing.T, report testing.TB, binary string) {
	c.states = 60
	try(t, c, binary).cut(t, report)
}

// A recorder is a test whose errors are looked at, not counted.
type recorder struct {
	testing.TB
	text strings.Builder
}

func (r *recorder) Error(args ...any)                 { fmt.Fprintln(&r.text, args...) }
func (r *recorder) Errorf(format string, args ...any) { fmt.Fprintf(&r.text, format+"\n", args...) }
