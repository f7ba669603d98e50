package table

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// withHistory makes a table of five versions after the first and returns them, oldest first.
func withHistory(t *testing.T) (f *fixture, ids []stamp.ID) {
	f = newFixture(t, rows(20))
	for i := range 5 {
		ids = append(ids, f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: fmt.Sprint(i)}})).ID)
	}
	return f, ids
}

// TestLostLog shows that a table whose log is gone, or ends too early, is damaged: nothing is written, and nothing that a
// recovery needs is taken for garbage.
func TestLostLog(t *testing.T) {
	f, _ := withHistory(t)
	os.Rename(filepath.Join(f.dir, logFile), filepath.Join(f.dir, "kept"))
	if _, err := f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "x"}}); fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "" {
		t.Errorf("set: %v", err)
	}
	if _, err := f.Collect(false); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("collect: %v", err)
	}
	if _, err := f.Read(); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("read: %v", err)
	}
	problems, _, err := f.Verify(nil)
	if err != nil || len(problems) == 0 || problems[0].Note {
		t.Errorf("verify: %v %v", problems, err)
	}
	os.Rename(filepath.Join(f.dir, "kept"), filepath.Join(f.dir, logFile))
	f.sound(t, true)

	os.Truncate(filepath.Join(f.dir, logFile), firstLines(t, f, 3))
	if _, err := f.Collect(false); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("collect with a log cut short: %v", err)
	}
	if problems, _, err := f.Verify(nil); err != nil || len(problems) != 1 || problems[0].Note {
		t.Errorf("verify with a log cut short: %v %v", problems, err)
	}
	if _, err := f.Recover(); err != nil {
		t.Fatal(err)
	}
	if lines, err := f.Lines(); err != nil || len(lines) != 6 {
		t.Errorf("%d lines came back: %v", len(lines), err)
	}
	f.sound(t, true)
}

// TestLostLogAndCopies loses all that says a table is there but its deltas. They are no rest of a creation that was cut short,
// which one version without a base is.
func TestLostLogAndCopies(t *testing.T) {
	f, _ := withHistory(t)
	want := f.current(t)
	for _, name := range []string{logFile, currentFile, stateFile} {
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, do := range map[string]func() error{
		"collect": func() error { _, err := f.Collect(false); return err },
		"read":    func() error { _, err := f.Read(); return err },
		"exists":  func() error { _, err := f.Exists(); return err },
		"create": func() error {
			_, err := f.Replace(Replacement{Content: []byte(rows(1)), Action: verlog.Create, Create: true})
			return err
		},
	} {
		if err := do(); fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if problems, _, err := f.Verify(nil); err != nil || len(problems) == 0 || problems[0].Note {
		t.Errorf("verify: %v %v", problems, err)
	}
	if done, err := f.Recover(); err != nil || len(done) == 0 {
		t.Fatalf("recover: %q %v", done, err)
	}
	if f.current(t) != want {
		t.Error("the table is not what it was")
	}
	f.sound(t, true)

	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{logFile, currentFile, stateFile} {
		os.Remove(filepath.Join(f.dir, name))
	}
	for _, l := range lines[1:] {
		os.Remove(filepath.Join(f.dir, deltaName(l.ID)))
	}
	if _, err := f.Read(); fault.KindOf(err) != fault.NotFound {
		t.Errorf("read after a creation that was cut short: %v", err)
	}
	f.must(t)(f.Replace(Replacement{Content: []byte(rows(1)), Action: verlog.Create, Create: true}))
}

// firstLines returns the length of the first n lines of the log.
func firstLines(t *testing.T, f *fixture, n int) (size int64) {
	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines[:n] {
		size += int64(len(l.Append(nil)))
	}
	return size
}

// TestLostLogAfterPrune loses the log of a table whose older versions were folded: no delta carries their lines.
func TestLostLogAfterPrune(t *testing.T) {
	f, ids := withHistory(t)
	if err := f.Tag("early", ids[0]); err != nil {
		t.Fatal(err)
	}
	early, late, want := f.at(t, ids[0]), f.at(t, ids[3]), f.current(t)
	if _, err := f.Prune(1, 2); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(f.dir, logFile))
	os.Remove(filepath.Join(f.dir, currentFile))
	if done, err := f.Recover(); err != nil || len(done) == 0 {
		t.Fatalf("recover: %q %v", done, err)
	}
	if f.current(t) != want || f.at(t, ids[0]) != early || f.at(t, ids[3]) != late {
		t.Error("a version is not what it was")
	}
	f.sound(t, true)
	if more, err := f.Recover(); err != nil || len(more) > 0 {
		t.Errorf("recover again: %q %v", more, err)
	}
	f.must(t)(f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "next"}}))
	f.sound(t, true)
}
