package reedbase

import (
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Result says what a write did. A write that would change nothing stores nothing: Stored is false and ID is the head.
type Result struct {
	ID                      ID
	Stored                  bool
	Action                  Action
	Added, Changed, Deleted int64 // rows
	DeltaSize               int64 // bytes
	PruneDue                bool  // Prune with the database's max-versions would free space

	Side               ID  // the version that keeps the write as it was made, where ID merged it with the head; else 0
	Conflicts, Settled int // that the merge left open; that were settled at once, or by this version
}

func (t *Table) result(r table.Result) Result {
	if r.Stored {
		t.db.trace("rdb-apply", "--inspect", t.path(r.ID.String()+".bsdiff"))
	}
	return resultOf(r)
}

func resultOf(r table.Result) Result {
	return Result{
		ID: r.ID, Stored: r.Stored, Action: r.Action, Added: r.Counts.Added, Changed: r.Counts.Changed, Deleted: r.Counts.Deleted,
		DeltaSize: r.DeltaSize, PruneDue: r.PruneDue, Side: r.Side, Conflicts: r.Conflicts, Settled: r.Settled,
	}
}

func (t *Table) path(name string) string {
	return t.db.store.Path() + "/.reed/tables/" + t.Name() + "/" + name
}

// write runs one of the table's writes for the user.
func (t *Table) write(do func(user uint64) (table.Result, error)) (Result, error) {
	user, err := t.db.user()
	if err != nil {
		return Result{}, err
	}
	r, err := do(user)
	if err != nil {
		return Result{}, t.clashing(err)
	}
	return t.result(r), nil
}

// Set changes the row of key, or inserts it with the cells that are not given empty, if all that only asks holds. Else
// nothing is stored, and the error is fault.No and says what the row holds.
func (t *Table) Set(key []string, cells []Assignment, only ...Condition) (Result, error) {
	return t.write(func(user uint64) (table.Result, error) { return t.t.Set(user, key, cells, only...) })
}

// Delete takes rows away, with the comments above them: all or, when one is missing, none.
func (t *Table) Delete(keys ...[]string) (Result, error) {
	return t.write(func(user uint64) (table.Result, error) { return t.t.Delete(user, keys...) })
}

// Apply stores a whole new content that was made from version base; 0 is the head. Where base is not the head any more it is
// kept as a version of its own and merged with the head: Result.Side says so, and Result.Conflicts how many conflicts that
// left. A content that is its base's stores nothing. See Clash.
func (t *Table) Apply(content []byte, base ID, o MergeOptions) (Result, error) {
	merging, err := t.merging(o)
	if err != nil {
		return Result{}, err
	}
	return t.write(func(user uint64) (table.Result, error) {
		return t.t.Replace(table.Replacement{Content: content, Action: verlog.Update, User: user, Base: base, Merge: merging, Existing: true})
	})
}

// SetFrom changes a row of the table as it was at version base, which is merged as Apply merges.
func (t *Table) SetFrom(base ID, key []string, cells []Assignment, o MergeOptions) (Result, error) {
	merging, err := t.merging(o)
	if err != nil {
		return Result{}, err
	}
	return t.write(func(user uint64) (table.Result, error) { return t.t.SetFrom(base, user, key, cells, merging) })
}

// Commit records what was written into current.csv by hand, with what its author says about it. An emptied file is
// refused unless force is given.
func (t *Table) Commit(message string, force bool) (Result, error) {
	return t.write(func(user uint64) (table.Result, error) { return t.t.Commit(user, message, force) })
}

// Restore drops an edit by hand. The edited file is kept, and the result says where; "" when there was no edit.
func (t *Table) Restore() (kept string, err error) { return t.t.Restore() }

// Drop deletes the table by a version that says so; its history stays, and Rollback brings it back.
func (t *Table) Drop() (Result, error) { return t.write(t.t.Drop) }

// Rollback stores a new version with the content of version to; with a key only that row goes back.
func (t *Table) Rollback(to ID, key ...string) (Result, error) {
	return t.write(func(user uint64) (table.Result, error) {
		if len(key) > 0 {
			return t.t.RollbackRow(user, to, key)
		}
		return t.t.Rollback(user, to)
	})
}

// Tag is a name for a version, which is then never folded away.
type Tag = table.Tag

// Tag names a version; a name that stands for another version moves.
func (t *Table) Tag(name string, id ID) error { return t.t.Tag(name, id) }

// Untag takes a name away.
func (t *Table) Untag(name string) error { return t.t.Untag(name) }

// Tags returns the names of versions, sorted.
func (t *Table) Tags() ([]Tag, error) { return t.t.Tags() }

// PruneResult is what a fold did.
type PruneResult = table.Pruned

// Prune keeps the newest keep versions readable, the head in any case, and those that have a name. Log lines stay.
func (t *Table) Prune(keep int) (PruneResult, error) {
	user, err := t.db.user()
	if err != nil {
		return PruneResult{}, err
	}
	return t.t.Prune(user, keep)
}
