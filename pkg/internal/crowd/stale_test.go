package crowd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// TestStale has many edit rows of their own in copies of the whole table, which are stale when they come to be stored:
// nobody's edit takes back another's.
func TestStale(t *testing.T) {
	const crew = 6
	x := newText(60)
	d := newDatabase(t, x.bytes())
	n := each(t, 4)
	var again atomic.Int64
	var workers sync.WaitGroup
	for worker := range crew {
		workers.Go(func() {
			for turn := range n {
				i, value := (turn*crew+worker)%len(x.rows), fmt.Sprintf("update %d of writer %d", turn, worker)
				for !d.applyStale(fmt.Sprintf("writer%d", worker), i, value) && !t.Failed() {
					again.Add(1)
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%d edits, and %d were refused for being stale", crew*n, again.Load())
	for worker := range crew {
		for turn := range n {
			x.set((turn*crew+worker)%len(x.rows), fmt.Sprintf("update %d of writer %d", turn, worker))
		}
	}
	by := map[string]int{}
	users := d.users()
	for _, l := range d.log() {
		by[users[l.User]]++
	}
	for worker := range crew {
		if user := fmt.Sprintf("writer%d", worker); by[user] < n {
			t.Errorf("%d versions by %s, not %d", by[user], user, n)
		}
	}
	d.sound(x.bytes())
}

// applyStale edits one row in a copy of the table, and stores the copy as an edit of the version it was made of. It returns
// false when that was refused because of what others have stored meanwhile.
func (d *database) applyStale(user string, i int, value string) bool {
	lines, _, err := d.logNow()
	if err != nil {
		d.t.Error(err)
		return false
	}
	base, file := lines[len(lines)-1].ID.String(), user+".csv"
	path := filepath.Join(d.root, file)
	if a := d.rdb("export", name, "--at", base, "-o", file); a.code != 0 {
		d.t.Errorf("export --at %s: %v", base, a)
		return false
	}
	old, err := os.ReadFile(path)
	if err != nil {
		d.t.Error(err)
		return false
	}
	from := bytes.Index(old, []byte(key(i)+"|"))
	length := bytes.IndexByte(old[from:], '\n') + 1
	edited := append(append(old[:from:from], row(i, value)...), old[from+length:]...)
	if err := os.WriteFile(path, edited, 0o666); err != nil {
		d.t.Error(err)
	}
	a := d.rdb("apply", name, file, "--base", base, "--user", user, "--json")
	if a.code > 1 || a.code == 0 && stored(a) == 0 {
		d.t.Errorf("apply --base %s: %v", base, a)
	}
	return a.code == 0
}
