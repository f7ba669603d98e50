package store

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

func (s *Store) pending() (*durable.Dir, error) {
	frames, err := s.dir.MakeSub(framesFolder)
	if err != nil {
		return nil, err
	}
	defer frames.Close()
	return frames.MakeSub("pending")
}

// retire moves a frame whose lines are all in the logs out of the way of those who look for pending ones, unless somebody
// was faster. No flush: it would at worst be carried out again, which changes nothing.
func (s *Store) retire(name string) error {
	err := s.dir.Root().Rename(pendingFolder+"/"+name, framesFolder+"/"+name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
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
		f, err := parseFrame(b)
		if err != nil {
			continue
		}
		for _, p := range f.parts {
			if p.Table == name {
				lines = append(lines, p.Line)
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

// patience is how long a table of a pending frame is waited for. Who holds it longer has put it in order, or made the frame
// and is at it.
const patience = time.Second

func (s *Store) finishFrame(pending *durable.Dir, name string) error {
	b, err := pending.ReadFile(name, maxFrame)
	if fault.KindOf(err) == fault.NotFound {
		return nil // its maker, or another who found it, was faster
	}
	if err != nil {
		return err
	}
	f, err := parseFrame(b)
	if err != nil {
		return fmt.Errorf("%s: %w", pending.Path(name), err)
	}
	o, err := s.tableOptions()
	if err != nil {
		return err
	}
	o.Wait = min(o.Wait, patience)
	settled := ""
	for _, p := range f.parts {
		if p.Table != settled {
			err = errors.Join(err, s.settle(p.Table, o))
		}
		settled = p.Table
	}
	if err != nil {
		return err
	}
	return s.retire(name)
}

func (s *Store) settle(name string, o table.Options) error {
	t, err := table.Open(s.tables, name, o)
	if err != nil {
		return err
	}
	defer t.Close()
	return t.Settle()
}

// collectFrames removes the frames that are carried out and older than the setting keep-days, and nothing without one.
func (s *Store) collectFrames(dry bool) (list []table.Garbage, err error) {
	c, err := s.config()
	if err != nil || c.Frames.KeepDays == 0 {
		return nil, err
	}
	dir, err := s.dir.Sub(framesFolder)
	if err != nil {
		return nil, unlessDamage(err)
	}
	defer dir.Close()
	names, err := dir.Names()
	if err != nil {
		return nil, err
	}
	oldest := stamp.First(time.Now().AddDate(0, 0, -c.Frames.KeepDays))
	for _, name := range names {
		id, err := stamp.Parse(name)
		if err != nil || id == 0 || id >= oldest {
			continue
		}
		info, err := dir.Root().Lstat(name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if !dry {
			if err := dir.Remove(name); err != nil {
				return list, err
			}
		}
		list = append(list, table.Garbage{Path: dir.Path(name), Bytes: info.Size()})
	}
	return list, nil
}
