package store

import (
	"fmt"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
)

// checkFrames returns all that is wrong with the frames: those that cannot be read, and those that were carried out and name
// versions which the logs of their tables lack.
func (s *Store) checkFrames() (problems []table.Problem) {
	c := frameCheck{s: s, logs: map[string]map[stamp.ID]bool{}}
	for _, folder := range []string{framesFolder, pendingFolder} {
		dir, err := s.dir.Sub(folder)
		if err != nil {
			continue
		}
		names, _ := dir.Names()
		for _, name := range names {
			if name != "pending" || folder != framesFolder {
				c.file(dir, name, folder == pendingFolder)
			}
		}
		dir.Close()
	}
	return c.problems
}

type frameCheck struct {
	s        *Store
	logs     map[string]map[stamp.ID]bool // the ids in the logs read so far, by table; nil for one that cannot be read
	problems []table.Problem
}

func (c *frameCheck) file(dir *durable.Dir, name string, pending bool) {
	add := func(note bool, text string) {
		c.problems = append(c.problems, table.Problem{File: dir.Path(name), Offset: -1, Text: text, Note: note})
	}
	if strings.HasSuffix(name, tempSuffix) {
		add(true, "was left by a command that was cut short; 'rdb gc' removes it")
		return
	}
	b, err := dir.ReadFile(name, maxFrame)
	if fault.KindOf(err) == fault.NotFound {
		return // carried out and moved at this moment
	}
	var f *frame
	if err == nil {
		f, err = parseFrame(b)
	}
	switch {
	case err != nil:
		add(false, strings.TrimPrefix(err.Error(), dir.Path(name)+": "))
	case f.id().String() != name:
		add(false, fmt.Sprintf("is the frame %s", f.id()))
	case pending:
		add(true, "a commit over several tables is not carried out yet; the next command does it")
	default:
		for _, p := range f.parts {
			if ids := c.log(p.Table); ids != nil && !ids[p.Line.ID] {
				add(false, fmt.Sprintf("names version %s of table %q, which its log lacks", p.Line.ID, p.Table))
			}
		}
	}
}

// log returns the ids in a table's log; nil when it cannot be read, of which the check of the table tells.
func (c *frameCheck) log(name string) map[stamp.ID]bool {
	ids, known := c.logs[name]
	if !known {
		ids = c.s.logged(name)
		c.logs[name] = ids
	}
	return ids
}

func (s *Store) logged(name string) map[stamp.ID]bool {
	t, err := s.Table(name)
	if fault.KindOf(err) == fault.NotFound {
		return map[stamp.ID]bool{} // the whole table is gone
	}
	if err != nil {
		return nil
	}
	defer t.Close()
	lines, err := t.Lines()
	if err != nil {
		return nil
	}
	ids := map[stamp.ID]bool{}
	for _, l := range lines {
		ids[l.ID] = true
	}
	return ids
}
