package reedbase

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
)

// Conflict is what two writes set differently, neither having seen the other.
type Conflict struct {
	ID      string // unique in the database; "" where the write was refused and nothing was recorded
	Table   string
	Version ID // the merge that recorded it
	Kind    ConflictKind
	Key     []string // none for a conflict over the header
	Columns []string // that clash and are not settled; none: the whole row, or the order of the columns

	Base, Ours, Theirs ConflictSide
	Now                *Record // as the merge left the row, or who settled a part since; nil: there is none
}

// ConflictKind says how two writes clash.
type ConflictKind = conflict.Kind

// The kinds of conflicts: both set a cell, one changed what the other deleted, both inserted, both changed the header.
const (
	UpdateConflict = conflict.Update
	DeleteConflict = conflict.Delete
	InsertConflict = conflict.Insert
	HeaderConflict = conflict.Header
)

// ConflictSide is one of the three states of a row in a conflict, and the write that it came about by.
type ConflictSide struct {
	Version Version // ID 0 where nothing was stored
	Record  *Record // nil: the row is not there; of a conflict over the header, the columns as a record
}

// MergeOptions say how a write that was made from an older version is joined with the head. The zero value is what the
// database's settings say.
type MergeOptions struct {
	Rows       bool   // a row that both sides changed is a conflict, even where they changed different cells
	OnConflict string // "record" stores conflicts; "fail" refuses the write with a *Clash
	Strategy   string // "manual", "last-write-wins" or "first-write-wins"
}

// merging returns how a write of the table is merged.
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

// Strategy says how conflicts are settled at once.
type Strategy = table.Strategy

// The strategies.
const (
	Manual         = table.Manual
	LastWriteWins  = table.LastWriteWins
	FirstWriteWins = table.FirstWriteWins
)

// ParseStrategy returns the strategy of a name; fault.Input when there is none.
func ParseStrategy(name string) (Strategy, error) { return table.ParseStrategy(name) }

// Clash is the error of a write that MergeOptions.OnConflict refused because of conflicts. Its kind is fault.No.
type Clash struct{ Conflicts []Conflict }

// Error returns how many conflicts there are.
func (c *Clash) Error() string {
	if len(c.Conflicts) == 1 {
		return "1 conflict with what was written since; nothing was stored"
	}
	return strconv.Itoa(len(c.Conflicts)) + " conflicts with what was written since; nothing was stored"
}

// Strategy returns how conflicts of this table are settled at once, by the database's settings.
func (t *Table) Strategy() (Strategy, error) {
	m, err := t.merging(MergeOptions{})
	return m.Strategy, err
}

// clashing turns a refusal of the table into one of this package.
func (t *Table) clashing(err error) error {
	var refused *table.Clash
	if !errors.As(err, &refused) {
		return err
	}
	list, err := t.conflictsOf(refused.Conflicts)
	if err != nil {
		return err
	}
	return fault.As(fault.No, &Clash{list})
}

// Conflicts returns the open conflicts of the table, in the order in which they were recorded.
func (t *Table) Conflicts() ([]Conflict, error) {
	raw, err := t.t.Conflicts()
	if err != nil {
		return nil, err
	}
	if err := t.t.Describe(raw); err != nil {
		return nil, err
	}
	return t.conflictsOf(raw)
}

func (t *Table) conflictsOf(raw []conflict.Conflict) ([]Conflict, error) {
	key, err := t.t.KeyNames()
	if err != nil {
		return nil, err
	}
	lines, err := t.t.Lines()
	if err != nil {
		return nil, err
	}
	names, versions := t.db.labels(), map[ID]Version{}
	for _, l := range lines {
		versions[l.ID] = versionOf(l, names)
	}
	list := make([]Conflict, len(raw))
	for i, c := range raw {
		if list[i], err = conflictOf(c, key, versions); err != nil {
			return nil, err
		}
		list[i].Table = t.Name()
		if list[i].Theirs.Version.ID == 0 {
			list[i].Theirs.Version.User = names.user(c.Theirs.User)
		}
	}
	return list, nil
}

func conflictOf(c conflict.Conflict, key []string, versions map[ID]Version) (out Conflict, err error) {
	out = Conflict{ID: c.ID, Version: c.Version, Kind: c.Kind, Columns: c.Columns}
	if c.Kind != conflict.Header {
		cells, err := row.SplitKey(c.Key, max(1, len(key)))
		if err != nil {
			cells = [][]byte{c.Key} // the table has another key now
		}
		for _, cell := range cells {
			out.Key = append(out.Key, string(cell))
		}
	}
	if out.Now, err = recordOf(c.NowColumns, key, c.Now); err != nil {
		return out, err
	}
	for _, side := range []struct {
		to   *ConflictSide
		from conflict.Side
	}{{&out.Base, c.Base}, {&out.Ours, c.Ours}, {&out.Theirs, c.Theirs}} {
		side.to.Version = versions[side.from.Version]
		if side.to.Record, err = recordOf(side.from.Columns, key, side.from.Record); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Conflicts returns the open conflicts of all tables, by name.
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
		found, err := t.Conflicts()
		t.Close()
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// FindConflict returns the open conflict of an id or a unique beginning of one; fault.NotFound when there is none, and
// fault.Input where several begin so, or nothing is given.
func (db *DB) FindConflict(id string) (Conflict, error) {
	if id == "" {
		return Conflict{}, fault.New(fault.Input, "the id of a conflict is empty")
	}
	all, err := db.Conflicts()
	if err != nil {
		return Conflict{}, err
	}
	found := slices.DeleteFunc(all, func(c Conflict) bool { return !strings.HasPrefix(c.ID, id) })
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		err := fault.New(fault.NotFound, "there is no open conflict %q", id)
		return Conflict{}, fault.WithHint(err, "'rdb conflict:list' lists them")
	}
	return Conflict{}, fault.New(fault.Input, "%d conflicts begin with %q", len(found), id)
}

// Take says what a conflict's row is to be.
type Take = table.Take

// What a resolution takes. By the recorded times of the two writes, TakeLater and TakeEarlier take one of them; TakeBoth keeps
// the row and adds theirs under a new key.
const (
	TakeOurs    = table.TakeOurs
	TakeTheirs  = table.TakeTheirs
	TakeBase    = table.TakeBase
	TakeBoth    = table.TakeBoth
	TakeValue   = table.TakeValue
	TakeLater   = table.TakeLater
	TakeEarlier = table.TakeEarlier
)

// Resolution settles one conflict.
type Resolution = table.Resolution

// Resolved is a conflict that was settled.
type Resolved struct {
	ID      string
	Key     []string
	By      string   // ours, theirs, base, both, value, or the name of a strategy
	Columns []string // that were settled; none for all
	NewKey  []string // of the row that TakeBoth added; none else
}

// ResolveConflicts settles conflicts of the table, all or none, in one version. A row that somebody has changed since is
// refused with fault.No unless the resolution is forced.
func (t *Table) ResolveConflicts(list ...Resolution) (res Result, done []Resolved, err error) {
	user, err := t.db.user()
	if err != nil {
		return res, nil, err
	}
	raw, resolved, err := t.t.Resolve(user, list...)
	if err != nil {
		return res, nil, err
	}
	key, err := t.t.KeyNames()
	if err != nil {
		return res, nil, err
	}
	for _, r := range resolved {
		c, err := conflictOf(r.Conflict, key, nil)
		if err != nil {
			return res, nil, err
		}
		one := Resolved{ID: r.ID, Key: c.Key, By: r.By, Columns: r.Settled}
		if r.NewKey != nil {
			cells, err := row.SplitKey(r.NewKey, max(1, len(key)))
			if err != nil {
				return res, nil, err
			}
			for _, cell := range cells {
				one.NewKey = append(one.NewKey, string(cell))
			}
		}
		done = append(done, one)
	}
	return t.result(raw), done, nil
}
