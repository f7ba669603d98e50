package durable

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Stat is what tells one state of a file from another without reading it: two equal Stats taken in one boot are one
// content, unless it was written within Tick of being taken (git's racy rule).
type Stat struct {
	Mount, Device, Inode uint64
	Size                 int64 // bytes
	Modified, Changed    int64 // nanoseconds since 1970
}

// Tick is the coarsest step of the clocks that stamp files: writes closer together than this may carry one time.
const Tick = 20 * time.Millisecond

// Racy reports whether the file may still be written without its times showing it, when now is the time at which s was taken.
func (s Stat) Racy(now time.Time) bool {
	return time.Duration(now.UnixNano()-s.Modified) < Tick
}

// String returns the six numbers separated by "|", as Parse reads them.
func (s Stat) String() string {
	return fmt.Sprintf("%d|%d|%d|%d|%d|%d", s.Mount, s.Device, s.Inode, s.Size, s.Modified, s.Changed)
}

// ParseStat reads what String wrote.
func ParseStat(text string) (s Stat, err error) {
	fields := strings.Split(text, "|")
	if len(fields) != 6 {
		return s, fault.New(fault.Corrupt, "%q is not a stat record of six numbers", text)
	}
	var n [6]uint64
	for i, field := range fields {
		if n[i], err = strconv.ParseUint(field, 10, 63); err != nil {
			return s, fault.New(fault.Corrupt, "%q is not a number of a stat record", field)
		}
	}
	s = Stat{n[0], n[1], n[2], int64(n[3]), int64(n[4]), int64(n[5])}
	if s.String() != text {
		return Stat{}, fault.New(fault.Corrupt, "%q is not written as a stat record is", text)
	}
	return s, nil
}
