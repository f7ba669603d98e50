package crash

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/reedbase/reedbase/pkg/reedbase"
)

// account checks what was left when all have ended: what was acknowledged is there once, and all is in order.
func (p *place) account(root string, ends []ending) error {
	after, err := read(root, foreignPatch)
	if err != nil {
		return err
	}
	if err := after.starts(p.before); err != nil {
		return err
	}
	old, now := p.before.tables["text"], after.tables["text"]
	for _, e := range ends {
		if err := e.errs(old, now); err != nil {
			return err
		}
	}
	if err := once(root, ends, old, now); err != nil {
		return err
	}
	if p.edit != nil {
		if err := p.kept(root, now); err != nil {
			return err
		}
	}
	if p.holds != nil {
		if err := p.holds(root, p.before, after); err != nil {
			return err
		}
	}
	return p.inOrder(root, now)
}

// once checks that each writer's version is in the history, under its user, as often as it was acknowledged, and that what
// was added to the counter is there as often. One that was killed, or does not know, may have made its version.
func once(root string, ends []ending, before, after history) error {
	names, err := readUsers(root)
	if err != nil {
		return err
	}
	want, most, got := map[string]int{}, map[string]int{}, map[string]int{}
	counts, sum := true, counter(before.head)
	for _, e := range ends {
		switch name := cmp.Or(e.by, user); {
		case !e.adds:
		case e.Exit == 0, e.Exit == 3:
			want[name]++
			most[name]++
			counts = counts && (e.apart || slices.Contains(e.argv, bump))
			if e.apart {
				sum--
			}
		case e.Exit == -1 || e.Exit == 16:
			most[name]++
		}
	}
	for _, v := range after.versions[len(before.versions):] {
		if v.action != compact && v.parent < 0 {
			got[names[v.user]]++
			sum++
		}
	}
	for _, name := range names {
		if got[name] < want[name] || got[name] > most[name] {
			return fmt.Errorf("the versions are by %v; they should be by %v, or at most %v", got, want, most)
		}
	}
	if counts && counter(after.head) != sum {
		return fmt.Errorf("the counter is %d, not %d", counter(after.head), sum)
	}
	return nil
}

// kept checks that an edit by hand is in current.csv, aside or a version.
func (p *place) kept(root string, h history) error {
	dir := filepath.Join(tablesIn(root), "text")
	all := files(filepath.Join(dir, "aside"), derived)
	if current, err := os.ReadFile(filepath.Join(dir, "current.csv")); err == nil {
		all["current.csv"] = string(current)
	}
	stored := slices.ContainsFunc(h.versions, func(v version) bool { return v.hash == sumOf(p.edit) })
	if !stored && !slices.Contains(slices.Collect(maps.Values(all)), string(p.edit)) {
		return errors.New("the edit by hand is lost")
	}
	return nil
}

// inOrder checks that nothing is left to be repaired, and that the next write comes about.
func (p *place) inOrder(root string, h history) error {
	db, err := reedbase.Open(root, reedbase.Options{User: user})
	if err != nil {
		return err
	}
	defer db.Close()
	if p.edit != nil {
		if err := p.undirtied(db, root, h); err != nil {
			return err
		}
	}
	if list, err := damaged(db); err != nil || len(list) > 0 {
		return fmt.Errorf("fsck: %v, %v", list, err)
	}
	m, err := read(root, foreignPatch)
	if err != nil {
		return err
	}
	t := &trial{command: command{argv: []string{"meet"}}}
	for name, h := range m.tables {
		if err := t.copied(root, name, h); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	if err := t.next(db, root, foreignPatch); err != nil {
		return fmt.Errorf("the next commit: %w", err)
	}
	return nil
}

// undirtied drops an edit by hand from current.csv, which keeps it aside.
func (p *place) undirtied(db *reedbase.DB, root string, h history) error {
	table, err := db.Table("text")
	if err != nil {
		return err
	}
	defer table.Close()
	status, err := table.Status()
	if err == nil && status.State == reedbase.Dirty {
		_, err = table.Restore()
	}
	if err != nil {
		return err
	}
	return p.kept(root, h)
}
