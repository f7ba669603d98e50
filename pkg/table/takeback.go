package table

import (
	"cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Reversal takes back what a change did that led from one version to another.
type Reversal struct {
	Before stamp.ID // the head that the change found; 0 for none
	After  stamp.ID // the head that it made
	User   uint64
	Note   string
	Merge  MergeOptions // where After is not the head any more
}

// Overtaken is the error of a reversal where the table came or went: fault.No.
type Overtaken struct{ Table, Text string }

// Error returns what stands in the way.
func (o *Overtaken) Error() string { return "table \"" + o.Table + "\" " + o.Text }

// Unwrap gives the error its kind.
func (o *Overtaken) Unwrap() error { return fault.New(fault.No, "the table has changed since") }

// TakeBack stages what takes a change back and leaves all that came after it: the content before the change is a write that
// was made from the version after it. Nothing is staged where nothing is left to take back. What clashes with later
// versions is a conflict as of any stale write; where the table itself came or went it is *Overtaken.
func (s *Session) TakeBack(r Reversal) error {
	x, err := s.index()
	if err != nil {
		return err
	}
	before, _ := x.line(r.Before)
	after, ok := x.line(r.After)
	if !ok {
		return s.t.noVersion(r.After.String())
	}
	switch {
	case exists(before) && exists(after):
		return s.takeRowsBack(r)
	case exists(before):
		return s.bringBack(r)
	case exists(after):
		return s.takeAway(r, after)
	}
	return nil
}

// takeRowsBack takes back a change of a table that was there before and after.
func (s *Session) takeRowsBack(r Reversal) error {
	if !s.Exists() {
		return &Overtaken{s.t.name, "was deleted since"}
	}
	if r.After == s.Head().ID {
		return s.goBack(r)
	}
	if same, err := s.sameSchemas(r.Before, r.After); err != nil || !same {
		return cmp.Or(err, error(&Overtaken{s.t.name, "got another schema then, and was changed since"}))
	}
	content, err := s.t.contentOrEmpty(r.Before, nil)
	if err != nil {
		return err
	}
	head := s.Head()
	err = s.Replace(Replacement{Content: content, Action: verlog.Rollback, User: r.User, Base: r.After, Note: r.Note, Merge: r.Merge})
	if list := s.Drafted(); err == nil && len(list) > 0 && list[len(list)-1].Conflicts == 0 && s.Head().Hash == head.Hash {
		s.Abort() // what came after has taken it back already
	}
	return err
}

// sameSchemas reports whether a table had one schema at two versions.
func (s *Session) sameSchemas(a, b stamp.ID) (bool, error) {
	x, err := s.index()
	if err != nil {
		return false, err
	}
	of, err := s.t.schemaAt(a, x)
	if err != nil {
		return false, err
	}
	other, err := s.t.schemaAt(b, x)
	return sameSchema(of, other), err
}

// bringBack takes a deletion back.
func (s *Session) bringBack(r Reversal) error {
	if s.Exists() {
		return &Overtaken{s.t.name, "was deleted then, and made anew since"}
	}
	return s.goBack(r)
}

// takeAway takes back that the table was made or brought back.
func (s *Session) takeAway(r Reversal, after verlog.Line) error {
	if !s.Exists() {
		return nil
	}
	if s.Head().Hash != after.Hash {
		return &Overtaken{s.t.name, "was made or brought back then, and changed since"}
	}
	d, err := s.drop(r.User)
	if err == nil {
		d.Note = r.Note
		_, err = s.Stage(*d)
	}
	return err
}

func (s *Session) goBack(r Reversal) error {
	d, err := s.rollback(r.User, r.Before)
	if err == nil && d != nil {
		d.Note = r.Note
		_, err = s.Stage(*d)
	}
	return err
}

// Merges reports whether TakeBack will stage a side version and a merge, where it stages anything.
func (s *Session) Merges(r Reversal) (bool, error) {
	x, err := s.index()
	if err != nil {
		return false, err
	}
	before, _ := x.line(r.Before)
	after, _ := x.line(r.After)
	if !exists(before) || !exists(after) || !s.Exists() {
		return false, nil
	}
	_, stale, err := s.staleBase(r.After, x)
	return stale, err
}

// Drafted returns what Publish will do, but for Result.PruneDue: one result for each staged version.
func (s *Session) Drafted() []Result {
	list := make([]Result, len(s.staged))
	for i := range s.staged {
		list[i] = s.staged[i].result()
	}
	return list
}
