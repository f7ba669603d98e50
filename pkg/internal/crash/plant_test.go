package crash

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/reedbase/reedbase/pkg/internal/powercut"
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
		{"the log is written before the delta", lateDelta("true"), set.finds, "cannot be made from the deltas"},
		{"a merge is written before the delta that it joins", lateDelta("v.line.Base != s.v.head().ID"),
			named("apply a stale edit").finds, "cannot be made from the deltas"},
		{"the log is written before the conflicts", late("if err := s.create(v, conflictsName(id), file); err != nil {",
			"late = func() error { return t.dir.Create(conflictsName(id), \"delta\"+tempSuffix, file) }\n\t\tif err := error(nil); err != nil {"),
			named("apply a clash").finds, "conflicts:}"},
		{"the folder of a group is not flushed", plant{"pkg/table/group.go",
			"\tif err := s.t.dir.Sync(); err != nil {\n\t\treturn uncounted(err)\n\t}\n", ""},
			group().cutWith, "cannot be made from the deltas"},
		{"a version stays whose waiter has no answer", plant{"pkg/table/group.go", "\t\ts.unstage() //", "\t\t//"},
			func(t *testing.T, report testing.TB, binary string) {
				newCompany(t, binary).suffer(t, report, 12, func(c powercut.Call) bool { return c.Name == "pwrite64" && inQueue(c) })
			}, "the versions are by map[ada:1 bob:3"},
		{"a waiter believes every answer", plant{"pkg/table/group.go", "if !a.stands(f) {", "if false {"},
			func(t *testing.T, report testing.TB, binary string) {
				newCompany(t, binary).suffer(t, report, 12, func(c powercut.Call) bool { return c.Name == "pwrite64" && c.Target == logOf })
			}, "the versions are by map[]"},
		{"a lock keeps nobody out", plant{"pkg/durable/lock.go", "\terr := flockCall(f, syscall.LOCK_EX|syscall.LOCK_NB)\n\tif err == nil {",
			"\terr := flockCall(f, syscall.LOCK_EX|syscall.LOCK_NB)\n\tif err == nil || wait > 0 {"},
			func(t *testing.T, report testing.TB, binary string) {
				(&meeting{first: adder("ada"), others: [][]actor{{adder("bob")}}}).hold(t, report, binary)
			}, "stopped before call"},
		{"an edit that comes at the last moment is displaced", plant{"pkg/table/current.go", "\tif sameText(stat, v.stat) {\n\t\tif name", "\tif stat.Size >= 0 {\n\t\tif name"},
			func(t *testing.T, report testing.TB, binary string) {
				m := meeting{first: adder("ada"), few: 1000}
				m.first.exits = []int{1, 11, 15, 128}
				m.edited(byHand, renamed)
				m.hold(t, report, binary)
			}, "the edit by hand is lost"},
		{"a reader without the lock cuts the log", plant{"pkg/table/read.go", "\tquick := *t\n", "\tif v.log.torn {\n\t\tt.cutTorn(v.log)\n\t}\n\tquick := *t\n"},
			func(t *testing.T, report testing.TB, binary string) {
				reads(t, report, binary, []string{"export", "text"})
			}, "a reader: truncate .reed/tables/text/version.log"},
	} {
		t.Run(test.bug, func(t *testing.T) {
			t.Parallel()
			report := &recorder{TB: t}
			test.find(t, report, build(t, test.in))
			if !strings.Contains(report.text.String(), test.want) {
				t.Errorf("%q is not in the report:\n%s", test.want, report.text.String())
			}
		})
	}
}

// lateDelta makes the deltas of versions of which the condition holds after the log has their lines.
func lateDelta(condition string) plant {
	return late("return s.create(v, deltaName(id), file)", "if "+condition+" {\n"+
		"\t\tlate = func() error { return t.dir.Create(deltaName(id), \"delta\"+tempSuffix, file) }\n\t\treturn nil\n\t}\n"+
		"\treturn s.create(v, deltaName(id), file)")
}

// late puts a text that leaves something for late where the old one is, and has it done after the log has the lines.
func late(old, text string) plant {
	return plant{"pkg/table/commit.go",
		old + more + "if err := s.append(); err != nil {" + more + "// Publish appends the staged version",
		text + more + "if err := errors.Join(s.append(), late()); err != nil {" + more +
			"var late = func() error { return nil }\n\n// Publish appends the staged version"}
}

func inQueue(c powercut.Call) bool { return strings.HasPrefix(c.Target, ".reed/tables/text/queue/") }

// named returns one of the commands.
func named(name string) command {
	all := commands()
	return all[slices.IndexFunc(all, func(c command) bool { return c.name == name })]
}

// finds cuts the power while a binary runs the command.
func (c command) finds(t *testing.T, report testing.TB, binary string) {
	c.states = 60
	try(t, c, binary).cut(t, report)
}

// A recorder is a test whose errors are looked at, not counted.
type recorder struct {
	testing.TB
	mu   sync.Mutex
	text strings.Builder
}

func (r *recorder) Error(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(&r.text, format+"\n", args...)
}
