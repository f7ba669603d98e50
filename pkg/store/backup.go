package store

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
)

// A backup is a tar of what cannot be derived: settings, dictionaries, frames, and of each table its log, deltas, schemas,
// conflicts, names of versions and, where somebody edited them by hand, current.csv and the copy of its schema. Deltas never change and a log only grows, so a
// consistent cut is the list of the logs' lengths, taken under the locks of all tables at once; the files are read
// without them. Its last member is manifest, one "hash|size|path" a line: an archive without it is not whole.

const (
	backupSuffix = ".tar"
	manifestName = "manifest"
)

// Backup is one archive in backups/.
type Backup struct {
	Name string // backup-2026-03-01T12-00-00.000000Z.tar
	Time time.Time
	Size int64 // bytes
}

const (
	asideLayout  = "2006-01-02T15-04-05.000000Z"
	backupLayout = "backup-" + asideLayout + backupSuffix
)

// member is a file of a backup: what it holds, or which file to read up to which size.
type member struct {
	path string
	size int64
	data []byte // nil: the file at path is read
}

// Backup stores a consistent archive of the database, verifies it, and returns it. Frames are in it whole or not at all.
func (s *Store) Backup() (b Backup, err error) {
	dir, err := s.dir.MakeSub(backupsFolder)
	if err != nil {
		return b, err
	}
	defer dir.Close()
	for at := time.Now().UTC(); ; at = at.Add(time.Microsecond) {
		b = Backup{Name: at.Format(backupLayout), Time: at.Truncate(time.Microsecond)}
		if !dir.Exists(b.Name) {
			break
		}
	}
	temp := b.Name + tempSuffix
	for range cuts {
		var members []member
		if members, err = s.cut(); err == nil {
			b.Size, err = s.archive(dir, temp, members)
		}
		if fault.KindOf(err) != fault.NotFound {
			break // else a delta was folded away before it was read
		}
	}
	if err == nil {
		err = sound(dir, temp)
	}
	if err == nil {
		err = dir.PlaceNew(temp, b.Name)
	}
	if err != nil {
		dir.Remove(temp)
	}
	return b, err
}

// cuts is how often a backup is begun anew because what it was to hold was folded away meanwhile.
const cuts = 8

// sound reads an archive that was just written.
func sound(dir *durable.Dir, name string) error {
	problems, err := verifyArchive(dir, name)
	if err == nil && len(problems) > 0 {
		err = fault.New(fault.Corrupt, "the archive just written is damaged: %s", strings.Join(problems, "; "))
	}
	return err
}

// cut lists what a backup of this moment holds.
func (s *Store) cut() (members []member, err error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	j, err := s.lock(names)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.close()) }()
	for _, t := range j.tables {
		files, err := t.Files()
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			members = append(members, member{path.Join(tablesFolder, t.name, f.Name), f.Size, f.Data})
		}
		edited, err := t.EditedSchema()
		if err != nil {
			return nil, err
		}
		if edited != nil && len(files) > 0 {
			members = append(members, member{path.Join(schemaFolder, t.name+table.CopySuffix), int64(len(edited)), edited})
		}
	}
	rest, err := s.around()
	return append(rest, members...), err
}

// around lists the files beside the tables.
func (s *Store) around() (members []member, err error) {
	for _, name := range []string{configFile, nodeFile, registryFolder, framesFolder} {
		err := fs.WalkDir(s.dir.Root().FS(), name, func(p string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !e.Type().IsRegular() || strings.HasSuffix(p, tempSuffix) || strings.HasSuffix(p, ".lock") {
				return err
			}
			data, err := s.dir.ReadFile(p, maxSettings+maxFrame)
			members = append(members, member{p, int64(len(data)), data})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return members, nil
}

// archive writes an archive, durably, and returns its size in bytes.
// Backups lists the archives, newest first. Files with other names are left out.
func (s *Store) Backups() ([]Backup, error) {
	dir, err := s.dir.Sub(backupsFolder)
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
	var list []Backup
	for _, name := range slices.Backward(names) {
		at, err := time.Parse(backupLayout, name)
		if err != nil {
			continue
		}
		info, err := dir.Root().Lstat(name)
		if err == nil && info.Mode().IsRegular() {
			list = append(list, Backup{name, at, info.Size()})
		}
	}
	return list, nil
}

// VerifyBackup reads a whole archive and returns what is wrong with it. A name with a slash is a file anywhere.
func (s *Store) VerifyBackup(name string) (problems []string, err error) {
	dir, base, err := s.findBackup(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return verifyArchive(dir, base)
}

func (s *Store) findBackup(name string) (*durable.Dir, string, error) {
	if strings.ContainsRune(name, '/') {
		dir, err := durable.OpenDir(filepath.Dir(name))
		return dir, filepath.Base(name), err
	}
	dir, err := s.dir.Sub(backupsFolder)
	if err != nil || !dir.Exists(name) {
		if dir != nil {
			dir.Close()
		}
		err := fault.New(fault.NotFound, "there is no backup %q", name)
		return nil, "", fault.WithHint(err, "'rdb backup:list' lists them")
	}
	return dir, name, nil
}

// PruneBackups removes all but the newest keep archives and returns what it removed.
func (s *Store) PruneBackups(keep int) ([]Backup, error) {
	if keep < 0 {
		return nil, fault.New(fault.Input, "%d is no number of backups to keep", keep)
	}
	list, err := s.Backups()
	if err != nil || len(list) <= keep {
		return nil, err
	}
	dir, err := s.dir.Sub(backupsFolder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	for _, b := range list[keep:] {
		if err := dir.Remove(b.Name); err != nil {
			return nil, err
		}
	}
	return list[keep:], dir.Sync()
}

// RestoreBackup unpacks an archive that verifies. Into "" it takes the database's place: the tree that was there is kept
// beside it, backups move along, and kept says where; the Store must not be used afterwards. Into another folder it
// becomes a database there, where none may be yet.
func (s *Store) RestoreBackup(name, into string) (kept string, err error) {
	dir, base, err := s.findBackup(name)
	if err != nil {
		return "", err
	}
	defer dir.Close()
	problems, err := verifyArchive(dir, base)
	if err != nil {
		return "", err
	}
	if len(problems) > 0 {
		return "", fault.New(fault.Corrupt, "%s", strings.Join(problems, "\n"))
	}
	target := into
	if into == "" {
		target = s.path
	}
	if err := durable.MakeAll(target); err != nil {
		return "", err
	}
	above, err := durable.OpenDir(target)
	if err != nil {
		return "", err
	}
	defer above.Close()
	// Unpacked under a name of its own: after a crash behind the exchange the old database stands there, for people to find.
	temp := Folder + ".restore-" + time.Now().UTC().Format(asideLayout)
	if into != "" && above.Exists(Folder) {
		return "", fault.New(fault.Input, "%q holds a database already", target)
	}
	if err := unpack(dir, base, above, temp); err != nil {
		above.Root().RemoveAll(temp)
		return "", err
	}
	if into != "" {
		err = above.PlaceNew(temp, Folder)
	} else {
		kept, err = s.takePlace(above, temp)
	}
	if err != nil && fault.KindOf(err) != fault.Unknown {
		above.Root().RemoveAll(temp)
	}
	return kept, err
}

// takePlace puts the unpacked tree temp in the place of the database, while all its tables are locked. After an error it
// is temp still, unless the error's kind is fault.Unknown.
func (s *Store) takePlace(above *durable.Dir, temp string) (kept string, err error) {
	names, err := s.Names()
	if err != nil {
		return "", err
	}
	for _, name := range names {
		t, err := s.Table(name)
		if err != nil {
			return "", err
		}
		defer t.Close()
		hold, err := t.Hold()
		if err != nil {
			return "", err
		}
		defer hold.Release()
	}
	if err := swap(above, temp, Folder); err != nil {
		return "", err
	}
	if err := above.Sync(); err != nil {
		if back := errors.Join(swap(above, temp, Folder), above.Sync()); back != nil {
			return "", fault.New(fault.Unknown, "%w; and putting the database back: %w", err, back)
		}
		return "", err
	}
	return above.Path(s.putAway(above, temp)), nil
}

// swap exchanges two folders: in one step, or in three where the system cannot.
func swap(above *durable.Dir, a, b string) error {
	err := above.Exchange(a, b)
	if !errors.Is(err, durable.ErrNoExchange) {
		return err
	}
	between := a + tempSuffix
	if err := above.Rename(a, between); err != nil {
		return err
	}
	if err := above.Rename(b, a); err != nil {
		return err
	}
	return above.Rename(between, b)
}

// putAway gives the tree that was replaced, now under the name old, one that says so, and moves its backups along to the
// new tree. The backup is in place: not being able to is a warning.
func (s *Store) putAway(above *durable.Dir, old string) (kept string) {
	kept = Folder + ".before-" + time.Now().UTC().Format(asideLayout)
	err := above.Rename(old, kept)
	if err != nil {
		kept = old
	}
	if above.Exists(kept + "/" + backupsFolder) {
		err = errors.Join(err, above.Root().Rename(kept+"/"+backupsFolder, Folder+"/"+backupsFolder))
	}
	if err = errors.Join(err, above.Sync()); err != nil {
		s.warn("the backup is in place; what it replaced is not put away as it should be: " + err.Error())
	}
	return kept
}

// unpack makes the folder temp from the archive, durably.
func unpack(dir *durable.Dir, name string, above *durable.Dir, temp string) error {
	if err := above.Root().Mkdir(temp, 0o777); err != nil {
		return err
	}
	folders := []string{temp}
	for _, f := range []string{registryFolder, tablesFolder, framesFolder, pendingFolder, cacheFolder, tableCache} {
		folders = append(folders, path.Join(temp, f))
	}
	for _, f := range folders {
		if err := above.Root().MkdirAll(f, 0o777); err != nil {
			return err
		}
	}
	err := readArchive(dir, name, func(p string, r io.Reader) error {
		if p == manifestName {
			return nil
		}
		folder := path.Join(temp, path.Dir(p))
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
			if err := above.Root().MkdirAll(folder, 0o777); err != nil {
				return err
			}
		}
		f, err := above.OpenFile(path.Join(temp, p), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		return errors.Join(err, f.Sync(), f.Close())
	})
	if err != nil {
		return err
	}
	for _, f := range folders {
		d, err := above.Sub(f)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}
