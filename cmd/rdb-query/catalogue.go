package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/exec"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/relation"
)

// catalogue is what a query can select from: files, standard input, and the tables of a database, which is looked for when the first
// one is asked for.
type catalogue struct {
	relation.Files
	env       *cli.Env
	dir       string
	trust     bool
	given     bool // the query was an argument
	db        *reedbase.DB
	tables    *reedbase.Catalogue
	tablesErr error // why there are none
}

func newCatalogue(e *cli.Env, o options, given bool) *catalogue {
	in := e.In
	if info, err := stat(in); err != nil || !info.Mode().IsRegular() {
		in = cli.Interruptible(e.Context(), in) // which may never have anything
	}
	c := &catalogue{Files: relation.Files{In: in}, env: e, dir: o.dir, trust: o.trust, given: given}
	if c.dir == "" {
		c.dir = e.Getenv("REED_DIR")
	}
	if filepath.Base(c.dir) == ".reed" {
		c.dir = filepath.Dir(filepath.Clean(c.dir))
	}
	return c
}

func stat(in io.Reader) (fs.FileInfo, error) {
	if file, ok := in.(*os.File); ok {
		return file.Stat()
	}
	return nil, fs.ErrInvalid
}

// release closes what a statement has opened: there may be many of them.
func (c *catalogue) release() error {
	err := c.Files.Close()
	if c.tables != nil {
		err = errors.Join(err, c.tables.Close())
	}
	return err
}

// Close closes the files and the database.
func (c *catalogue) Close() error {
	err := c.release()
	if c.db != nil {
		err = errors.Join(err, c.db.Close())
	}
	return err
}

// database opens the database.
func (c *catalogue) database() (*reedbase.Catalogue, error) {
	if c.tables == nil && c.tablesErr == nil {
		c.db, c.tablesErr = c.open()
		if c.tablesErr == nil {
			c.tables = c.db.Catalogue()
		}
	}
	return c.tables, c.tablesErr
}

func (c *catalogue) open() (*reedbase.DB, error) {
	dir := c.dir
	if dir == "" {
		var err error
		if dir, err = reedbase.Find("."); err != nil {
			return nil, err
		}
	}
	return reedbase.Open(dir, reedbase.Options{Trust: c.trust, Warn: func(text string) { c.env.Warn("%s", text) }})
}

// bounds returns what the database that a query uses says of the running of queries; without one there are none.
func (c *catalogue) bounds() (exec.Options, error) {
	if c.db == nil {
		return exec.Options{Now: time.Now()}, nil
	}
	return c.db.Bounds()
}

// Table returns a table of the database.
func (c *catalogue) Table(name string, asOf cell.Value) (plan.Relation, error) {
	tables, err := c.database()
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.NotFound, "there is no database, and so no table %q", name)
		return nil, fault.WithHint(err, "a file stands in quotes: FROM '%s.csv'; -C DIR names a database", name)
	}
	if err != nil {
		return nil, err
	}
	return tables.Table(name, asOf)
}

// Call returns what a table function makes.
func (c *catalogue) Call(function string, arguments []cell.Value) (plan.Relation, error) {
	tables, err := c.database()
	if err != nil {
		return nil, err
	}
	return tables.Call(function, arguments)
}

// Stdin returns standard input, unless that holds the query.
func (c *catalogue) Stdin() (plan.Relation, error) {
	if !c.given {
		err := fault.New(fault.Input, "standard input holds the query, so there is no table on it")
		return nil, fault.WithHint(err, "give the query as an argument")
	}
	return c.Files.Stdin()
}

// Names returns the tables and table functions of the database.
func (c *catalogue) Names() (tables, functions []string) {
	if db, err := c.database(); err == nil {
		return db.Names()
	}
	return nil, nil
}
