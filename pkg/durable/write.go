package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Create makes the file name with data, durably and never over an existing one (fs.ErrExist). The calls, in order:
// open temp, write, fsync, renameat2 RENAME_NOREPLACE, fsync folder. Its errors are those of PlaceNew; no temp is left.
//
// temp is the name used on the way. Whoever holds the folder's lock uses one fixed temp: the next call removes a leftover
// of a crash.
func (d *Dir) Create(name, temp string, data []byte) error {
	if err := d.writeTemp(temp, data, true); err != nil {
		return err
	}
	err := d.PlaceNew(temp, name)
	if err != nil {
		d.root.Remove(temp)
	}
	return err
}

// Datasync makes what was written to f durable, as far as reading it needs.
func Datasync(f *os.File) error { return datasync(f) }

// CreateUnsynced is Create without the fsync of the folder: the file's content is durable, its name after the next Sync.
func (d *Dir) CreateUnsynced(name, temp string, data []byte) error {
	if err := d.writeTemp(temp, data, true); err != nil {
		return err
	}
	err := d.RenameNew(temp, name)
	if err != nil {
		d.root.Remove(temp)
	}
	return err
}

// PlaceNew renames temp to name, durably and never over an existing one (fs.ErrExist): a file or a folder whose content
// is durable. After an error it is temp still. If the folder's fsync failed it is renamed back, durably; if that fails
// too nobody knows what the disk holds, and the error's kind is fault.Unknown.
func (d *Dir) PlaceNew(temp, name string) error {
	if err := d.RenameNew(temp, name); err != nil {
		return err
	}
	err := d.Sync()
	if err == nil {
		return nil
	}
	if back := errors.Join(d.RenameNew(name, temp), d.Sync()); back != nil {
		return fault.New(fault.Unknown, "%w; and taking %q back: %w", err, d.Path(name), back)
	}
	return err
}

// Fresh makes the file name and opens it for reading and writing. A file of that name is removed, not emptied: a power
// cut could lose the emptying and keep what was written since, and so mix the two.
func (d *Dir) Fresh(name string) (*os.File, error) {
	const flags = os.O_RDWR | os.O_CREATE | os.O_EXCL
	f, err := d.OpenFile(name, flags)
	if !IsExist(err) {
		return f, err
	}
	if err := d.Remove(name); err != nil {
		return nil, err
	}
	return d.OpenFile(name, flags)
}

// Replace makes name hold data, durably: a reader, or a power cut, finds the old content or the new. The calls, in
// order: open temp, write, fsync, renameat2 RENAME_EXCHANGE, or rename where there is no old file, fsync folder, unlink
// temp. If the folder's fsync failed the old file is put back; where that cannot be had, the error's kind is
// fault.Unknown.
func (d *Dir) Replace(name, temp string, data []byte) error {
	if err := d.writeTemp(temp, data, true); err != nil {
		return err
	}
	back, err := d.place(temp, name)
	if err != nil {
		d.root.Remove(temp)
		return err
	}
	if err = d.Sync(); err != nil {
		if kept := errors.Join(back(), d.Sync()); kept != nil {
			return fault.New(fault.Unknown, "%w; and putting the old %q back: %w", err, d.Path(name), kept)
		}
	}
	d.root.Remove(temp)
	return err
}

// place moves temp to name, and the file that was there to temp. back undoes it.
func (d *Dir) place(temp, name string) (back func() error, err error) {
	info, err := d.root.Lstat(name)
	if err == nil && info.Mode().IsRegular() {
		if err := d.Exchange(temp, name); !errors.Is(err, ErrNoExchange) {
			return func() error { return d.Exchange(temp, name) }, err
		}
		return func() error { return ErrNoExchange }, d.Rename(temp, name)
	}
	return func() error { return d.Remove(name) }, d.Rename(temp, name)
}

// Put makes name hold data for readers at once, without a flush: for what can be made again. After a power cut it may
// be old, empty, cut or missing.
func (d *Dir) Put(name, temp string, data []byte) error {
	if err := d.writeTemp(temp, data, false); err != nil {
		return err
	}
	err := d.Rename(temp, name)
	if err != nil {
		d.root.Remove(temp)
	}
	return err
}

func (d *Dir) writeTemp(temp string, data []byte, sync bool) error {
	f, err := d.Fresh(temp)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		d.root.Remove(temp)
		return fmt.Errorf("write %q: %w", d.Path(temp), err)
	}
	return nil
}

// RenameNew renames from to to unless to exists (fs.ErrExist). It is durable after the next Sync.
func (d *Dir) RenameNew(from, to string) error {
	err := renameNew(d, from, to)
	if err == errNotSupported {
		// link refuses an existing name as the rename would.
		if err = d.root.Link(from, to); err == nil {
			err = d.root.Remove(from)
		}
	}
	return kinded(err)
}

// Rename renames from to to, replacing a file of that name; a folder is refused with fault.Corrupt. It is durable after
// the next Sync.
func (d *Dir) Rename(from, to string) error {
	err := d.root.Rename(from, to)
	if IsExist(err) {
		return fault.As(fault.Corrupt, err)
	}
	return kinded(err)
}

// Exchange swaps the files a and b in one step, so that no reader finds either missing. Where the system cannot, it
// says so with ErrNoExchange and nothing has changed.
func (d *Dir) Exchange(a, b string) error {
	err := exchange(d, a, b)
	if err == errNotSupported {
		return ErrNoExchange
	}
	return kinded(err)
}

// ErrNoExchange is returned by Exchange where the system or the file system has no such call.
var ErrNoExchange = errors.New("files cannot be exchanged in one step here")

var errNotSupported = errors.New("not supported by the system")

// Append writes data at offset end, which is the file's size, and makes it durable with one fdatasync. An error before
// the flush cuts the file back to end and has the system's kind. When the flush fails, or the cut does, nobody knows
// what the disk holds: the error's kind is fault.Unknown.
func Append(f *os.File, end int64, data []byte) error {
	if _, err := f.WriteAt(data, end); err != nil {
		if cut := f.Truncate(end); cut != nil {
			return fault.New(fault.Unknown, "append to %q: %w; and cutting it back: %w", f.Name(), err, cut)
		}
		return fmt.Errorf("append to %q: %w", f.Name(), err)
	}
	if err := datasync(f); err != nil {
		return fault.New(fault.Unknown, "sync %q: %w", f.Name(), err)
	}
	return nil
}

// Cut shortens f to size bytes, durably.
func Cut(f *os.File, size int64) error {
	if err := f.Truncate(size); err != nil {
		return fmt.Errorf("cut %q: %w", f.Name(), err)
	}
	if err := datasync(f); err != nil {
		return fault.New(fault.Unknown, "sync %q: %w", f.Name(), err)
	}
	return nil
}

// CopyRange copies n bytes of src from off to dst at its offset, in the kernel where it can (copy_file_range).
func CopyRange(dst, src *os.File, off, n int64) error {
	done, err := copyRange(dst, src, off, n)
	if err != nil {
		return err
	}
	if done == n {
		return nil
	}
	_, err = io.Copy(dst, io.NewSectionReader(src, off+done, n-done))
	return err
}

// IsExist reports whether err says that a name was already there.
func IsExist(err error) bool { return errors.Is(err, fs.ErrExist) }
