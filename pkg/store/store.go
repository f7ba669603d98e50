// Package store owns a database: it finds and opens a .reed, gives its tables ids and users, commits several tables at
// once, backs them up and takes them back in time. It must never parse ReedQL nor talk to a network.
package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/ledger"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
)

// Folder is the name of a database's folder.
const Folder = ".reed"

// The names inside it; reed-layout(5) describes them.
const (
	configFile     = "config.toml"
	nodeFile       = "node.toml"
	clockFile      = "clock"
	registryFolder = "registry"
	tablesFolder   = "tables"
	framesFolder   = "frames"
	pendingFolder  = "frames/pending"
	backupsFolder  = "backups"
	schemaFolder   = "schema"
	cacheFolder    = "cache"
	tableCache     = "cache/tables"
	tempSuffix     = ".tmp"
)

// Options is what opening a database may be told.
type Options struct {
	Wait  time.Duration     // how long a write waits for a lock; 0 takes the configuration's
	Warn  func(text string) // told what happened beside a call's result; nil drops it
	Trust bool              // also open a database that belongs to another user
}

// Store is an open database. It may be used by several goroutines.
type Store struct {
	dir    *durable.Dir // .reed
	tables *durable.Dir
	cache  *durable.Dir // of tables; nil when there is none
	path   string       // the folder that holds .reed
	opt    Options
	config func() (Config, error)
	node   func() (Node, error)
}

// Find returns the nearest folder at or above start that holds a database; fault.NotFound when none does.
func Find(start string) (string, error) {
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", err
	}
	for {
		if info, err := os.Lstat(filepath.Join(dir, Folder)); err == nil && info.IsDir() {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			err := fault.New(fault.NotFound, "no database (%s) in %q or any folder above it", Folder, start)
			return "", fault.WithHint(err, "'rdb init' makes one here; -C DIR names another place")
		}
		dir = up
	}
}

// Init makes the database in the folder dir, which is made when it is missing, and opens it. When there is one already
// it is opened as it is, and created is false. It appears whole or not at all.
func Init(dir string, o Options) (s *Store, created bool, err error) {
	if err := durable.MakeAll(dir); err != nil {
		return nil, false, err
	}
	above, err := durable.OpenDir(dir)
	if err != nil {
		return nil, false, err
	}
	defer above.Close()
	if !above.Exists(Folder) {
		if created, err = build(above); err != nil {
			return nil, false, err
		}
	}
	s, err = Open(dir, o)
	return s, created, err
}

// build makes the database under another name and renames it into place; false when another process was faster.
func build(above *durable.Dir) (bool, error) {
	temp := Folder + "." + rand.Text()[:8] + tempSuffix
	dir, err := above.MakeSub(temp)
	if err != nil {
		above.Root().RemoveAll(temp)
		return false, err
	}
	defer dir.Close()
	err = fill(dir, time.Now())
	if err == nil {
		err = above.PlaceNew(temp, Folder)
	}
	if err != nil {
		above.Root().RemoveAll(temp)
		if durable.IsExist(err) {
			return false, nil
		}
		return false, err
	}
	return true, nil
}

func fill(dir *durable.Dir, now time.Time) error {
	for _, name := range []string{registryFolder, tablesFolder, framesFolder, pendingFolder, cacheFolder, tableCache} {
		if err := dir.Root().Mkdir(name, 0o777); err != nil {
			return err
		}
	}
	registry, err := dir.Sub(registryFolder)
	if err != nil {
		return err
	}
	defer registry.Close()
	if err := ledger.At(registry, dict.Actions, "").Create(now, 0); err != nil {
		return err
	}
	if err := ledger.At(registry, dict.Users, "").Create(now, 0); err != nil {
		return err
	}
	frames, err := dir.Sub(framesFolder)
	if err != nil {
		return err
	}
	defer frames.Close()
	return errors.Join(
		frames.Sync(),
		dir.Replace(nodeFile, nodeFile+tempSuffix, newNode().encode()),
		dir.Replace(configFile, configFile+tempSuffix, []byte(DefaultConfig)),
	)
}

// Open opens the database in the folder dir; fault.NotFound when there is none, fault.Format when a newer program made
// it. A database that belongs to another user is refused, because its settings and contents are then that user's to
// choose. Frames that a crash left pending are finished first.
func Open(dir string, o Options) (*Store, error) {
	path := filepath.Join(dir, Folder)
	d, err := durable.OpenDir(path)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = fault.WithHint(fault.New(fault.NotFound, "no database (%s) in %q", Folder, dir), "'rdb init %s' makes one", dir)
		}
		return nil, err
	}
	s := &Store{dir: d, path: dir, opt: o}
	s.config = sync.OnceValues(s.readConfig)
	s.node = sync.OnceValues(s.readNode)
	if err := s.open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) open() (err error) {
	if err := s.checkOwner(); err != nil {
		return err
	}
	if _, err := s.node(); fault.KindOf(err) == fault.Format {
		return err // what it holds may mean something else than it seems to
	}
	if s.tables, err = s.openTables(); err != nil {
		return err
	}
	if s.cache, err = s.dir.Sub(tableCache); err != nil {
		s.cache = nil // deleting cache/ loses nothing
	}
	return s.finishFrames()
}

// openTables opens the folder of the tables. It may be missing as long as no id was given out: a program that copies files, as git does,
// may leave out folders that are empty.
func (s *Store) openTables() (*durable.Dir, error) {
	tables, err := s.dir.Sub(tablesFolder)
	switch {
	case fault.KindOf(err) != fault.NotFound:
		return tables, err
	case s.dir.Exists(nodeFile) && !s.dir.Exists(clockFile):
		return s.dir.MakeSub(tablesFolder)
	}
	err = fault.New(fault.Corrupt, "%s: is missing, and all tables with it", s.dir.Path(tablesFolder))
	return nil, fault.WithHint(err, "tar takes them out of what is in %s", s.dir.Path(backupsFolder))
}

// checkOwner refuses a folder of somebody else, as git does: root may work in that of the user who became root.
func (s *Store) checkOwner() error {
	if s.opt.Trust {
		return nil
	}
	info, err := s.dir.Root().Stat(".")
	if err != nil {
		return err
	}
	owner, known := ownerOf(info)
	self := os.Geteuid()
	if !known || owner == self || self == 0 && os.Getenv("SUDO_UID") == fmt.Sprint(owner) {
		return nil
	}
	err = fault.New(fault.Other, "%q belongs to another user (uid %d)", s.dir.Path(""), owner)
	return fault.WithHint(err, "look at it first; --trust opens it all the same")
}

// Close releases the database.
func (s *Store) Close() error {
	err := s.dir.Close()
	if s.tables != nil {
		err = errors.Join(err, s.tables.Close())
	}
	if s.cache != nil {
		err = errors.Join(err, s.cache.Close())
	}
	return err
}

// Path returns the folder that holds the database.
func (s *Store) Path() string { return s.path }

func (s *Store) warn(text string) {
	if s.opt.Warn != nil {
		s.opt.Warn(text)
	}
}

// wait returns how long a write waits for a lock.
func (s *Store) wait() (time.Duration, error) {
	if s.opt.Wait > 0 {
		return s.opt.Wait, nil
	}
	c, err := s.config()
	return c.Wait(), err
}

func (s *Store) tableOptions() (table.Options, error) {
	c, err := s.config()
	if err != nil {
		return table.Options{}, err
	}
	wait, err := s.wait()
	if err != nil {
		return table.Options{}, err
	}
	return table.Options{
		Mint: s.mint, Wait: wait, SyncCurrent: c.Commit.Sync == "full", MaxVersions: c.Commit.MaxVersions,
		Cache: s.cache, IndexSize: indexBytes(c.Index.Size), IndexMemory: indexBytes(c.Index.Memory),
		Warn: s.opt.Warn, Pending: s.pendingLines, Schemas: s.schemas,
	}, nil
}

// schemas opens the folder with the copies of schemas; nil where it is not there and not to be made.
func (s *Store) schemas(make bool) (*durable.Dir, error) {
	if make {
		return s.dir.MakeSub(schemaFolder)
	}
	dir, err := s.dir.Sub(schemaFolder)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return dir, err
}

// Table opens a table by name, deleted ones too; fault.NotFound, with the nearest name, when there never was one.
func (s *Store) Table(name string) (*table.Table, error) {
	o, err := s.tableOptions()
	if err != nil {
		return nil, err
	}
	return table.Open(s.tables, name, o)
}

// MakeTable opens a table by name, making its folder when it is missing.
func (s *Store) MakeTable(name string) (*table.Table, error) {
	o, err := s.tableOptions()
	if err != nil {
		return nil, err
	}
	return table.Make(s.tables, name, o)
}

// Names returns the names of all folders that hold a table, deleted ones too, sorted. What is no table name is left out.
func (s *Store) Names() ([]string, error) {
	all, err := s.tables.Names()
	if err != nil {
		return nil, err
	}
	names := all[:0]
	for _, name := range all {
		info, err := s.tables.Root().Lstat(name)
		if table.CheckName(name) == nil && err == nil && info.IsDir() {
			names = append(names, name)
		}
	}
	return names, nil
}

// Registry opens the folder of the dictionaries; fault.Corrupt when it is gone. The caller closes it.
func (s *Store) Registry() (*durable.Dir, error) {
	dir, err := s.dir.Sub(registryFolder)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Corrupt, "%s is missing", s.dir.Path(registryFolder))
		err = fault.WithHint(err, "'rdb recover' makes it anew from the logs")
	}
	return dir, err
}

// User returns the code of the user name, adding it to the dictionary when it is new.
func (s *Store) User(name string) (uint64, error) {
	dir, err := s.Registry()
	if err != nil {
		return 0, err
	}
	defer dir.Close()
	node, err := s.node()
	if err != nil {
		return 0, err
	}
	wait, err := s.wait()
	if err != nil {
		return 0, err
	}
	e, _, err := ledger.At(dir, dict.Users, "").Add(ledger.Entry{Name: name, Node: node.Number, Now: time.Now()}, wait)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Corrupt, "%s is missing", dir.Path(dict.Users.File()))
		err = fault.WithHint(err, "'rdb recover' makes it anew from the logs")
	}
	return e.Code, err
}

// mint returns the id of a new version: above seen, and above every id this node has given or seen.
func (s *Store) mint(seen stamp.ID) (stamp.ID, error) {
	node, err := s.node()
	if err != nil {
		return 0, err
	}
	return s.tick(node.Number, seen)
}
