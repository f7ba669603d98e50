// Package conflict owns the record of what clashed in merges: the file in which a version says which conflicts it opened and
// settled, and the table of those that are open. It must never know folders, merging or how a conflict is resolved.
package conflict

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Conflict is what two writes set differently, neither having seen the other.
type Conflict struct {
	ID      string   // 16 hexadecimal digits that no other conflict of the database has; "" where nothing was stored
	Version stamp.ID // the merge that recorded it
	Kind    Kind
	Key     []byte   // as row.Key gives it; empty for the header
	Columns []string // those that clash and are not settled; none stands for the whole row, or the order of the columns

	Base, Ours, Theirs Side
	Now                []byte   // the record as the merge left it, or who settled a part since; nil where the row is not there
	NowColumns         []string // of Now; where Describe filled them in
}

// Side is one of the three states in a conflict.
type Side struct {
	Version stamp.ID // that wrote the record
	User    uint64   // who made that version
	Record  []byte   // without its line end; nil where the row is not there
	Columns []string // of Record; where Describe filled them in
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

// NewID returns the id of the n-th conflict of the side version that a merge of a table joins: that version is merged once. Two
// tables may have side versions of one id, in a frame.
func NewID(table string, side stamp.ID, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", table, side, n))
	return hex.EncodeToString(sum[:8])
}

// IsWhole reports whether the conflict is over the row as a whole, or the order of the columns.
func (c *Conflict) IsWhole() bool { return len(c.Columns) == 0 }

// Settled says how a conflict, or some columns of it, were settled.
type Settled struct {
	ID      string
	Key     []byte
	Columns []string // those settled; none: all
	By      string   // ours, theirs, base, both, value, or the name of a strategy
	Now     []byte   // the record as it was left, under the merge's columns; nil where the row is not there
}

// File is what one version opened and settled.
type File struct {
	Headers [4][]byte // of base, ours, theirs and the merged text, for the records in Opened; nil where there are none
	Opened  []Conflict
	Settled []Settled
}

// SetHeaders notes the columns of base, ours, theirs and the merged text.
func (f *File) SetHeaders(columns [4][]string) {
	for i, names := range columns {
		f.Headers[i] = joinNames(names)
	}
}

// Describe fills the columns of the records in, of a conflict that the file opened.
func (f *File) Describe(c *Conflict) (err error) {
	for i, columns := range []*[]string{&c.Base.Columns, &c.Ours.Columns, &c.Theirs.Columns, &c.NowColumns} {
		if *columns, err = splitNames(f.Headers[i]); err != nil {
			return err
		}
	}
	return nil
}

// Left returns how many of the opened conflicts the file does not settle itself; none of a nil file.
func (f *File) Left() int {
	if f == nil {
		return 0
	}
	s := NewSet(nil)
	s.Apply(f)
	return len(s.All())
}

// Set is the open conflicts, in the order in which they were opened.
type Set struct {
	list []*Conflict // nil where one was settled
	at   map[string]int
}

// NewSet returns a set that holds list.
func NewSet(list []Conflict) *Set {
	s := &Set{at: make(map[string]int, len(list))}
	s.open(list)
	return s
}

func (s *Set) open(list []Conflict) {
	for _, c := range list {
		s.at[c.ID] = len(s.list)
		s.list = append(s.list, &c)
	}
}

// Find returns the open conflict of an id.
func (s *Set) Find(id string) (c Conflict, ok bool) {
	i, ok := s.at[id]
	if !ok || s.list[i] == nil {
		return c, false
	}
	return *s.list[i], true
}

// Settle takes what by settles off the set. A conflict that is not open stays so.
func (s *Set) Settle(by Settled) {
	c, ok := s.Find(by.ID)
	if !ok {
		return
	}
	c.Columns = slices.DeleteFunc(slices.Clone(c.Columns), func(name string) bool { return slices.Contains(by.Columns, name) })
	c.Now = by.Now
	i := s.at[by.ID]
	if s.list[i] = &c; len(by.Columns) == 0 || c.IsWhole() {
		s.list[i] = nil
	}
}

// All returns the conflicts that are open.
func (s *Set) All() (list []Conflict) {
	for _, c := range s.list {
		if c != nil {
			list = append(list, *c)
		}
	}
	return list
}

// Apply adds what one version opened and settled.
func (s *Set) Apply(f *File) {
	s.open(f.Opened)
	for _, by := range f.Settled {
		s.Settle(by)
	}
}

// joinNames writes names as a table's header does; nothing for none.
func joinNames(names []string) []byte {
	if len(names) == 0 {
		return nil
	}
	cells := make([][]byte, len(names))
	for i, name := range names {
		cells[i] = []byte(name)
	}
	return row.AppendRecord(nil, cells, "")
}

func splitNames(cell []byte) (names []string, err error) {
	if len(cell) == 0 {
		return nil, nil
	}
	cells, err := row.Cells(nil, cell)
	for _, c := range cells {
		names = append(names, string(c))
	}
	return names, err
}
