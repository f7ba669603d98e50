// Package durable owns the ways files and folders change so that a power cut finds either the old state or the new one:
// create, replace, append, cut, exchange, and locks with deadlines. It must never know a file's format.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Dir is an open folder. Every name given to its methods is resolved inside it by os.Root, so no name and no symbolic
// link leads out of it. A Dir may be used by several goroutines.
type Dir struct {
	root   *os.Root
	path   string // for messages only
	stands string // the absolute path, only to see whether the folder still stands there; "" when it is not known
	mu     sync.Mutex
	file   *os.File // the folder itself, open once it is needed; guarded by mu
}

// OpenDir opens the folder at path. The caller closes it.
func OpenDir(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, kinded(err)
	}
	place, err := filepath.Abs(path)
	if err != nil {
		place = ""
	}
	return newDir(root, path, place), nil
}

func newDir(root *os.Root, path, place string) *Dir {
	return &Dir{root: root, path: path, stands: place}
}

// self returns the folder itself, for fsync and for renameat2. A failure is not for good: what failed may be undone.
func (d *Dir) self() (*os.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file != nil {
		return d.file, nil
	}
	file, err := d.root.Open(".")
	if err == nil {
		d.file = file
	}
	return file, err
}

// Sub opens the folder name inside d. A symbolic link in its place is refused with fault.Corrupt: one folder has one
// name. The caller closes it.
func (d *Dir) Sub(name string) (*Dir, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return nil, d.named(err)
	}
	if !info.IsDir() {
		return nil, fault.New(fault.Corrupt, "%q is a %s, not a folder", d.Path(name), kindOf(info.Mode()))
	}
	root, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, d.named(err)
	}
	place := ""
	if d.stands != "" {
		place = filepath.Join(d.stands, name)
	}
	return newDir(root, d.Path(name), place), nil
}

// MakeAll makes the folder at path, and those above it that are missing, durably: each folder above a new one is synced.
func MakeAll(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	path = filepath.Clean(path)
	above := filepath.Dir(path)
	if above != path {
		if err := MakeAll(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o777); err != nil {
		if info, err2 := os.Stat(path); err2 != nil || !info.IsDir() {
			return kinded(err)
		}
	}
	d, err := OpenDir(above)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// MakeSub opens the folder name inside d, making it first when it is missing: durably, the folder above is synced. Where somebody
// removes it meanwhile, each time, the error is fault.Busy.
func (d *Dir) MakeSub(name string) (*Dir, error) {
	const tries = 10
	for range tries {
		err := d.root.Mkdir(name, 0o777)
		if err == nil {
			err = d.Sync()
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, d.named(err)
		}
		sub, err := d.Sub(name)
		if fault.KindOf(err) != fault.NotFound {
			return sub, err
		}
	}
	err := fault.New(fault.Busy, "%q was removed meanwhile", d.Path(name))
	return nil, fault.WithHint(err, "nothing was stored; try again")
}

// Close releases the folder; files opened from it stay open.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil {
		return d.root.Close()
	}
	return errors.Join(d.file.Close(), d.root.Close())
}

// Path returns where name stands, for messages: never to be opened.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Root returns the folder as an os.Root, owned by d.
func (d *Dir) Root() *os.Root { return d.root }

// standing returns an error of kind fault.Busy when another folder stands at d's path by now, or none: what is written
// here would be found by nobody.
func (d *Dir) standing() error {
	if d.stands == "" {
		return nil
	}
	there, err := os.Stat(d.stands)
	here, err2 := d.root.Stat(".")
	if err2 != nil || err == nil && os.SameFile(there, here) {
		return kinded(err2)
	}
	err = fault.New(fault.Busy, "%q was removed or replaced meanwhile", d.path)
	return fault.WithHint(err, "nothing was stored; try again")
}

// Open opens the regular file name for reading. What is no regular file (a fifo would block, a folder cannot be read, a
// symbolic link would give one file two names) is refused with fault.Corrupt.
func (d *Dir) Open(name string) (*os.File, error) { return d.OpenFile(name, os.O_RDONLY) }

// OpenFile is Open with flags; a file it creates gets mode 0666 less the umask.
func (d *Dir) OpenFile(name string, flag int) (*os.File, error) {
	info, err := d.root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, fault.New(fault.Corrupt, "%q is a %s, not a regular file", d.Path(name), kindOf(info.Mode()))
	}
	if err != nil && (flag&os.O_CREATE == 0 || !errors.Is(err, fs.ErrNotExist)) {
		return nil, d.named(err)
	}
	f, err := d.root.OpenFile(name, flag|syscall.O_NONBLOCK, 0o666)
	if err != nil {
		return nil, d.named(err)
	}
	return f, nil
}

// ReadFile returns the whole of the regular file name; one larger than limit bytes is refused with fault.Corrupt.
func (d *Dir) ReadFile(name string, limit int64) ([]byte, error) {
	if data, ok := readPlain(d, name, limit); ok {
		return data, nil
	}
	f, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, d.named(err)
	}
	if info.Size() > limit {
		return nil, fault.New(fault.Corrupt, "%q has %d bytes, more than the %d allowed", d.Path(name), info.Size(), limit)
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(f, data)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, d.named(err)
	}
	return data[:n], nil
}

// Exists reports whether name is there, whatever it is.
func (d *Dir) Exists(name string) bool {
	_, err := d.root.Lstat(name)
	return err == nil
}

// Names lists the folder's entries, sorted.
func (d *Dir) Names() ([]string, error) {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return nil, d.named(err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// Sync makes the folder's entries durable: what was created, renamed or removed in it stays so.
func (d *Dir) Sync() error {
	file, err := d.self()
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		return fmt.Errorf("sync %q: %w", d.path, err)
	}
	return nil
}

// Remove unlinks name; it is durable after the next Sync. A missing name is no error.
func (d *Dir) Remove(name string) error {
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return d.named(err)
	}
	return nil
}

// named is kinded with the whole path in the text, where os.Root has the name alone and the system call's.
func (d *Dir) named(err error) error {
	if p, ok := err.(*fs.PathError); ok {
		if op, root := strings.CutSuffix(p.Op, "at"); root && op != "st" {
			err = &fs.PathError{Op: op, Path: d.Path(p.Path), Err: p.Err}
		}
	}
	return kinded(err)
}

// kinded gives an error of the file system the kind a caller acts on; the text stays the system's.
func kinded(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fault.As(fault.NotFound, err)
	case errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return fault.As(fault.Corrupt, err)
	}
	return err
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return "file"
	case m.IsDir():
		return "folder"
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "fifo"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}
