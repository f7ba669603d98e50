package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/ledger"
	"github.com/reedbase/reedbase/pkg/store"
)

// place is where the dictionaries are: a database, or the folder of one file.
type place struct {
	dir      *durable.Dir
	file     string       // of the one dictionary; "" in a database
	database *store.Store // nil for a file
}

// kind returns which dictionary the flags mean.
func (o options) kind() dict.Kind {
	if o.actions || !o.users && strings.HasPrefix(filepath.Base(o.file), "actions") {
		return dict.Actions
	}
	return dict.Users
}

// checked returns which dictionaries check reads.
func (o options) checked() []dict.Kind {
	if o.users || o.actions || o.file != "" {
		return []dict.Kind{o.kind()}
	}
	return []dict.Kind{dict.Actions, dict.Users}
}

func (o options) open(e *cli.Env) (*place, error) {
	if o.file != "" {
		return openFile(o.file)
	}
	root, err := o.root(e)
	if err != nil {
		return nil, err
	}
	database, err := store.Open(root, store.Options{Trust: o.trust, Warn: func(text string) { e.Warn("%s", text) }})
	if err != nil {
		return nil, err
	}
	registry, err := database.Registry()
	if err != nil {
		return nil, errors.Join(err, database.Close())
	}
	return &place{dir: registry, database: database}, nil
}

// root returns the folder of the database.
func (o options) root(e *cli.Env) (string, error) {
	if o.dir != "" {
		return o.dir, nil
	}
	if dir := e.Getenv("REED_DIR"); dir != "" {
		return dir, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return store.Find(here)
}

// openFile opens the folder of a file. A link is followed first: inside a folder, names lead nowhere else.
func openFile(name string) (*place, error) {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	dir, err := durable.OpenDir(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	return &place{dir: dir, file: filepath.Base(name)}, nil
}

func (p *place) ledger(kind dict.Kind) *ledger.Ledger { return ledger.At(p.dir, kind, p.file) }

func (p *place) close() {
	p.dir.Close()
	if p.database != nil {
		p.database.Close()
	}
}

// node returns the number of the node that makes codes here.
func (p *place) node() (int, error) {
	if p.database == nil {
		return 1, nil
	}
	n, err := p.database.Node()
	return n.Number, err
}
