package powercut

import (
	"fmt"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Fault is what happens to one kind of system call in a sweep.
type Fault struct {
	Call    string        // as Linux names it: "openat", "fdatasync"
	Errno   syscall.Errno // what the call fails with, doing nothing; 0 kills the command instead of letting it call
	Lasting bool          // from then on every call that would change anything fails too, as when a disk is gone
}

func (f Fault) String() string {
	s := f.Call + ":KILL"
	if f.Errno != 0 {
		s = f.Call + ":" + unix.ErrnoName(f.Errno)
	}
	if f.Lasting {
		s += ":lasting"
	}
	return s
}

// A signature tells where a system call has the files it is about, a letter for each argument: f a descriptor, n a name,
// d the descriptor of a folder that the next argument is a name in, - anything else.
type signature struct {
	call      string
	arguments string
	changes   bool            // it changes files or folders, or makes changes durable
	errors    []syscall.Errno // what it may plausibly fail with
}

// signatures returns the calls that a sweep can let fail.
func signatures() []signature {
	const (
		denied      = unix.EACCES
		full        = unix.ENOSPC
		broken      = unix.EIO
		interrupted = unix.EINTR
	)
	all := []syscall.Errno{full, broken, denied, interrupted}
	names, writes := []syscall.Errno{full, broken, denied}, []syscall.Errno{full, broken, interrupted}
	reads, looks := []syscall.Errno{broken, interrupted}, []syscall.Errno{broken, denied}
	return []signature{
		{"open", "n", true, all}, {"openat", "d-", true, all}, {"openat2", "d-", true, all}, {"creat", "n", true, all},
		{"read", "f", false, reads}, {"pread64", "f", false, reads}, {"readv", "f", false, reads}, {"preadv", "f", false, reads},
		{"write", "f", true, writes}, {"pwrite64", "f", true, writes}, {"writev", "f", true, writes}, {"pwritev", "f", true, writes},
		{"copy_file_range", "f-f", true, writes}, {"sendfile", "ff", true, writes},
		{"ftruncate", "f", true, writes}, {"truncate", "n", true, names}, {"fallocate", "f", true, writes},
		{"fsync", "f", true, writes}, {"fdatasync", "f", true, writes}, {"syncfs", "f", true, writes},
		{"rename", "nn", true, names}, {"renameat", "dd", true, names}, {"renameat2", "dd", true, names},
		{"link", "nn", true, names}, {"linkat", "dd", true, names}, {"symlink", "-n", true, names}, {"symlinkat", "-d", true, names},
		{"unlink", "n", true, looks}, {"unlinkat", "d", true, looks}, {"rmdir", "n", true, looks},
		{"mkdir", "n", true, names}, {"mkdirat", "d", true, names},
		{"chmod", "n", true, looks}, {"fchmod", "f", true, looks}, {"fchmodat", "d", true, looks}, {"utimensat", "d", true, looks},
		{"stat", "n", false, looks}, {"lstat", "n", false, looks}, {"fstat", "f", false, []syscall.Errno{broken}},
		{"newfstatat", "d", false, looks}, {"statx", "d", false, looks}, {"access", "n", false, looks}, {"faccessat2", "d", false, looks},
		{"readlinkat", "d", false, looks}, {"getdents64", "f", false, []syscall.Errno{broken}}, {"lseek", "f", false, []syscall.Errno{broken}},
		{"flock", "f", false, reads}, {"fcntl", "f", false, []syscall.Errno{broken}}, {"mmap", "----f", false, looks},
		{"close", "f", false, []syscall.Errno{broken}},
	}
}

// Faults returns the faults of a full sweep: each kind of call fails once with each error it may plausibly have, or the
// command is killed where it would have changed something; and where a flush fails, the disk may be gone for good.
func Faults() []Fault {
	var list []Fault
	for _, s := range signatures() {
		for _, errno := range s.errors {
			list = append(list, Fault{Call: s.call, Errno: errno})
		}
		if s.changes {
			list = append(list, Fault{Call: s.call})
		}
		if slices.Contains([]string{"fsync", "fdatasync"}, s.call) {
			list = append(list, Fault{Call: s.call, Errno: unix.EIO, Lasting: true})
		}
	}
	return list
}

// A target is where in a run a fault strikes: the number counts, from one, the calls of its kind that are about
// something inside the root. Number 0 strikes nowhere.
type target struct {
	Fault
	number int
}

func (t target) String() string { return fmt.Sprintf("%s:%d", t.Fault, t.number) }
