package table

import (
	"bytes"
	"strings"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
)

// conflicts checks what versions opened and settled, and conflicts.csv, which is derived from that.
func (c *verifier) conflicts() {
	whole := !c.hole
	for _, l := range c.x.lines {
		if !hasConflicts(l.Action) {
			continue
		}
		if _, err := c.t.readDisputes(l.ID); err != nil {
			whole = false
			name := conflictsName(l.ID)
			c.add(Problem{File: name, Offset: -1, Version: l.ID, Text: strings.TrimPrefix(strings.TrimPrefix(err.Error(), c.t.dir.Path(name)), ": ")})
		}
	}
	if whole {
		c.openConflicts()
	}
}

func (c *verifier) openConflicts() {
	last := lastDispute(c.x.lines)
	b, err := c.t.dir.ReadFile(openFile, conflict.MaxSize)
	switch missing := fault.KindOf(err) == fault.NotFound; {
	case missing && last == 0:
		return
	case missing:
		c.note(openFile, "is missing; 'rdb recover "+c.t.name+"' makes it anew")
		return
	case err == nil:
		_, _, err = conflict.ParseOpen(b)
	}
	if err != nil {
		c.add(Problem{File: openFile, Offset: -1, Text: strings.TrimPrefix(err.Error(), c.t.dir.Path(openFile)+": ") + "; 'rdb recover " + c.t.name + "' makes it anew"})
		return
	}
	list, err := c.t.deriveOpen(c.x.lines)
	if err == nil && !bytes.Equal(b, conflict.EncodeOpen(list, last)) {
		c.note(openFile, "is behind; the next write that has to do with conflicts brings it up to date")
	}
}
