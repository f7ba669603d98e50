//go:build !linux

package durable

import (
	"io"
	"os"
	"syscall"
	"time"
)

func renameNew(*Dir, string, string) error { return errNotSupported }

func exchange(*Dir, string, string) error { return errNotSupported }

func datasync(f *os.File) error { return f.Sync() }

func copyRange(*os.File, *os.File, int64, int64) (int64, error) { return 0, nil }

// Reserve asks the system for room for the first size bytes of the new file f: here it does nothing.
func Reserve(*os.File, int64) {}

// BootID names this boot of the machine, or "" where the system gives no name.
func BootID() string { return "" }

// StatOf returns the identity of the open file f. Without statx there is no mount id and no change time.
func StatOf(f *os.File) (Stat, error) {
	info, err := f.Stat()
	if err != nil {
		return Stat{}, err
	}
	s := Stat{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Device, s.Inode = uint64(sys.Dev), uint64(sys.Ino)
	}
	return s, nil
}

// SetModified sets the modification time of the open file f.
func SetModified(f *os.File, t time.Time) error { return os.Chtimes(f.Name(), t, t) }

// Map returns the first size bytes of f, which must be an immutable file of ours. The bytes may be read until unmap is
// called.
func Map(f *os.File, size int64) (data []byte, unmap func(), err error) {
	data = make([]byte, size)
	_, err = io.ReadFull(io.NewSectionReader(f, 0, size), data)
	return data, func() {}, err
}

// Buffer returns n zero bytes to read a file into.
func Buffer(n int64) []byte { return make([]byte, n) }

func readPlain(*Dir, string, int64) ([]byte, bool) { return nil, false }
