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

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/store"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// ID names a version; 0 is none.
type ID = stamp.ID

// Action says what a version did.
type Action = verlog.Action

// Config is what the database's config.toml says.
type Config = store.Config

// Options is how a database is used. The zero value reads; a write needs a User. Where several goroutines use the database, they call
// Login, Warn and Trace at once.
type Options struct {
	User  string               // the name under which writes are recorded
	Login func() string        // asked for that name when User is empty and the database's settings give none; nil knows none
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

// Open opens the database in the folder dir, and finishes the frames that a crash left half carried out. Those that a process leaves so
// while the database is open are finished by whoever opens it next and, each table by itself, by those who write. The caller closes it.
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

// Config returns the database's settings, as a DB reads them once, when it first needs them: what is edited later is for those that are
// opened later.
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
		if name = c.User.Name; name == "" && db.opt.Login != nil {
			name = db.opt.Login()
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

// Statuses looks at all tables that are there, by name, without changing them. Of one that cannot be looked at, Problem says why.
func (db *DB) Statuses() ([]Status, error) {
	if _, err := db.store.Config(); err != nil {
		return nil, err // which is no matter of a table
	}
	names, err := db.store.Names()
	if err != nil {
		return nil, err
	}
	var list []Status
	labels := db.labels()
	for _, name := range names {
		if s, there := db.statusOf(name, labels); there {
			list = append(list, s)
		}
	}
	return list, nil
}

func (db *DB) statusOf(name string, names labels) (s Status, there bool) {
	t, err := db.Table(name)
	if err == nil {
		defer t.Close()
		s, there, err = t.status(names)
	}
	if err != nil {
		return Status{Name: name, State: Damaged, Problem: err}, true
	}
	return s, there
}

// names returns the tables that are there, sorted. One that cannot be opened is: who opens it learns why.
func (db *DB) names() ([]string, error) {
	all, err := db.store.Names()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(name string) bool {
		t, err := db.store.Table(name)
		if err != nil {
			return fault.KindOf(err) == fault.NotFound
		}
		defer t.Close()
		ok, err := t.Exists()
		return err == nil && !ok
	}), nil
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
