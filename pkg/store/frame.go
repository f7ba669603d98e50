package store

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// A frame is a commit over several tables. Its file holds the exact log lines of each, "table|line", and its flush, after
// the deltas are durable, is the commit point: from then on whoever opens the database carries the lines into the logs.
// The file stands in frames/pending/ until that is done and then in frames/.

// framePart is one table's line in a frame.
type framePart struct {
	table string
	line  verlog.Line
}

// maxFrame bounds a frame file, in bytes.
const maxFrame = 64 << 20

func encodeFrame(parts []framePart) []byte {
	var b []byte
	for _, p := range parts {
		b = p.line.Append(append(append(b, p.table...), '|'))
	}
	return b
}

func parseFrame(b []byte) (parts []framePart, err error) {
	lines, whole := strings.CutSuffix(string(b), "\n")
	if !whole {
		return nil, fault.New(fault.Corrupt, "the last line is cut")
	}
	for n, text := range strings.Split(lines, "\n") {
		name, line, ok := strings.Cut(text, "|")
		if !ok || table.CheckName(name) != nil {
			return nil, fault.New(fault.Corrupt, "line %d: %q is no table's line", n+1, text)
		}
		l, err := verlog.ParseLine([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		parts = append(parts, framePart{name, l})
	}
	return parts, nil
}

// commitFrame stores the staged lines of all sessions, or none of them. The sessions hold the locks of their tables, taken
// in the order of the tables' names.
// The results are of each session's last version.
func (s *Store) commitFrame(sessions []*table.Session) ([]table.Result, error) {
	var parts []framePart
	var id stamp.ID // of the frame: that of its newest version
	for _, session := range sessions {
		for _, line := range session.Staged() {
			parts, id = append(parts, framePart{session.TableName(), line}), max(id, line.ID)
		}
	}
	pending, err := s.pending()
	if err != nil {
		return nil, err
	}
	defer pending.Close()
	name := id.String()
	if err := pending.Create(name, name+tempSuffix, encodeFrame(parts)); err != nil {
		if fault.KindOf(err) == fault.Unknown {
			for _, session := range sessions {
				session.Keep() // should the frame be there, whoever opens the database next needs its deltas
			}
		}
		return nil, err
	}
	for _, session := range sessions {
		session.Keep()
	}
	late := false
	results := make([]table.Result, len(sessions))
	for i, session := range sessions {
		// The frame is committed: what cannot be carried out now is, by whoever opens the database next.
		published, err := session.Publish()
		if err != nil {
			s.warn("frame " + name + " is stored; table " + session.TableName() + " follows later: " + err.Error())
			late = true
			continue
		}
		results[i] = published[len(published)-1]
	}
	if late {
		return results, nil
	}
	if err := s.retire(pending, name); err != nil {
		s.warn("frame " + name + " is stored and carried out; it could not be put away: " + err.Error())
	}
	return results, nil
}

func (s *Store) pending() (*durable.Dir, error) {
	frames, err := s.dir.MakeSub(framesFolder)
	if err != nil {
		return nil, err
	}
	defer frames.Close()
	return frames.MakeSub("pending")
}

// retire moves a frame whose lines are all in the logs out of the way of those who look for pending ones. No flush: it
// would at worst be carried out again, which changes nothing.
func (s *Store) retire(pending *durable.Dir, name string) error {
	return s.dir.Root().Rename(pendingFolder+"/"+name, framesFolder+"/"+name)
}

// pendingLines returns the lines of a table in the frames that are not known to be carried out. Those that are damaged
// are left out: finishFrames says so.
func (s *Store) pendingLines(name string) (lines []verlog.Line, err error) {
	pending, err := s.dir.Sub(pendingFolder)
	if err != nil {
		return nil, unlessDamage(err)
	}
	defer pending.Close()
	names, err := pending.Names()
	if err != nil {
		return nil, err
	}
	for _, frame := range names {
		if id, err := stamp.Parse(frame); err != nil || id == 0 {
			continue
		}
		b, err := pending.ReadFile(frame, maxFrame)
		if err := unlessDamage(err); err != nil {
			return nil, err
		}
		parts, _ := parseFrame(b)
		for _, p := range parts {
			if p.table == name {
				lines = append(lines, p.line)
			}
		}
	}
	return lines, nil
}

// unlessDamage returns err unless it says that a file is damaged or gone.
func unlessDamage(err error) error {
	if kind := fault.KindOf(err); kind == fault.Corrupt || kind == fault.NotFound {
		return nil
	}
	return err
}

// finishFrames carries out the frames that a crash left pending. A frame that cannot be read stays, and says so.
func (s *Store) finishFrames() error {
	pending, err := s.dir.Sub(pendingFolder)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return err
	}
	defer pending.Close()
	names, err := pending.Names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if id, err := stamp.Parse(name); err != nil || id == 0 {
			continue // a temp file: a frame that never counted
		}
		if err := s.finishFrame(pending, name); err != nil {
			if fault.KindOf(err) == fault.Busy {
				continue // its maker is at it, or another who found it
			}
			s.warn("frame " + name + " is not carried out yet: " + err.Error())
		}
	}
	return nil
}

func (s *Store) finishFrame(pending *durable.Dir, name string) error {
	b, err := pending.ReadFile(name, maxFrame)
	if err != nil {
		return err
	}
	parts, err := parseFrame(b)
	if err != nil {
		return fmt.Errorf("%s: %w", pending.Path(name), err)
	}
	o, err := s.tableOptions()
	if err != nil {
		return err
	}
	for i, p := range parts {
		if i == 0 || parts[i-1].table != p.table {
			err = errors.Join(err, s.settle(p.table, o))
		}
	}
	if err != nil {
		return err
	}
	if err := s.retire(pending, name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil // another who found it was faster
}

func (s *Store) settle(name string, o table.Options) error {
	t, err := table.Open(s.tables, name, o)
	if err != nil {
		return err
	}
	defer t.Close()
	return t.Settle()
}
