package crowd

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestRecreated deletes a table and imports it again, time after time, while others write to it: each write finds a table
// and is a version of it, or finds none and is nothing.
func TestRecreated(t *testing.T) {
	x := newText(1000)
	d := newDatabase(t, x.bytes())
	n, from := each(t, 12), seed(t)
	const crew = 4
	all := make([][]attempt, crew)
	var writers, maker sync.WaitGroup
	for worker := range all {
		writers.Go(func() { all[worker] = d.hit(random(from, worker), worker, n, len(x.rows)) })
	}
	made, done := 0, make(chan struct{})
	maker.Go(func() { made = d.remake(done) })
	writers.Wait()
	close(done)
	maker.Wait()
	found := map[stamp.ID]attempt{}
	for _, a := range slices.Concat(all...) {
		if id := stored(a.answer); id != 0 {
			found[id] = a
		}
	}
	t.Logf("made %d times anew; %d of %d writes found a table", made, len(found), crew*n)
	for _, l := range d.log() {
		x = d.remade(x, l, found)
	}
	if len(found) > 0 {
		t.Errorf("acknowledged and not in the log: %v", found)
	}
	d.sound(x.bytes())
}

// hit writes to a table that may not be there.
func (d *database) hit(random *rand.Rand, worker, n, rows int) (list []attempt) {
	for turn := range n {
		a := attempt{user: fmt.Sprintf("writer%d", worker), row: random.IntN(rows), value: fmt.Sprintf("update %d of writer %d", turn, worker)}
		a.answer = d.rdb("set", name, key(a.row), "value="+a.value, "--user", a.user, "--json")
		if a.code != 10 && (a.code != 0 || stored(a.answer) == 0) {
			d.t.Errorf("set: %v", a)
		}
		list = append(list, a)
	}
	return list
}

// remake deletes the table and imports it again until done is closed, and returns how often.
func (d *database) remake(done <-chan struct{}) int {
	for n := 0; ; n++ {
		select {
		case <-done:
			return n
		default:
		}
		for _, args := range [][]string{{"table:delete", name, "--confirm"}, {"import", name, "import.csv"}} {
			if a := d.rdb(args...); a.code != 0 {
				d.t.Errorf("rdb %v: %v", args, a)
			}
		}
	}
}

// remade carries out a version, which may begin the table anew, and takes it out of those found.
func (d *database) remade(x *text, l verlog.Line, found map[stamp.ID]attempt) *text {
	d.t.Helper()
	a, hit := found[l.ID]
	delete(found, l.ID)
	switch {
	case l.Action == verlog.Delete:
		return x
	case l.Action == verlog.Import:
		x = newText(len(x.rows))
	case hit:
		x.set(a.row, a.value)
	}
	if l.Hash != x.sum() {
		d.t.Fatalf("version %d with action %d is not what was done", l.ID, l.Action)
	}
	return x
}

// TestMovedAway puts another table, or another database, into the place of one for whose lock a writer waits: the write is
// refused with nothing stored, or is a version of what is there now.
func TestMovedAway(t *testing.T) {
	for _, c := range []struct{ what, path string }{
		{"table", ".reed/tables/" + name},
		{"database", ".reed"},
	} {
		t.Run(c.what, func(t *testing.T) {
			x := newText(100)
			d := newDatabase(t, x.bytes())
			lock := d.holdLock()
			var waiting sync.WaitGroup
			waits, a := make(chan *exec.Cmd, 1), attempt{user: "writer", row: 7, value: "too late"}
			waiting.Go(func() {
				a.answer = d.doomed(func(cmd *exec.Cmd) { waits <- cmd }, "set", name, key(a.row), "value="+a.value, "--user", a.user, "--json")
			})
			opened(<-waits, d.path(""))
			if err := os.Rename(filepath.Join(d.root, c.path), filepath.Join(d.root, "moved")); err != nil {
				t.Fatal(err)
			}
			d.must("init", "-q")
			d.must("import", name, filepath.Join(d.root, "import.csv"), "-q")
			lock.Close()
			waiting.Wait()
			t.Logf("the write: %v%s", a.answer, a.out)
			if a.code != 0 && (a.code != 11 || stored(a.answer) != 0) {
				t.Errorf("the write: %v", a)
			}
			d.carriedOut(x, []attempt{a}, every(1))
			d.sound(x.bytes())
		})
	}
}

// holdLock holds the lock of the table as a process does that takes its time.
func (d *database) holdLock() *os.File {
	d.t.Helper()
	f, err := os.OpenFile(d.path("lock"), os.O_RDWR|os.O_CREATE, 0o666)
	if err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { f.Close() })
	return f
}

// opened waits until a process has a file of a folder open, or has ended.
func opened(cmd *exec.Cmd, path string) {
	for {
		folder := fmt.Sprintf("/proc/%d/fd", cmd.Process.Pid)
		files, err := os.ReadDir(folder)
		if err != nil {
			return
		}
		for _, f := range files {
			if target, _ := os.Readlink(filepath.Join(folder, f.Name())); strings.HasPrefix(target, path+"/") {
				return
			}
		}
	}
}
