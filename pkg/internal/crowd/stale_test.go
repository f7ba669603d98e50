package crowd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestStale has many edit copies of the whole table, which are stale when they come to be stored: each in rows of its own, and
// in two that all want. Every edit is stored at the first attempt, with exit code 0 or 3; it is in the history as it was made;
// and each row is what somebody set, or what a recorded conflict says was set beside it.
func TestStale(t *testing.T) {
	const crew = 6
	x := newText(60 + shared)
	d := newDatabase(t, x.bytes())
	n := each(t, 4)
	all := make([][]staleEdit, crew)
	var workers sync.WaitGroup
	for worker := range all {
		workers.Go(func() {
			for turn := range n {
				all[worker] = append(all[worker], d.editStale(worker, turn, shared+(turn*crew+worker)%(len(x.rows)-shared)))
			}
		})
	}
	workers.Wait()
	merged, clashed := d.account(t, all)
	t.Logf("%d edits, of which %d were merged and %d found a conflict", crew*n, merged, clashed)
	if crew*n > 20 && (merged == 0 || clashed == 0) {
		t.Error("nobody was in anybody's way")
	}
	for _, edits := range all {
		for _, e := range edits {
			x.set(e.own, e.value)
		}
	}
	head, want := rowsOf(d.current()), rowsOf(x.bytes())
	for i := range shared {
		want[key(i)] = head[key(i)]
	}
	if wrong := head.differ(want); wrong != "" {
		t.Error("current.csv:", wrong)
	}
	d.fought(t, all, head)
	d.sound(d.current())
}

// shared is how many rows all of them edit, from the first on.
const shared = 2

// A staleEdit is one edit of a copy: a row of its author's own, and one of those that all share.
type staleEdit struct {
	user       string
	own, other int
	value      string
	base       stamp.ID // the version that was copied
	text       []byte   // as it was applied
	answer
}

// editStale edits two rows in a copy of the table, and stores the copy as an edit of the version that it was made of.
func (d *database) editStale(worker, turn, own int) staleEdit {
	e := staleEdit{user: fmt.Sprintf("writer%d", worker), own: own, other: turn % shared, value: fmt.Sprintf("update %d of writer %d", turn, worker)}
	lines, _, err := d.logNow()
	if err != nil {
		d.t.Error(err)
		return e
	}
	head, _ := verlog.Head(lines)
	e.base = head.ID
	base, file := e.base.String(), e.user+".csv"
	path := filepath.Join(d.root, file)
	if a := d.rdb("export", name, "--at", base, "-o", file); a.code != 0 {
		d.t.Errorf("export --at %s: %v", base, a)
		return e
	}
	if e.text, err = os.ReadFile(path); err != nil {
		d.t.Error(err)
		return e
	}
	e.text = withRow(withRow(e.text, e.own, e.value), e.other, e.value)
	if err := os.WriteFile(path, e.text, 0o666); err != nil {
		d.t.Error(err)
	}
	e.answer = d.rdb("apply", name, file, "--base", base, "--user", e.user, "--json")
	if e.code != 0 && e.code != 3 || stored(e.answer) == 0 {
		d.t.Errorf("apply --base %s: %v", base, e.answer)
	}
	return e
}

// withRow returns a text with another value in row i.
func withRow(text []byte, i int, value string) []byte {
	from := bytes.Index(text, []byte(key(i)+"|"))
	length := bytes.IndexByte(text[from:], '\n') + 1
	return append(append(text[:from:from], row(i, value)...), text[from+length:]...)
}

// account finds each edit in the log: its text, by its author, on the version that was copied; and where that was not the head
// any more, the merge of it, whose exit code says whether there were conflicts.
func (d *database) account(t *testing.T, all [][]staleEdit) (merged, clashed int) {
	t.Helper()
	lines, users := map[stamp.ID]verlog.Line{}, d.users()
	for _, l := range d.log() {
		lines[l.ID] = l
	}
	for _, edits := range all {
		for _, e := range edits {
			l := lines[stored(e.answer)]
			if l.Parent != 0 {
				merged++
				if conflicts := l.Action == verlog.MergeConflicts; conflicts != (e.code == 3) {
					t.Errorf("version %d has action %d, and exit code %d", l.ID, l.Action, e.code)
				}
				l = lines[l.Parent]
			}
			if e.code == 3 {
				clashed++
			}
			if l.Base != e.base || l.Hash != verlog.Sum(e.text) || users[l.User] != e.user {
				t.Errorf("version %d on %d by %q is not what %s made of %d", l.ID, l.Base, users[l.User], e.user, e.base)
			}
		}
	}
	return merged, clashed
}

// fought checks the rows that all share: each is what somebody set, and each edit that clashed is theirs in a conflict which
// is open still, under its author and its version.
func (d *database) fought(t *testing.T, all [][]staleEdit, head rows) {
	t.Helper()
	type clash struct{ key, user, value string }
	open := map[clash]int{}
	for line := range strings.Lines(d.must("conflict:list", "--porcelain")) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if id, err := strconv.ParseUint(f[7], 10, 64); err != nil || id == 0 {
			t.Errorf("theirs_version is %q", f[7])
		}
		open[clash{f[3], f[8], f[13]}]++
	}
	values := map[string]bool{}
	conflicts := 0
	for _, edits := range all {
		for _, e := range edits {
			values[row(e.other, e.value)] = true
			if e.code != 3 {
				continue
			}
			conflicts++
			theirs := strings.TrimSuffix(row(e.other, e.value), "\n")
			if open[clash{key(e.other), e.user, theirs}] != 1 {
				t.Errorf("no conflict has %q by %s", theirs, e.user)
			}
		}
	}
	for i := range shared {
		if line := head[key(i)]; !values[line] {
			t.Errorf("nobody set %q", line)
		}
	}
	if len(open) != conflicts {
		t.Errorf("%d conflicts are open, and %d edits found one", len(open), conflicts)
	}
}
