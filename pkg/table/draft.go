package table

import (
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Draft is a change that has been worked out and not yet stored.
type Draft struct {
	Action verlog.Action
	User   uint64
	Delta  *delta.Delta // over the head's content
	Patch  []byte       // Delta, encoded; nil where that is still to be done
	Hash   verlog.Hash  // of the new content
	Counts Counts       // what changed, in rows
	Schema []byte       // the schema that the version sets, or nil
	Note   string       // what its author says about it, or ""

	// Alias makes a compact version: its base is this version, whose content it has, and not the head.
	Alias stamp.ID
}

// Counts is a number of rows by what happened to them.
type Counts struct{ Added, Changed, Deleted int64 }

// Rows returns how many rows changed in any way.
func (c Counts) Rows() int64 { return c.Added + c.Changed + c.Deleted }

// Result says what a write did. A write that would change nothing stores nothing: Stored is false and ID is the head.
type Result struct {
	ID        stamp.ID
	Stored    bool
	Action    verlog.Action
	Counts    Counts
	DeltaSize int64 // bytes of the delta file
	PruneDue  bool  // more than twice the versions to keep are readable
}
