package table

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// files looks at what else is in the folder.
func (c *verifier) files() {
	for _, name := range c.names {
		info, err := c.t.dir.Root().Lstat(name)
		if err != nil {
			continue
		}
		if name == asideFolder || name == queueFolder {
			if !info.IsDir() {
				c.add(Problem{File: name, Offset: -1, Text: "is no folder"})
			}
			continue
		}
		if !info.Mode().IsRegular() {
			c.add(Problem{File: name, Offset: -1, Text: "is a " + describe(info.Mode()) + ", and nothing here is to be but plain files"})
			continue
		}
		c.file(name)
	}
	if lost := newestLost(c.names, c.x); lost != 0 && !c.hole {
		c.add(Problem{File: lost.String() + schemaSuffix, Offset: -1, Version: lost, Text: "is missing, and with it the schema that the version set"})
	}
	if _, err := c.t.Tags(); err != nil {
		c.add(Problem{File: tagsFile, Offset: -1, Text: err.Error()})
	}
	c.tags()
	if _, err := c.t.Indices(); err != nil {
		c.add(Problem{File: indicesFile, Offset: -1, Text: err.Error()})
	}
}

func describe(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "folder"
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "fifo"
	}
	return "special file"
}

func (c *verifier) file(name string) {
	id, isDelta := strings.CutSuffix(name, deltaSuffix)
	idOfSchema, isSchema := strings.CutSuffix(name, schemaSuffix)
	switch {
	case isDelta:
		if n, err := stamp.Parse(id); err != nil {
			c.note(name, "is not named for a version")
		} else if _, ok := c.x.line(n); !ok && !c.hole {
			c.note(name, "belongs to no version: a write that never counted; 'rdb gc' removes it")
		}
	case isSchema:
		if n, err := stamp.Parse(idOfSchema); err != nil {
			c.note(name, "is not named for a version")
		} else if _, ok := c.x.line(n); !ok {
			c.note(name, "belongs to no version: a write that never counted; 'rdb gc' removes it")
			return
		}
		b, err := c.t.dir.ReadFile(name, maxSchema)
		if err == nil {
			_, err = parseKeys(b)
		}
		if err != nil {
			c.add(Problem{File: name, Offset: -1, Text: err.Error()})
		}
	case strings.HasSuffix(name, conflictsSuffix):
		if n, err := stamp.Parse(ofVersion(name)); err != nil {
			c.note(name, "is not named for a version")
		} else if _, ok := c.x.line(n); !ok && !c.hole {
			c.note(name, "belongs to no version: a write that never counted; 'rdb gc' removes it")
		}
	case strings.HasSuffix(name, tempSuffix):
		c.note(name, "was left by a command that was cut short; 'rdb gc' removes it")
	case name == unknownFile:
		c.add(Problem{File: name, Offset: -1, Text: "the outcome of a write is unknown; run 'rdb recover " + c.t.name + "'"})
	case !slices.Contains([]string{currentFile, logFile, stateFile, lockFile, tagsFile, notesFile, indicesFile, openFile}, name):
		c.note(name, "is not a file of this format")
	}
}

func (c *verifier) tags() {
	tags, _ := c.t.Tags()
	for _, tag := range tags {
		if _, ok := c.x.line(tag.ID); !ok {
			c.add(Problem{File: tagsFile, Offset: -1, Version: tag.ID, Text: fmt.Sprintf("name %q stands for a version that is not in %s", tag.Name, logFile)})
		}
	}
}

// current says what current.csv is; only a table that is not clean is worth a word.
func (c *verifier) current() {
	v, err := c.t.look(false)
	if err != nil {
		c.add(Problem{File: currentFile, Offset: -1, Text: err.Error()})
		return
	}
	defer v.close()
	if v.head().ID == 0 {
		return
	}
	switch v.state {
	case Stale, Missing:
		c.note(currentFile, "is "+v.state.String()+"; the next write makes it the head again")
	case Damaged:
		c.add(Problem{File: currentFile, Offset: -1, Text: "was damaged by a power cut; 'rdb recover " + c.t.name + "' rebuilds it"})
	case Dirty:
		c.note(currentFile, "was edited by hand and the edit is not recorded")
		c.edited(v)
	}
}

func (c *verifier) edited(v *view) {
	_, err := c.t.edited(v)
	if err == nil {
		return
	}
	if list, ok := rowProblems(err); ok {
		for _, p := range list {
			c.add(Problem{File: currentFile, Line: p.Line, Offset: int64(p.Offset), Text: p.Text, Note: true})
		}
		return
	}
	c.note(currentFile, err.Error())
}

func rowProblems(err error) ([]row.Problem, bool) {
	for err != nil {
		if p, ok := err.(*row.Problems); ok {
			return p.List, true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return nil, false
		}
		err = u.Unwrap()
	}
	return nil, false
}
