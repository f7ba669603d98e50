package table

import (
	"strings"

	rowindex "github.com/reedbase/reedbase/pkg/index"
)

// IndexState says whether an index can be used at once.
type IndexState uint8

// The states of an index.
const (
	IndexReady   IndexState = iota // it is of the table as it stands
	IndexBehind                    // it is brought up to date by whoever uses it
	IndexMissing                   // it is made by whoever uses it
	IndexRefused                   // it cannot be had, until it is asked for again by RebuildIndices
	IndexIdle                      // no question uses it: the table was edited by hand, or the column is gone or of another type
)

// String returns the state in one word.
func (s IndexState) String() string {
	return [...]string{"ready", "behind", "missing", "refused", "idle"}[s]
}

// IndexStatus is what is known of an index without using it.
type IndexStatus struct {
	Index
	State IndexState
	Bytes int64 // of the file
}

// IndexCounts is what an index holds, counted.
type IndexCounts struct {
	IndexStatus
	Entries, Distinct int64
	Changes           int64 // bytes of the journal of changes, to be worked into the pages
}

// IndexStatuses looks at the indices of the table, first that of its key if the table is large enough for one.
func (r *Reading) IndexStatuses() ([]IndexStatus, error) {
	list, err := r.t.Indices()
	if err != nil {
		return nil, err
	}
	var all []IndexStatus
	if r.t.opt.Cache != nil && r.Size >= minIndexed {
		names := r.Key
		if len(names) == 0 {
			names = r.Columns[:1]
		}
		x := Index{Column: strings.Join(names, "|"), Kind: KeyIndex}
		v := textVersion(r.head, r.Size, ofColumns(r.Columns, r.KeyAt...))
		s := IndexStatus{Index: x, State: IndexMissing, Bytes: r.t.cached(r.t.name + ".hashmap")}
		if m := rowindex.Open(r.t.opt.Cache, r.t.name, v, false); m != nil {
			s.State = stateOf(m.At() == v)
			m.Close()
		}
		all = append(all, r.idle(s))
	}
	for _, x := range list {
		s := IndexStatus{Index: x, State: IndexMissing, Bytes: r.t.cached(r.t.treeName(x))}
		at, err := x.column(r.Columns)
		switch {
		case err != nil || r.outdated(x):
			s.State = IndexIdle
		case r.t.opt.Cache != nil:
			v := x.version(r.head, r.Size, r.Columns, at)
			if tree := rowindex.OpenTree(r.t.opt.Cache, r.t.treeName(x), x.Kind, v, false); tree != nil {
				s.State = stateOf(tree.At() == v)
				tree.Close()
			} else if rowindex.Refused(r.t.opt.Cache, r.t.treeName(x)) {
				s.State = IndexRefused
			}
		}
		all = append(all, r.idle(s))
	}
	return all, nil
}

// outdated is that of x for the type that its column has now, where that can be told.
func (r *Reading) outdated(x Index) bool {
	if x.Kind != OrderedIndex {
		return false
	}
	t, err := r.t.typeOf(x.Column)
	return err == nil && x.outdated(t)
}

func stateOf(upToDate bool) IndexState {
	if upToDate {
		return IndexReady
	}
	return IndexBehind
}

func (r *Reading) idle(s IndexStatus) IndexStatus {
	if r.head.ID == 0 {
		s.State = IndexIdle
	}
	return s
}

// cached returns the size of a file in the cache; 0 when there is none.
func (t *Table) cached(name string) int64 {
	if t.opt.Cache == nil {
		return 0
	}
	info, err := t.opt.Cache.Root().Lstat(name)
	if err != nil {
		return 0
	}
	return info.Size()
}

// IndexCounts counts what the indices of the table hold, and makes those that are missing first. Of one that cannot be had
// there are no counts.
func (r *Reading) IndexCounts() ([]IndexCounts, error) {
	if r.KeyIndexed() {
		r.openKeys()
	}
	list, err := r.t.Indices()
	if err != nil {
		return nil, err
	}
	trees := map[Index]*RowIndex{}
	for _, x := range list {
		if tree, err := r.OpenIndex(x); err == nil && tree != nil {
			trees[x] = tree
		}
	}
	statuses, err := r.IndexStatuses()
	if err != nil {
		return nil, err
	}
	var all []IndexCounts
	for _, s := range statuses {
		c := IndexCounts{IndexStatus: s}
		switch tree := trees[s.Index]; {
		case s.Kind == KeyIndex && r.keys != nil:
			c.Entries, c.Changes = r.keys.Count(), r.keys.Changes()
			c.Distinct = c.Entries
		case tree != nil:
			if c.Entries, c.Distinct, err = tree.opened().Count(); err != nil {
				return nil, err
			}
			c.Changes = tree.opened().Changes()
		}
		all = append(all, c)
	}
	return all, nil
}
