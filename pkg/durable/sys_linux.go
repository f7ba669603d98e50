package durable

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func renameNew(d *Dir, from, to string) error {
	return rename2(d, from, to, unix.RENAME_NOREPLACE)
}

func exchange(d *Dir, a, b string) error {
	return rename2(d, a, b, unix.RENAME_EXCHANGE)
}

// rename2 calls renameat2 with single names inside the open folder, so nothing can lead out of it.
func rename2(d *Dir, from, to string, flags uint) error {
	folder, err := d.self()
	if err != nil {
		return err
	}
	fd := int(folder.Fd())
	for {
		switch err := unix.Renameat2(fd, from, fd, to, flags); err {
		case nil:
			return nil
		case unix.EINTR:
		case unix.EINVAL, unix.ENOSYS, unix.EOPNOTSUPP:
			return errNotSupported
		default:
			return &os.LinkError{Op: "renameat2", Old: d.Path(from), New: d.Path(to), Err: err}
		}
	}
}

func datasync(f *os.File) error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR {
			return err
		}
	}
}

func copyRange(dst, src *os.File, off, n int64) (done int64, err error) {
	from, to := int(src.Fd()), int(dst.Fd())
	for done < n {
		at := off + done
		k, err := unix.CopyFileRange(from, &at, to, nil, int(min(n-done, 1<<30)), 0)
		switch {
		case err == unix.EINTR:
		case err == unix.EXDEV || err == unix.EINVAL || err == unix.ENOSYS || err == unix.EOPNOTSUPP:
			return done, nil
		case err != nil:
			return done, &os.PathError{Op: "copy_file_range", Path: src.Name(), Err: err}
		case k == 0:
			return done, nil
		}
		done += int64(k)
	}
	return done, nil
}

// reserveFrom is the size in bytes from which Reserve is worth its time. Of a smaller file, which the next commit may take away before
// it is on the disk, the system need not find any room.
const reserveFrom = 2 << 20

// Reserve asks the system for room for the first size bytes of the new file f, which stays as long as it is: it takes them
// for half the price when they are written. Where there is no room, or the file system does not do that, the write will say so.
func Reserve(f *os.File, size int64) {
	if size >= reserveFrom {
		unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, size)
	}
}

// BootID names this boot of the machine, or "" where the system gives no name. The name is read once.
func BootID() string { return bootID() }

var bootID = sync.OnceValue(func() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(id))
})

// StatOf returns the identity of the open file f.
func StatOf(f *os.File) (Stat, error) {
	var x unix.Statx_t
	for {
		err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_BASIC_STATS|unix.STATX_MNT_ID, &x)
		if err == nil {
			break
		}
		if err != unix.EINTR {
			return Stat{}, &os.PathError{Op: "statx", Path: f.Name(), Err: err}
		}
	}
	return Stat{
		Mount: x.Mnt_id, Device: unix.Mkdev(x.Dev_major, x.Dev_minor), Inode: x.Ino, Size: int64(x.Size),
		Modified: x.Mtime.Sec*1e9 + int64(x.Mtime.Nsec), Changed: x.Ctime.Sec*1e9 + int64(x.Ctime.Nsec),
	}, nil
}

// SetModified sets the modification time of the open file f.
func SetModified(f *os.File, t time.Time) error {
	tv := unix.NsecToTimeval(t.UnixNano())
	return unix.Futimes(int(f.Fd()), []unix.Timeval{tv, tv})
}

// Map returns the first size bytes of f, which must be an immutable file of ours: cutting it short while it is mapped would
// kill the process. The bytes may be read until unmap is called.
func Map(f *os.File, size int64) (data []byte, unmap func(), err error) {
	if size == 0 {
		return nil, func() {}, nil
	}
	data, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return nil, nil, &os.PathError{Op: "mmap", Path: f.Name(), Err: err}
	}
	return data, func() { unix.Munmap(data) }, nil
}

// largeBuffer is the size from which Buffer asks for large pages: two of them.
const largeBuffer = 4 << 20

// Buffer returns n zero bytes to read a file into. For many it asks the system for large pages: a hundred small ones cost as
// much to get as a file of their size costs to read.
func Buffer(n int64) []byte {
	b := make([]byte, n)
	if n >= largeBuffer {
		page := uintptr(os.Getpagesize())
		skip := -uintptr(unsafe.Pointer(&b[0])) & (page - 1)
		whole := (uintptr(n) - skip) &^ (page - 1)
		unix.Madvise(b[skip:skip+whole], unix.MADV_HUGEPAGE)
	}
	return b
}

// readPlain is ReadFile for a regular file of this very folder, without the cost of an os.File: a chain of versions is
// a thousand small files. The single name is opened in the folder that os.Root opened, and no link is followed, so it
// cannot lead out. ok is false when anything is unusual: ReadFile then says what.
func readPlain(d *Dir, name string, limit int64) (data []byte, ok bool) {
	folder, err := d.self()
	if err != nil || strings.ContainsRune(name, '/') || name == "." || name == ".." {
		return nil, false
	}
	fd, err := unix.Openat(int(folder.Fd()), name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, false
	}
	defer unix.Close(fd)
	var stat unix.Stat_t
	if unix.Fstat(fd, &stat) != nil || stat.Mode&unix.S_IFMT != unix.S_IFREG || stat.Size > limit {
		return nil, false
	}
	data = make([]byte, stat.Size)
	for n := 0; n < len(data); {
		k, err := unix.Read(fd, data[n:])
		if err != nil || k == 0 {
			return nil, false
		}
		n += k
	}
	return data, true
}
