package reedbase

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
)

// MergeOptions say how a write is merged that was made from an older version. The zero value is what the database's settings
// say.
type MergeOptions struct {
	Rows       bool   // rows that both sides changed are a conflict, even in different cells
	OnConflict string // "record" stores conflicts; "fail" refuses the write with a *Clash, which is fault.No
	Strategy   string // "manual", "last-write-wins" or "first-write-wins"
}

// Clash is the error of a write that was refused for its conflicts.
type Clash = table.Clash

func (t *Table) merging(o MergeOptions) (table.MergeOptions, error) {
	c, err := t.db.store.Config()
	if err != nil {
		return table.MergeOptions{}, err
	}
	m := c.MergeOptions(t.Name())
	m.Rows = o.Rows
	switch o.OnConflict {
	case "":
	case "record", "fail":
		m.Fail = o.OnConflict == "fail"
	default:
		return m, fault.New(fault.Input, "on a conflict a write can \"record\" it or \"fail\"; not %q", o.OnConflict)
	}
	if o.Strategy != "" {
		m.Strategy, err = table.ParseStrategy(o.Strategy)
	}
	return m, err
}

// Strategy returns what becomes of the conflicts of this table, by the database's settings.
func (t *Table) Strategy() (string, error) {
	m, err := t.merging(MergeOptions{})
	return m.Strategy.String(), err
}

// ConflictSide is what one of three texts had in a conflict.
type ConflictSide struct {
	Version ID
	User    string // who wrote it; "" for the base
	Columns []string
	Cells   []string // nil when the row was not there
}

// Conflict is two writes of one row, or of the header, neither of which had seen the other.
type Conflict struct {
	ID      string
	Table   string
	Kind    string   // "update", "delete", "insert" or "header"
	Key     []string // cells of the row's key; none for the header
	Columns []string // that clash; none when it is the whole row, or the order of the columns
	Kept    string   // what the table has: "ours", "theirs" or "both"
	Base    ConflictSide
	Ours    ConflictSide
	Theirs  ConflictSide
	id      conflict.ID
}

// Conflicts returns the open conflicts of the table, oldest first.
func (t *Table) Conflicts() ([]Conflict, error) {
	open, err := t.t.Conflicts()
	if err != nil || len(open) == 0 {
		return nil, err
	}
	return t.conflictsOf(open)
}

// ClashConflicts returns the conflicts for which a write was refused. They have no ids.
func (t *Table) ClashConflicts(c *Clash) ([]Conflict, error) { return t.conflictsOf(c.Conflicts) }

func (t *Table) conflictsOf(open []conflict.Conflict) ([]Conflict, error) {
	key, err := t.t.KeyNames()
	if err != nil {
		return nil, err
	}
	names := t.db.labels()
	list := make([]Conflict, len(open))
	for i, c := range open {
		list[i] = Conflict{Table: t.Name(), Kind: c.Kind.String(), Columns: c.Columns, Kept: c.Kept, id: c.ID}
		if c.ID.N > 0 {
			list[i].ID = c.ID.String()
		}
		if c.Kind != conflict.Header {
			if list[i].Key, err = keyCells(c.Key, len(key)); err != nil {
				return nil, err
			}
		}
		for j, side := range []conflict.Side{c.Base, c.Ours, c.Theirs} {
			to := []*ConflictSide{&list[i].Base, &list[i].Ours, &list[i].Theirs}[j]
			if *to, err = sideOf(side); err != nil {
				return nil, err
			}
			if j > 0 {
				to.User = names.user(side.User)
			}
		}
	}
	return list, nil
}

func keyCells(key []byte, n int) ([]string, error) {
	parts, err := row.SplitKey(key, max(1, n))
	cells := make([]string, len(parts))
	for i, p := range parts {
		cells[i] = string(p)
	}
	return cells, err
}

func sideOf(s conflict.Side) (ConflictSide, error) {
	to := ConflictSide{Version: s.Version, Columns: s.Columns}
	if s.Record == nil {
		return to, nil
	}
	cells, err := row.Cells(nil, s.Record)
	to.Cells = make([]string, len(cells))
	for i, c := range cells {
		to.Cells[i] = string(c)
	}
	return to, err
}

// Conflicts returns the open conflicts of all tables, by table.
func (db *DB) Conflicts() (list []Conflict, err error) {
	names, err := db.names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		t, err := db.Table(name)
		if err != nil {
			return nil, err
		}
		open, err := t.Conflicts()
		t.Close()
		if err != nil {
			return nil, err
		}
		list = append(list, open...)
	}
	return list, nil
}

// Conflict returns the open conflict that a text means: its id, or a beginning of one that no other has. None is
// fault.NotFound, several are fault.Input.
func (db *DB) Conflict(spec string) (Conflict, error) {
	all, err := db.Conflicts()
	if err != nil {
		return Conflict{}, err
	}
	if i := slices.IndexFunc(all, func(c Conflict) bool { return c.ID == spec }); i >= 0 {
		return all[i], nil
	}
	some := slices.DeleteFunc(all, func(c Conflict) bool { return spec == "" || !strings.HasPrefix(c.ID, spec) })
	switch len(some) {
	case 1:
		return some[0], nil
	case 0:
		err := fault.New(fault.NotFound, "there is no open conflict %q", spec)
		return Conflict{}, fault.WithHint(err, "'rdb conflict:list' lists them")
	}
	err = fault.New(fault.Input, "%q is the beginning of %d conflicts' ids", spec, len(some))
	return Conflict{}, fault.WithHint(err, "the first two are %s and %s", some[0].ID, some[1].ID)
}

// Take says what a conflict's row is to be.
type Take = table.Take

// What a resolution takes. By the recorded times of the two writes, TakeLater and TakeEarlier take one of them.
const (
	TakeOurs    = table.TakeOurs
	TakeTheirs  = table.TakeTheirs
	TakeBase    = table.TakeBase
	TakeBoth    = table.TakeBoth // theirs under a new key
	TakeValue   = table.TakeValue
	TakeLater   = table.TakeLater
	TakeEarlier = table.TakeEarlier
)

// Resolution is how a conflict is settled.
type Resolution struct {
	Take   Take
	Column string       // the only column to settle; "" settles all
	Values []Assignment // of TakeValue
	Force  bool         // also where the row was written since; TakeOurs then keeps the row as it is now
}

// Resolved is what settling a conflict did.
type Resolved struct {
	ID      string
	Took    string   // "ours", "theirs", "base", "both" or "value"
	NewKey  []string // of the row that TakeBoth added
	Columns []string // that are settled; none for all
}

// ResolveConflicts settles conflicts of the table, all in the same way and as one version, whether or not it changes a byte.
// Where a row is not what the merge left any more nothing is stored, and the error is fault.No.
func (t *Table) ResolveConflicts(list []Conflict, how Resolution) (Result, []Resolved, error) {
	user, err := t.db.user()
	if err != nil {
		return Result{}, nil, err
	}
	all := make([]table.Resolution, len(list))
	for i, c := range list {
		all[i] = table.Resolution{ID: c.id, Take: how.Take, Column: how.Column, Values: how.Values, Force: how.Force}
	}
	raw, done, err := t.t.Resolve(user, all...)
	if err != nil {
		return Result{}, nil, err
	}
	key, err := t.t.KeyNames()
	resolved := make([]Resolved, len(done))
	for i, d := range done {
		resolved[i] = Resolved{ID: d.ID.String(), Took: d.By, Columns: d.Columns}
		if d.NewKey != nil && err == nil {
			resolved[i].NewKey, err = keyCells(d.NewKey, len(key))
		}
	}
	return t.result(raw), resolved, err
}
