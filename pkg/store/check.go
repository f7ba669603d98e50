package store

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/ledger"
	"github.com/reedbase/reedbase/pkg/table"
)

// Finding is a problem, and the table it is in; "" is the database itself.
type Finding struct {
	Table string
	table.Problem
}

// Checked says how much a check has read.
type Checked struct {
	Tables, Versions int
	Bytes            int64
}

// Check reads everything and reports all that is wrong, tables in the order of their names. It changes nothing.
// Progress, unless nil, is told how far it is.
func (s *Store) Check(progress func(Checked)) (findings []Finding, seen Checked, err error) {
	for _, p := range s.settings() {
		findings = append(findings, Finding{"", p})
	}
	all, err := s.tables.Names()
	if err != nil {
		return nil, seen, err
	}
	for _, name := range all {
		if table.CheckName(name) != nil {
			findings = append(findings, Finding{"", table.Problem{File: s.tables.Path(name), Offset: -1, Text: "is not named for a table", Note: true}})
			continue
		}
		seen.Tables++
		problems, v, err := s.checkTable(name, func(v table.Verified) {
			if progress != nil {
				progress(Checked{seen.Tables, seen.Versions + v.Versions, seen.Bytes + v.Bytes})
			}
		})
		if err != nil {
			return nil, seen, err
		}
		seen.Versions += v.Versions
		seen.Bytes += v.Bytes
		for _, p := range problems {
			findings = append(findings, Finding{name, p})
		}
	}
	return findings, seen, nil
}

func (s *Store) checkTable(name string, progress func(table.Verified)) ([]table.Problem, table.Verified, error) {
	info, err := s.tables.Root().Lstat(name)
	if err == nil && !info.IsDir() {
		p := table.Problem{File: s.tables.Path(name), Offset: -1, Text: "is no folder, and so no table", Note: true}
		if info.Mode()&fs.ModeSymlink != 0 {
			p.Text, p.Note = "is a symbolic link, not a folder", false
		}
		return []table.Problem{p}, table.Verified{}, nil
	}
	t, err := table.Open(s.tables, name, table.Options{Cache: s.cache})
	if err != nil {
		return nil, table.Verified{}, err
	}
	defer t.Close()
	return t.Verify(progress)
}

// settings checks the files beside the tables.
func (s *Store) settings() (problems []table.Problem) {
	add := func(file string, err error) {
		if err != nil {
			problems = append(problems, table.Problem{File: s.dir.Path(file), Offset: -1, Text: strings.TrimPrefix(err.Error(), s.dir.Path(file)+": ")})
		}
	}
	_, err := s.readConfig()
	add(configFile, err)
	_, err = s.readNode()
	add(nodeFile, err)
	return append(append(problems, s.CheckDictionaries()...), s.checkFrames()...)
}

// CheckDictionaries returns all that is wrong with the dictionaries, with file and line.
func (s *Store) CheckDictionaries() (list []table.Problem) {
	dir, err := s.Registry()
	if err != nil {
		text := strings.TrimPrefix(err.Error(), s.dir.Path(registryFolder)+" ")
		return []table.Problem{{File: s.dir.Path(registryFolder), Offset: -1, Text: text}}
	}
	defer dir.Close()
	for _, kind := range []dict.Kind{dict.Actions, dict.Users} {
		l := ledger.At(dir, kind, "")
		_, err := l.Read()
		var found dict.Problems
		switch {
		case errors.As(err, &found):
			for _, p := range found {
				list = append(list, table.Problem{File: p.File, Line: p.Line, Offset: -1, Text: p.Text})
			}
		case fault.KindOf(err) == fault.NotFound:
			list = append(list, table.Problem{File: l.Path(), Offset: -1, Text: "is missing; 'rdb recover' makes it anew"})
		case err != nil:
			list = append(list, table.Problem{File: l.Path(), Offset: -1, Text: err.Error()})
		}
	}
	return list
}

// Collect removes what nothing needs, in all tables and beside them; with dry it only lists it.
func (s *Store) Collect(dry bool) (list []table.Garbage, err error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		t, err := s.Table(name)
		if err != nil {
			return list, err
		}
		info, err := s.tables.Root().Lstat(name)
		old := err == nil && time.Since(info.ModTime()) > tempAge
		found, err := t.Collect(dry)
		list = append(list, found...)
		if err == nil && old {
			if found, err = t.RemoveUnmade(s.tables, dry); found != nil && !dry {
				names[i] = ""
			}
			list = append(list, found...)
		}
		t.Close()
		if err != nil {
			return list, err
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	old, err := s.collectFrames(dry)
	if list = append(list, old...); err != nil {
		return list, err
	}
	cached, err := s.cachedNames(names)
	if err != nil {
		return list, err
	}
	for _, folder := range []string{".", registryFolder, framesFolder, pendingFolder, backupsFolder, schemaFolder, tableCache} {
		found, err := s.collectTemps(folder, cached, dry)
		list = append(list, found...)
		if err != nil {
			return list, err
		}
	}
	return list, nil
}

// cachedNames returns what tells the cached files of tables that there are, and of indices that they are to have.
func (s *Store) cachedNames(tables []string) (func(name string) bool, error) {
	var indices []string
	for _, name := range tables {
		t, err := s.Table(name)
		if err != nil {
			return nil, err
		}
		indices = append(indices, t.IndexFiles()...)
		t.Close()
	}
	return func(name string) bool {
		return slices.Contains(indices, name) || slices.ContainsFunc(tables, func(t string) bool { return strings.HasPrefix(name, t+".") })
	}, nil
}

// A file that is being written has its temporary name for moments, and while it grows it is young. No lock says whose it is: that of the
// tables is not held for a dictionary, a backup or an index. Nor is it held of a table whose folder was made a moment ago.
const tempAge = time.Hour

// collectTemps removes what commands that were cut short left in a folder, once it is old enough, and cached files of tables that are gone.
func (s *Store) collectTemps(folder string, cached func(name string) bool, dry bool) (list []table.Garbage, err error) {
	dir, err := s.dir.Sub(folder)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		info, err := dir.Root().Lstat(name)
		if err != nil || info.IsDir() {
			continue
		}
		useless := folder == tableCache && !cached(name)
		if strings.HasSuffix(name, tempSuffix) {
			useless = time.Since(info.ModTime()) > tempAge
		}
		if !useless {
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

func (s *Store) recover(name string) ([]string, error) {
	t, err := s.Table(name)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	return t.Recover()
}

// Repair is what recovery did to a table; Table "" is the database itself.
type Repair struct{ Table, Text string }

// Recover puts one table in order, or all of them and what stands beside them when name is "".
func (s *Store) Recover(name string) (repairs []Repair, err error) {
	names := []string{name}
	if name == "" {
		if names, err = s.Names(); err != nil {
			return repairs, err
		}
	}
	var failed error // one table that is past help keeps nobody from the others
	for _, name := range names {
		done, err := s.recover(name)
		for _, text := range done {
			repairs = append(repairs, Repair{name, text})
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("recover %q: %w", name, err))
		}
	}
	if name == "" {
		done, err := s.RecoverDictionaries()
		for _, text := range done {
			repairs = append(repairs, Repair{"", text})
		}
		failed = errors.Join(failed, err)
	}
	if failed != nil {
		return repairs, failed
	}
	return repairs, s.finishFrames() // one may have waited for a table whose log was in doubt
}
