package powercut

import (
	"sync"

	"golang.org/x/sys/unix"
)

// numbers maps the machine's numbers of the known calls to their signatures.
var numbers = sync.OnceValue(func() map[uint64]signature {
	byName := map[string]uint64{
		"open": unix.SYS_OPEN, "openat": unix.SYS_OPENAT, "openat2": unix.SYS_OPENAT2, "creat": unix.SYS_CREAT,
		"read": unix.SYS_READ, "pread64": unix.SYS_PREAD64, "readv": unix.SYS_READV, "preadv": unix.SYS_PREADV,
		"write": unix.SYS_WRITE, "pwrite64": unix.SYS_PWRITE64, "writev": unix.SYS_WRITEV, "pwritev": unix.SYS_PWRITEV,
		"copy_file_range": unix.SYS_COPY_FILE_RANGE, "sendfile": unix.SYS_SENDFILE,
		"ftruncate": unix.SYS_FTRUNCATE, "truncate": unix.SYS_TRUNCATE, "fallocate": unix.SYS_FALLOCATE,
		"fsync": unix.SYS_FSYNC, "fdatasync": unix.SYS_FDATASYNC, "syncfs": unix.SYS_SYNCFS,
		"rename": unix.SYS_RENAME, "renameat": unix.SYS_RENAMEAT, "renameat2": unix.SYS_RENAMEAT2,
		"link": unix.SYS_LINK, "linkat": unix.SYS_LINKAT, "symlink": unix.SYS_SYMLINK, "symlinkat": unix.SYS_SYMLINKAT,
		"unlink": unix.SYS_UNLINK, "unlinkat": unix.SYS_UNLINKAT, "rmdir": unix.SYS_RMDIR,
		"mkdir": unix.SYS_MKDIR, "mkdirat": unix.SYS_MKDIRAT,
		"chmod": unix.SYS_CHMOD, "fchmod": unix.SYS_FCHMOD, "fchmodat": unix.SYS_FCHMODAT, "utimensat": unix.SYS_UTIMENSAT,
		"stat": unix.SYS_STAT, "lstat": unix.SYS_LSTAT, "fstat": unix.SYS_FSTAT,
		"newfstatat": unix.SYS_NEWFSTATAT, "statx": unix.SYS_STATX, "access": unix.SYS_ACCESS, "faccessat2": unix.SYS_FACCESSAT2,
		"readlinkat": unix.SYS_READLINKAT, "getdents64": unix.SYS_GETDENTS64, "lseek": unix.SYS_LSEEK,
		"flock": unix.SYS_FLOCK, "fcntl": unix.SYS_FCNTL, "mmap": unix.SYS_MMAP, "close": unix.SYS_CLOSE,
	}
	table := map[uint64]signature{}
	for _, s := range signatures() {
		table[byName[s.call]] = s
	}
	return table
})
