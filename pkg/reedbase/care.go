package reedbase

import (
	"time"

	"github.com/reedbase/reedbase/pkg/store"
	"github.com/reedbase/reedbase/pkg/table"
)

// Problem is one finding of a check.
type Problem struct {
	Table   string // "" is the database itself
	File    string
	Line    int   // 0 where there is none
	Offset  int64 // -1 where there is none
	Version ID
	Text    string
	Note    bool // worth saying, and no damage
}

// String returns where the problem is and what it is.
func (p Problem) String() string {
	return table.Problem{File: p.File, Line: p.Line, Offset: p.Offset, Version: p.Version, Text: p.Text}.String()
}

// FsckStats says how much a check has read.
type FsckStats = store.Checked

// Fsck reads everything and returns all that is wrong. Progress, unless nil, is told how far it is.
func (db *DB) Fsck(progress func(FsckStats)) ([]Problem, FsckStats, error) {
	names, err := db.store.Names()
	if err != nil {
		return nil, FsckStats{}, err
	}
	for _, name := range names {
		db.trace("rdb-log", "verify", db.store.Path()+"/.reed/tables/"+name+"/version.log")
	}
	found, seen, err := db.store.Check(progress)
	list := make([]Problem, len(found))
	for i, f := range found {
		list[i] = problem(f.Table, f.Problem)
	}
	return list, seen, err
}

func problem(name string, p table.Problem) Problem {
	return Problem{name, p.File, p.Line, p.Offset, p.Version, p.Text, p.Note}
}

// Repair is what recovery did to a table; Table "" is the database itself.
type Repair = store.Repair

// Recover puts one table in order, or everything when name is "". It moves aside what it cannot keep.
func (db *DB) Recover(name string) ([]Repair, error) { return db.store.Recover(name) }

// Removed is a file that nothing needed.
type Removed = table.Garbage

// GC removes what nothing needs: leftovers of commands that were cut short, deltas that were folded away. With dry it
// only lists it.
func (db *DB) GC(dry bool) ([]Removed, error) { return db.store.Collect(dry) }

// Backup is one archive of the database.
type Backup = store.Backup

// Backup stores a consistent archive of the whole database in it, and verifies it.
func (db *DB) Backup() (Backup, error) { return db.store.Backup() }

// Backups lists the archives, newest first.
func (db *DB) Backups() ([]Backup, error) { return db.store.Backups() }

// VerifyBackup reads a whole archive and returns what is wrong with it. A name with a slash is a file anywhere.
func (db *DB) VerifyBackup(name string) ([]Problem, error) {
	texts, err := db.store.VerifyBackup(name)
	var list []Problem
	for _, text := range texts {
		list = append(list, Problem{File: name, Offset: -1, Text: text})
	}
	return list, err
}

// RestoreBackup unpacks an archive: into another folder, or, with into "", in the database's place. Then the tree that
// was there is kept beside it under the name returned, and db must only be closed.
func (db *DB) RestoreBackup(name, into string) (kept string, err error) {
	if kept, err = db.store.RestoreBackup(name, into); err != nil {
		return kept, err
	}
	if into == "" {
		into = db.Dir()
	}
	if err := db.fill(into); err != nil && db.opt.Warn != nil {
		db.opt.Warn("the backup is restored; current.csv follows with the next command: " + err.Error())
	}
	return kept, nil
}

// PruneBackups removes all but the newest keep archives and returns what it removed.
func (db *DB) PruneBackups(keep int) ([]Backup, error) { return db.store.PruneBackups(keep) }

// Cut says what going back to a moment does to one table.
type Cut = store.Cut

// RestoreTo takes all tables back to a moment, all or none, as new versions. With dry it only says what it would do.
func (db *DB) RestoreTo(at time.Time, dry bool) ([]Cut, error) {
	if dry {
		return db.store.RestoreTo(at, 0, true)
	}
	user, err := db.user()
	if err != nil {
		return nil, err
	}
	return db.store.RestoreTo(at, user, false)
}
