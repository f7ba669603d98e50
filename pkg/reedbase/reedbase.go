// Package reedbase is the Go API of ReedBase: tables of plain pipe-delimited CSV whose every change is kept. The rdb
// command does nothing that this package cannot. It must never know flags, terminals or exit codes.
//
//	db, err := reedbase.Open(".", reedbase.Options{User: "ada"})
//	t, err := db.Table("text")
//	res, err := t.Set([]string{"page.title@de"}, []reedbase.Assignment{{Column: "value", Value: "Willkommen"}})
//
// Errors carry a kind, fault.KindOf, and often a next step, fault.HintOf. A DB and its tables may be used by several
// goroutines, and a database by any number of processes at once.
package reedbase

import (
	"errors"
	"slices"
	"time"

	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/store"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// ID names a version; 0 is none.
type ID = stamp.ID

// Action says what a version did.
type Action = verlog.Action

// Config is what the database's config.toml says.
type Config = store.Config

// Options is how a database is used. The zero value reads; a write needs a User.
type Options struct {
	User  string               // the name under which writes are recorded
	Login string               // that name when User is empty and the database's settings give none
	Wait  time.Duration        // how long a write waits for a table's lock; 0 takes the database's setting
	Warn  func(text string)    // told what a user should know although a call succeeded; nil drops it
	Trust bool                 // also open a database that belongs to another user
	Trace func(argv ...string) // told the plumbing commands that would do the same; nil is silent
}

// DB is an open database.
type DB struct {
	store *store.Store
	opt   Options
}

// Find returns the nearest folder at or above start that holds a database; fault.NotFound when none does.
func Find(start string) (dir string, err error) { return store.Find(start) }

// Init makes a database in the folder dir and opens it; one that is there already is opened as it is, created false.
func Init(dir string, o Options) (db *DB, created bool, err error) {
	s, created, err := store.Init(dir, o.store())
	if err != nil {
		return nil, false, err
	}
	return &DB{s, o}, created, nil
}

// Open opens the database in the folder dir. The caller closes it.
func Open(dir string, o Options) (*DB, error) {
	s, err := store.Open(dir, o.store())
	if err != nil {
		return nil, err
	}
	return &DB{s, o}, nil
}

func (o Options) store() store.Options {
	return store.Options{Wait: o.Wait, Warn: o.Warn, Trust: o.Trust}
}

// Close releases the database.
func (db *DB) Close() error { return db.store.Close() }

// Dir returns the folder that holds the database.
func (db *DB) Dir() string { return db.store.Path() }

// Config returns the database's settings.
func (db *DB) Config() (Config, error) { return db.store.Config() }

func (db *DB) trace(argv ...string) {
	if db.opt.Trace != nil {
		db.opt.Trace(argv...)
	}
}

// user returns the code of the user who writes.
func (db *DB) user() (uint64, error) {
	name := db.opt.User
	if name == "" {
		c, err := db.store.Config()
		if err != nil {
			return 0, err
		}
		if name = c.User.Name; name == "" {
			name = db.opt.Login
		}
	}
	if name == "" {
		return 0, fault.WithHint(fault.New(fault.Input, "a write needs a user"), "name one with --user or REED_USER")
	}
	return db.store.User(name)
}

// Table returns the table name; fault.NotFound, with the nearest name as a hint, when it is not there. A table that was
// deleted is there for Versions, Content and Rollback alone.
func (db *DB) Table(name string) (*Table, error) {
	t, err := db.store.Table(name)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = db.hintNames(err, name)
		}
		return nil, err
	}
	return &Table{db: db, t: t}, nil
}

func (db *DB) hintNames(err error, name string) error {
	names, err2 := db.names()
	if err2 != nil || len(names) == 0 {
		return fault.WithHint(err, "there is no table yet; 'rdb import TABLE FILE' or 'rdb table:create' makes one")
	}
	if near := nearest(name, names); near != "" {
		return fault.WithHint(err, "did you mean %q?", near)
	}
	return fault.WithHint(err, "the tables are %s", listed(names))
}

// Statuses looks at all tables that are there, by name, without changing them.
func (db *DB) Statuses() ([]Status, error) {
	names, err := db.store.Names()
	if err != nil {
		return nil, err
	}
	var list []Status
	labels := db.labels()
	for _, name := range names {
		t, err := db.Table(name)
		if err != nil {
			return nil, err
		}
		s, there, err := t.status(labels)
		t.Close()
		if err != nil {
			return nil, err
		}
		if there {
			list = append(list, s)
		}
	}
	return list, nil
}

// names returns the tables that are there, sorted.
func (db *DB) names() ([]string, error) {
	all, err := db.store.Names()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(name string) bool {
		t, err := db.store.Table(name)
		if err != nil {
			return true
		}
		defer t.Close()
		ok, err := t.Exists()
		return err == nil && !ok
	}), nil
}

// Name is an entry of a dictionary: of an action with its description, or of a user with the time it was added.
type Name struct {
	Code uint64
	Name string
	Note string
}

// Actions returns the names of actions, by code.
func (db *DB) Actions() ([]Name, error) { return db.entries(dict.Actions) }

// Users returns the names of users, by code.
func (db *DB) Users() ([]Name, error) { return db.entries(dict.Users) }

func (db *DB) entries(kind dict.Kind) ([]Name, error) {
	d, err := db.store.Dictionary(kind)
	if err != nil {
		return nil, err
	}
	var list []Name
	for _, e := range d.Entries() {
		list = append(list, Name(e))
	}
	return list, nil
}

// labels name the codes in a log. A dictionary that is missing or damaged costs names, not history.
type labels struct{ actions, users *dict.Dict }

func (db *DB) labels() labels {
	actions, _ := db.store.Dictionary(dict.Actions)
	users, _ := db.store.Dictionary(dict.Users)
	return labels{actions, users}
}

func (l labels) action(a Action) string {
	if l.actions != nil {
		if e, ok := l.actions.Code(uint64(a)); ok {
			return e.Name
		}
	}
	return a.String()
}

func (l labels) user(code uint64) string {
	if l.users != nil {
		return l.users.Label(code)
	}
	return "user " + stamp.ID(code).String()
}

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

// CheckDictionaries returns all that is wrong with the dictionaries.
func (db *DB) CheckDictionaries() ([]Problem, error) {
	var list []Problem
	for _, p := range db.store.CheckDictionaries() {
		list = append(list, problem("", p))
	}
	return list, nil
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

// fill makes the files of a database just restored that no backup holds, for those who read them before any command of ours.
func (db *DB) fill(dir string) error {
	s, err := store.Open(dir, db.opt.store())
	if err != nil {
		return err
	}
	_, err = s.Recover("")
	return errors.Join(err, s.Close())
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

// ImportOptions is how a file is read.
type ImportOptions struct {
	Delimiter  byte     // 0 is '|'; with another one the file is rewritten into the dialect
	Key        []string // names of the key's columns; nil keeps the table's key, column 0 for a new one
	Duplicates string   // what to do with a second row of a key: "fail" (the default), or keep the "first" or the "last"
	Source     string   // what the content is, for messages
}

// Create makes a table with these columns and no rows. It is refused with fault.Input when the table exists.
func (db *DB) Create(name string, columns []string) (*Table, Result, error) {
	content, err := header(columns)
	if err != nil {
		return nil, Result{}, err
	}
	return db.replace(name, table.Replacement{Content: content, Action: verlog.Create, Create: true})
}

// Import makes a table from src, or a new version of one that exists.
func (db *DB) Import(name string, src []byte, o ImportOptions) (*Table, Result, error) {
	content, err := convert(src, o)
	if err != nil {
		return nil, Result{}, err
	}
	return db.replace(name, table.Replacement{Content: content, Action: verlog.Import, Key: o.Key, Source: o.Source})
}

func (db *DB) replace(name string, r table.Replacement) (t *Table, res Result, err error) {
	if r.User, err = db.user(); err != nil {
		return nil, res, err
	}
	made, err := db.tableFor(name, r)
	if err != nil {
		return nil, res, err
	}
	t = &Table{db: db, t: made}
	raw, err := made.Replace(r)
	if err != nil {
		return nil, res, errors.Join(err, made.Close())
	}
	return t, t.result(raw), nil
}

// tableFor opens the table that r is for. Its folder is made only for content that is a table.
func (db *DB) tableFor(name string, r table.Replacement) (*table.Table, error) {
	t, err := db.store.Table(name)
	if fault.KindOf(err) != fault.NotFound {
		return t, err
	}
	if err := table.CheckContent(r.Source, r.Content, r.Key); err != nil {
		return nil, err
	}
	return db.store.MakeTable(name)
}

// Tables returns what is known of each table that is there, by name.
func (db *DB) Tables() ([]TableInfo, error) {
	names, err := db.names()
	if err != nil {
		return nil, err
	}
	list := make([]TableInfo, 0, len(names))
	for _, name := range names {
		t, err := db.Table(name)
		if err != nil {
			return nil, err
		}
		info, err := t.Info()
		t.Close()
		if err != nil {
			return nil, err
		}
		list = append(list, info)
	}
	return list, nil
}
