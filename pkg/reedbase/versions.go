package reedbase

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Version is one state of a table, as its log knows it.
type Version struct {
	ID, Base, Parent ID
	Action           Action
	ActionName, User string
	UserCode         uint64
	Time             time.Time // UTC
	DeltaSize, Rows  int64     // bytes; rows changed
	Hash             verlog.Hash
	Tags             []string
	Message          string
	Pruned           bool // its content was folded away
}

func versionOf(l verlog.Line, names labels) Version {
	return Version{
		ID: l.ID, Base: l.Base, Parent: l.Parent, Action: l.Action, ActionName: names.action(l.Action), User: names.user(l.User),
		UserCode: l.User, Time: l.ID.Time(), DeltaSize: l.Size, Rows: l.Rows, Hash: l.Hash,
	}
}

// Filter chooses versions; zero fields choose all.
type Filter struct {
	Since, Until time.Time // both inclusive
	Action, User string    // by name
	Limit        int
}

// Versions returns the versions that f chooses, newest first.
func (t *Table) Versions(f Filter) ([]Version, error) {
	t.db.trace("rdb-log", "cat", t.path("version.log"))
	lines, err := t.t.Lines()
	if err != nil {
		return nil, err
	}
	names := t.db.labels()
	if err := f.check(names); err != nil {
		return nil, err
	}
	var list []Version
	for _, l := range slices.Backward(lines) {
		if f.passes(l, names) {
			list = append(list, versionOf(l, names))
			if len(list) == f.Limit {
				break
			}
		}
	}
	return list, t.decorate(list, lines)
}

// check refuses an action or a user that nobody knows.
func (f Filter) check(names labels) error {
	if f.Action != "" && names.actions != nil {
		if _, ok := names.actions.Name(f.Action); !ok {
			return fault.New(fault.NotFound, "there is no action %q", f.Action)
		}
	}
	if f.User != "" && names.users != nil {
		if _, ok := names.users.Name(f.User); !ok {
			return fault.New(fault.NotFound, "there is no user %q", f.User)
		}
	}
	return nil
}

func (f Filter) passes(l verlog.Line, names labels) bool {
	return (f.Since.IsZero() || l.ID >= stamp.First(f.Since)) && (f.Until.IsZero() || l.ID <= stamp.Last(f.Until)) &&
		(f.Action == "" || strings.EqualFold(names.action(l.Action), f.Action)) && (f.User == "" || names.user(l.User) == f.User)
}

// decorate adds names, remarks and what was folded to versions.
func (t *Table) decorate(list []Version, lines []verlog.Line) error {
	tags, err := t.t.Tags()
	if err != nil {
		return err
	}
	notes, err := t.t.Notes()
	if err != nil {
		return err
	}
	byID := map[ID][]string{}
	for _, tag := range tags {
		byID[tag.ID] = append(byID[tag.ID], tag.Name)
	}
	gone := t.t.Folded(lines)
	for i := range list {
		v := &list[i]
		v.Tags, v.Message, v.Pruned = byID[v.ID], notes[v.ID], gone(v.ID)
	}
	return nil
}

// Content writes the text of a version, byte for byte, after its hash has been checked. One that was folded away is
// fault.NotFound, with the oldest that can be read as a hint.
func (t *Table) Content(w io.Writer, id ID) error {
	t.traceContent(id)
	c, err := t.t.At(id)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.WriteTo(w)
	return err
}

// traceContent tells the command that makes a version's content from the deltas alone.
func (t *Table) traceContent(id ID) {
	if t.db.opt.Trace == nil {
		return
	}
	names, err := t.t.Chain(id)
	if err != nil {
		return // the call itself says why
	}
	argv := []string{"rdb-apply", "/dev/null"}
	for _, name := range names {
		argv = append(argv, t.path(name))
	}
	t.db.trace(argv...)
}
