// Package verlog owns the lines of version.log: encoding, scanning and what must hold between them. It must never know
// files, tables or the names that actions and users go by.
package verlog

import (
	"encoding/hex"
	"hash/crc32"
	"strconv"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/zeebo/xxh3"
)

// Line is one version as version.log records it. reed-log(5) gives the format.
type Line struct {
	ID     stamp.ID // the version
	Action Action   // what was done; codes that have no name here are kept
	User   uint64   // code of the user who did it
	Base   stamp.ID // first parent, or 0
	Size   int64    // bytes of the version's delta file
	Rows   int64    // rows this version changed
	Hash   Hash     // of the table's content
	Parent stamp.ID // a merge's second parent, or 0
}

// Action says what a version did. Its codes are stored: they never change meaning.
type Action uint32

// The actions every database knows.
const (
	Delete         Action = iota // the table was deleted
	Create                       // the table was created
	Update                       // rows were written
	Rollback                     // an older content was brought back
	Compact                      // older deltas were folded into a snapshot; the content is the base's
	Init                         // the table began with the database
	Snapshot                     // a delta that reads nothing of its base was stored; the content is the base's
	Automerge                    // two versions were merged
	MergeConflicts               // two versions were merged, and conflicts were recorded
	Resolve                      // conflicts were settled
	Schema                       // a schema was set
	Import                       // rows came from elsewhere
)

// Actions is the number of actions that have names here.
const Actions = Import + 1

// String returns the action's name, or "action N" for a code that has none.
func (a Action) String() string {
	names := [Actions]string{"delete", "create", "update", "rollback", "compact", "init", "snapshot", "automerge",
		"merge-conflicts", "resolve", "schema", "import"}
	if a < Actions {
		return names[a]
	}
	return "action " + strconv.FormatUint(uint64(a), 10)
}

// Hash is the XXH3-128 of a table's content, in the byte order in which xxhsum -H2 prints it.
type Hash [16]byte

// Sum returns the hash of content.
func Sum(content []byte) Hash { return xxh3.Hash128(content).Bytes() }

// String returns the hash as 32 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText returns what String does.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what ParseHash does.
func (h *Hash) UnmarshalText(text []byte) (err error) {
	*h, err = ParseHash(string(text))
	return err
}

// ParseHash reads 32 lower-case hexadecimal digits; anything else is refused with fault.Input.
func ParseHash(s string) (Hash, error) {
	h, ok := readHash([]byte(s))
	if !ok {
		return h, fault.New(fault.Input, "%q is no content hash (32 lower-case hexadecimal digits)", s)
	}
	return h, nil
}

// Append appends l with its checksum and a newline to dst. One Line has one encoding. Negative sizes are
// written as 0; ids and user codes beyond stamp.Max are written, but no reader takes them.
func (l Line) Append(dst []byte) []byte {
	start := len(dst)
	for _, n := range [...]uint64{uint64(l.ID), uint64(l.Action), l.User, uint64(l.Base),
		uint64(max(l.Size, 0)), uint64(max(l.Rows, 0))} {
		dst = append(strconv.AppendUint(dst, n, 10), '|')
	}
	dst = append(hex.AppendEncode(dst, l.Hash[:]), '|')
	dst = append(strconv.AppendUint(dst, uint64(l.Parent), 10), '|')
	dst = strconv.AppendUint(dst, uint64(crc32.ChecksumIEEE(dst[start:])), 10)
	return append(dst, '\n')
}
