package store

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// A frame is a commit over several tables. Its file holds what it is for, "@WORD|ID|CRC-32 of the line before it", and the
// exact log line of each of its versions, "table|line", in the order of the tables' names. Its flush, after the deltas are
// durable, is the commit point: from then on whoever opens the database carries the lines into the logs. The file stands
// in frames/pending/ until that is done and then in frames/. Its name is the id of its newest version, which all its
// tables share: no moment lies between them.

// Purpose is what a frame is for.
type Purpose uint8

// The purposes.
const (
	Batch       Purpose = iota // statements over several tables
	PointInTime                // all tables go back to one moment
	Undo                       // what an earlier frame did is taken back
)

var purposes = [...]string{"batch", "restore", "rollback"}

// String returns the word for the purpose.
func (p Purpose) String() string { return purposes[p] }

// frame is what the file of a frame holds.
type frame struct {
	purpose Purpose
	of      stamp.ID // what Undo takes back, or the last id of the moment of PointInTime; else 0
	parts   []FramePart
}

// FramePart is one version of a frame.
type FramePart struct {
	Table string
	Line  verlog.Line
}

// maxFrame bounds a frame file, in bytes.
const maxFrame = 64 << 20

func (f *frame) encode() []byte {
	b := fmt.Appendf(nil, "@%s|%s|", f.purpose, f.of)
	b = append(strconv.AppendUint(b, uint64(crc32.ChecksumIEEE(b)), 10), '\n')
	for _, p := range f.parts {
		b = p.Line.Append(append(append(b, p.Table...), '|'))
	}
	return b
}

// id returns the id of the newest version.
func (f *frame) id() (id stamp.ID) {
	for _, p := range f.parts {
		id = max(id, p.Line.ID)
	}
	return id
}

// parseFrame reads the file of a frame; what encode would not have written is fault.Corrupt.
func parseFrame(b []byte) (*frame, error) {
	text, whole := strings.CutSuffix(string(b), "\n")
	if !whole {
		return nil, fault.New(fault.Corrupt, "the last line is cut")
	}
	lines := strings.Split(text, "\n")
	f, err := parsePurpose(lines[0])
	if err != nil {
		return nil, err
	}
	for n, line := range lines[1:] {
		p, err := parsePart(line)
		if err == nil && n > 0 && !f.parts[n-1].before(p) {
			err = fault.New(fault.Corrupt, "it is not in order")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+2, err)
		}
		f.parts = append(f.parts, p)
	}
	if len(f.parts) == 0 {
		return nil, fault.New(fault.Corrupt, "it names no version")
	}
	return f, nil
}

func parsePurpose(line string) (*frame, error) {
	var f frame
	word, rest, _ := strings.Cut(strings.TrimPrefix(line, "@"), "|")
	id, _, _ := strings.Cut(rest, "|")
	var err error
	if f.of, err = stamp.Parse(id); err == nil {
		for p, known := range purposes {
			f.purpose = Purpose(p)
			if word == known && string((&f).encode()) == line+"\n" {
				return &f, nil
			}
		}
	}
	return nil, fault.New(fault.Corrupt, "line 1: %q does not say what the frame is for", line)
}

func parsePart(text string) (p FramePart, err error) {
	name, line, ok := strings.Cut(text, "|")
	if !ok || table.CheckName(name) != nil {
		return p, fault.New(fault.Corrupt, "%q is no table's line", text)
	}
	l, err := verlog.ParseLine([]byte(line))
	return FramePart{name, l}, err
}

// before reports whether p stands before q in a frame.
func (p FramePart) before(q FramePart) bool {
	return p.Table < q.Table || p.Table == q.Table && p.Line.ID < q.Line.ID
}
