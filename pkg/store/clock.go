package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
)

// The clock file holds the highest id that this node has given or seen, and the boot in which it was written: one line
// of a fixed length, written in place and never flushed. After a crash, or when it is damaged, the heads of all tables
// say the same.

// clockSize is the length of the clock file in bytes.
const clockSize = 64

// tick gives the next id.
func (s *Store) tick(node int, seen stamp.ID) (id stamp.ID, err error) {
	wait, err := s.wait()
	if err != nil {
		return 0, err
	}
	lock, err := s.dir.LockData(clockFile, max(wait, time.Second))
	if err != nil {
		return 0, err
	}
	defer lock.Release()
	highest, ok := parseClock(lock.Contents(clockSize))
	if !ok {
		if highest, err = s.highest(); err != nil {
			return 0, err
		}
	}
	id = stamp.Next(time.Now(), node, max(seen, highest))
	return id, lock.Write(clockLine(id))
}

func clockLine(id stamp.ID) []byte {
	return fmt.Appendf(nil, "%-*s\n", clockSize-1, id.String()+"|"+durable.BootID())
}

func parseClock(line string) (stamp.ID, bool) {
	number, boot, _ := strings.Cut(strings.TrimRight(line, " \n"), "|")
	id, err := stamp.Parse(number)
	return id, err == nil && boot != "" && boot == durable.BootID() && line == string(clockLine(id))
}

// highest returns the highest id in any table's log, those of writes that a crash cut short included. A table that is too
// damaged to tell stops nobody from writing to another.
func (s *Store) highest() (highest stamp.ID, err error) {
	names, err := s.Names()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		last, err := s.highestOf(name)
		if fault.KindOf(err) == fault.Corrupt {
			s.warn("table " + name + " cannot say which ids it has: " + err.Error())
		} else if err != nil {
			return 0, err
		}
		highest = max(highest, last)
	}
	return highest, nil
}

func (s *Store) highestOf(name string) (stamp.ID, error) {
	t, err := table.Open(s.tables, name, table.Options{})
	if err != nil {
		return 0, err
	}
	defer t.Close()
	return t.Highest()
}
