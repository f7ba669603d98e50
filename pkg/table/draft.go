package table

import (
	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Draft is a change that has been worked out and not yet stored.
type Draft struct {
	Action verlog.Action
	User   uint64
	Delta  *delta.Delta // over the base's content; over the head's in a compact version
	Patch  []byte       // Delta, encoded; nil where that is still to be done
	Hash   verlog.Hash  // of the new content
	Counts Counts       // what changed, in rows
	Schema []byte       // the schema that the version sets, or nil
	Note   string       // what its author says about it, or ""

	// Base is the version that this one is made from; 0 is the head, as the versions staged before make it. What has another
	// base is a compact version, which has its base's content, or a side version, which a merge staged next joins.
	Base   stamp.ID
	Parent stamp.ID // a merge's side version, or 0

	moved     *moves         // what it does to rows; nil when nobody knows
	changes   *Changes       // of the rows, where the draft is of a whole content that was held against another; else nil
	conflicts *conflict.File // what the version opens and settles, or nil
	warning   string         // what its author should know
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

	Side      stamp.ID // the version that was merged, which keeps the write as it was made; 0: nothing had to be merged
	Conflicts int      // that are open now
	Settled   int      // conflicts that were settled at once, or by this version

	warning string // what the author should know; told where the author is
}
