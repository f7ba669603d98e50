// Package stamp owns version ids, which come from a hybrid logical clock, and the spellings of a point in time. The
// wall clock is passed in; it must never know where ids are kept.
package stamp

import (
	"math"
	"strconv"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

// ID names one version: microseconds since 1970 of the hybrid logical clock (Kulkarni et al., 2014), times 1000, plus
// the number of the node that made it. Ids order versions. 0 means none.
type ID uint64

// Max is the largest id there is: it lies in the year 2262, and every id fits in a signed 64-bit integer.
const Max ID = math.MaxInt64

// MaxNode is the largest node number; the smallest is 1.
const MaxNode = 999

const slots = MaxNode + 1 // ids in one microsecond

// Next returns the id of a new event on node: now's microsecond where the clock is ahead of seen, the one after seen's
// where it is not. The result exceeds seen whatever the clock does. It exceeds Max, which Valid tells, only when now or
// seen lie at the end of the range.
func Next(now time.Time, node int, seen ID) ID {
	id := First(now) + ID(node)
	if id > seen {
		return id
	}
	id = seen - seen%slots + ID(node)
	if id > seen {
		return id
	}
	return id + slots
}

// First returns the smallest id that the microsecond of t could hold, node 0 included. A time before 1970 or beyond Max
// is moved to that end of the range.
func First(t time.Time) ID {
	if t.Before(time.Unix(0, 0)) {
		return 0
	}
	if t.After(Max.Time()) {
		return Max - Max%slots
	}
	return ID(t.UnixMicro()) * slots
}

// Last returns the largest id that the microsecond of t could hold: id <= Last(t) says that id is no later than t.
func Last(t time.Time) ID {
	if t.Before(time.Unix(0, 0)) {
		return 0
	}
	return min(First(t)+MaxNode, Max)
}

// Parse reads a decimal id as String writes it. Signs, leading zeros, other characters and numbers beyond Max are
// refused with fault.Input; 0 is accepted.
func Parse(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || s[0] == '+' || len(s) > 1 && s[0] == '0' {
		return 0, fault.New(fault.Input, "%q is no version id", s)
	}
	return ID(n), nil
}

// String returns the id in decimal.
func (id ID) String() string { return strconv.FormatUint(uint64(id), 10) }

// Valid reports whether id names a version: it is neither 0 nor beyond Max, and its node number is not 0.
func (id ID) Valid() bool { return id <= Max && id.Node() != 0 }

// Node returns the number of the node that made the version.
func (id ID) Node() int { return int(id % slots) }

// Time returns the clock's reading in id, in UTC, exact to the microsecond.
func (id ID) Time() time.Time { return time.UnixMicro(int64(id / slots)).UTC() }
