package table

import (
	"fmt"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Problem is one finding of a check.
type Problem struct {
	File    string   // as a message names it
	Line    int      // from 1; 0 where there is none
	Offset  int64    // in the file; -1 where there is none
	Version stamp.ID // 0 where there is none
	Text    string
	Note    bool // worth saying, and no damage
}

// String returns "FILE, line N, offset N, version N: TEXT".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ", line %d", p.Line)
	}
	if p.Offset >= 0 {
		fmt.Fprintf(&b, ", offset %d", p.Offset)
	}
	if p.Version != 0 {
		fmt.Fprintf(&b, ", version %s", p.Version)
	}
	return b.String() + ": " + p.Text
}

// Verified says how much a check has read.
type Verified struct {
	Versions int
	Bytes    int64
}

// verifier collects every finding about one table.
type verifier struct {
	t        *Table
	problems []Problem
	seen     Verified
	x        *index
	names    []string
	hole     bool // the log is not whole, so that a delta without a line is no proof of a write that never counted
	progress func(Verified)
}

// Verify reads everything the table's folder holds and reports all that is wrong, in a fixed order: the log, each
// version, the files around them. It changes nothing. Progress, unless nil, is told how far it is.
func (t *Table) Verify(progress func(Verified)) ([]Problem, Verified, error) {
	c := &verifier{t: t, progress: progress}
	var err error
	if c.names, err = t.dir.Names(); err != nil {
		return nil, c.seen, err
	}
	if err := c.log(); err != nil {
		return nil, c.seen, err
	}
	c.versions()
	c.conflicts()
	c.files()
	c.current()
	return c.problems, c.seen, nil
}

func (c *verifier) add(p Problem) {
	if !strings.Contains(p.File, "/") {
		p.File = c.t.dir.Path(p.File)
	}
	c.problems = append(c.problems, p)
}

func (c *verifier) note(file, text string) {
	c.add(Problem{File: file, Offset: -1, Text: text, Note: true})
}

func (c *verifier) log() error {
	l, err := c.t.openLog(c.t.believed(), true)
	if err != nil {
		if fault.KindOf(err) != fault.Corrupt {
			return err
		}
		c.add(Problem{File: logFile, Offset: -1, Text: err.Error()})
		l = &logView{}
	}
	defer l.close()
	c.x, c.hole = indexOf(l.lines), l.err != nil
	if l.file == nil {
		if c.hole {
			c.add(Problem{File: logFile, Offset: -1, Text: "is missing, and there are deltas; 'rdb recover " + c.t.name + "' rebuilds it from them"})
		} else if err == nil {
			c.note("", "is no table: its creation was cut short before it counted")
		}
		return nil
	}
	b, err := readRange(l.file, 0, min(l.stat.Size, maxLog))
	if err != nil {
		return err
	}
	problems, torn := verlog.Check(b)
	for _, p := range problems {
		c.add(Problem{File: logFile, Line: p.Number, Offset: p.Offset, Version: p.ID, Text: p.Text})
	}
	if c.hole && len(problems) == 0 {
		c.add(Problem{File: logFile, Offset: l.stat.Size, Text: strings.TrimPrefix(l.err.Error(), c.t.dir.Path(logFile)+" ")})
	}
	if torn >= 0 {
		c.add(Problem{File: logFile, Offset: torn, Text: "the last line is torn: an append that never counted; the next write moves it aside", Note: true})
	}
	return nil
}
