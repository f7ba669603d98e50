// Package conflict owns the record of what clashed in merges: the file in which a version says which conflicts it opened and
// which it settled, and the table of those that are open. It must never know files, merging or how a conflict is resolved.
package conflict

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// ID names a conflict: the version that opened it, and its number there, from 1.
type ID struct {
	Version stamp.ID
	N       int
}

// String returns "VERSION.N".
func (id ID) String() string { return id.Version.String() + "." + strconv.Itoa(id.N) }

// ParseID reads what String returns; anything else is fault.Input.
func ParseID(text string) (ID, error) {
	version, n, _ := strings.Cut(text, ".")
	v, err := stamp.Parse(version)
	number, err2 := strconv.Atoi(n)
	id := ID{v, number}
	if err != nil || err2 != nil || v == 0 || number < 1 || id.String() != text {
		return ID{}, fault.New(fault.Input, "%q is no conflict's id, VERSION.NUMBER", text)
	}
	return id, nil
}

// Compare orders conflicts by age.
func (id ID) Compare(other ID) int {
	return cmp.Or(cmp.Compare(id.Version, other.Version), cmp.Compare(id.N, other.N))
}

// Kind says how two writes clash.
type Kind uint8

// The kinds.
const (
	Update Kind = iota // both set the same cells, or one set cells of a column that the other dropped
	Delete             // one deleted the row, the other changed it
	Insert             // both inserted the row, with different cells
	Header             // both changed the header in the same place
)

var kinds = [...]string{"update", "delete", "insert", "header"}

// String returns the kind's word.
func (k Kind) String() string { return kinds[k] }

// Side is what one of three texts had.
type Side struct {
	Version stamp.ID // that wrote it; for the base the version both were made from
	User    uint64   // who wrote it; 0 for the base
	Columns []string // of the text
	Record  []byte   // the row, without its line end; nil when it was not there
}

// Conflict is two writes of one row, or of the header, neither of which had seen the other.
type Conflict struct {
	ID      ID
	Kind    Kind
	Key     []byte   // as row.Key gives it; nil for the header
	Columns []string // that clash, or still do; none when it is the whole row, or the order of the columns
	Kept    string   // whose value the merge left: "ours", "theirs" or "both"
	Base    Side
	Ours    Side
	Theirs  Side
}

// Settled says that a conflict is settled: in these columns, or without any in all.
type Settled struct {
	ID      ID
	Columns []string
	By      string // how: "ours", "theirs", "base", "both", "value"
}

// File is what one version did to conflicts.
type File struct {
	Opened  []Conflict
	Settled []Settled
}

// Empty reports whether there is nothing to record.
func (f *File) Empty() bool { return len(f.Opened) == 0 && len(f.Settled) == 0 }

// Open returns the conflicts that are open after the files of a table's versions, in their order: oldest first, each with
// the columns that still clash.
func Open(files []File) []Conflict {
	var open []Conflict
	for _, f := range files {
		open = append(open, f.Opened...)
		for _, s := range f.Settled {
			open = settle(open, s)
		}
	}
	return open
}

func settle(open []Conflict, s Settled) []Conflict {
	i := slices.IndexFunc(open, func(c Conflict) bool { return c.ID == s.ID })
	if i < 0 {
		return open
	}
	var left []string
	if len(s.Columns) > 0 {
		left = slices.DeleteFunc(slices.Clone(open[i].Columns), func(c string) bool { return slices.Contains(s.Columns, c) })
	}
	if len(left) == 0 {
		return slices.Delete(open, i, i+1)
	}
	open = slices.Clone(open)
	open[i].Columns = left
	return open
}
