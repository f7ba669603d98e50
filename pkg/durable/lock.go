package durable

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Lock is an exclusive flock on a file, held until Release or the process's end, however that comes.
type Lock struct {
	f *os.File
}

// Holder is who wrote its name into a lock file last.
type Holder struct {
	PID     int
	Since   time.Time
	Command string
}

// String returns "pid 123 (rdb set …), since 12:01:02".
func (h Holder) String() string {
	if h.PID == 0 {
		return "an unnamed process"
	}
	return fmt.Sprintf("pid %d (%s), since %s", h.PID, h.Command, h.Since.UTC().Format("2006-01-02 15:04:05Z"))
}

// Alive reports whether the process still runs, as far as this process may see.
func (h Holder) Alive() bool {
	err := syscall.Kill(h.PID, 0)
	return h.PID > 0 && (err == nil || err == syscall.EPERM)
}

// Lock takes the exclusive lock on the file name, waiting at most wait; then the error is fault.Busy and names the
// holder. Waiters are served by the kernel in the order they came. Once locked, the inode must still be the path's:
// whoever removed, moved or made the folder anew holds another lock, and the error is fault.Busy here.
func (d *Dir) Lock(name string, wait time.Duration) (*Lock, error) {
	l, err := d.lock(name, wait, func() string {
		h, _, _ := d.Holder(name)
		if !h.Alive() {
			return "a process that has not said who it is" // the name is of one that is dead
		}
		return h.String()
	})
	if err == nil {
		l.sign()
	}
	return l, err
}

// LockData is Lock for a file that holds data: the holder's name is not written into it, so nobody is told it.
func (d *Dir) LockData(name string, wait time.Duration) (*Lock, error) {
	return d.lock(name, wait, func() string { return "another process" })
}

func (d *Dir) lock(name string, wait time.Duration, holder func() string) (*Lock, error) {
	deadline := time.Now().Add(wait)
	for {
		f, err := d.OpenFile(name, os.O_RDWR|os.O_CREATE)
		if err != nil {
			return nil, cmp.Or(d.standing(), err)
		}
		if err := flock(f, time.Until(deadline)); err != nil {
			if fault.KindOf(err) != fault.Busy {
				f.Close()
				return nil, err
			}
			err := fault.New(fault.Busy, "%q is locked by %s; waited %s", d.Path(name), holder(), wait.Round(time.Millisecond))
			return nil, fault.WithHint(err, "nothing was stored; try again")
		}
		err = d.standing()
		if err == nil && d.names(name, f) {
			return &Lock{f}, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}

// names reports whether name still leads to the file f.
func (d *Dir) names(name string, f *os.File) bool {
	a, err1 := d.root.Lstat(name)
	b, err2 := f.Stat()
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// flock locks f. When the wait ends first, f must not be used any more: it is closed as soon as the kernel gives it up.
func flock(f *os.File, wait time.Duration) error {
	err := flockCall(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return nil
	}
	if err != syscall.EWOULDBLOCK {
		return fmt.Errorf("lock %q: %w", f.Name(), err)
	}
	if wait <= 0 {
		f.Close()
		return fault.New(fault.Busy, "locked")
	}
	got, left := make(chan error), make(chan struct{})
	go func() {
		err := flockCall(f, syscall.LOCK_EX)
		select {
		case got <- err:
		case <-left:
			f.Close()
		}
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case err := <-got:
		return err
	case <-timer.C:
		close(left)
		return fault.New(fault.Busy, "locked")
	}
}

func flockCall(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); err != syscall.EINTR {
			return err
		}
	}
}

// sign writes who holds the lock, for people. A failure is nobody's loss: the lock is the kernel's.
func (l *Lock) sign() { l.f.WriteAt([]byte(signature()), 0) }

// signatureSize is the length of what signature returns: one length, so that no truncate is needed and a shorter name never
// ends in a longer one's tail.
const signatureSize = 512

// signature names this process: pid, time and command, as a padded line.
func signature() string {
	text := fmt.Sprintf("%d|%d|%s", os.Getpid(), time.Now().UnixMicro(), strings.Join(os.Args, " "))
	text = strings.ToValidUTF8(text, "?")
	text = strings.ReplaceAll(text[:min(len(text), signatureSize-1)], "\n", " ") + "\n"
	return text + strings.Repeat(" ", signatureSize-len(text))
}

func parseHolder(b []byte) (h Holder) {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	if pid, rest, ok := strings.Cut(string(line), "|"); ok {
		since, command, _ := strings.Cut(rest, "|")
		h.PID, _ = strconv.Atoi(pid)
		us, _ := strconv.ParseInt(since, 10, 64)
		h.Since, h.Command = time.UnixMicro(us), command
	}
	return h
}

// Release gives the lock up.
func (l *Lock) Release() error { return l.f.Close() }

// Holder returns who signed the lock file name last, and whether the lock is held at this moment.
func (d *Dir) Holder(name string) (h Holder, held bool, err error) {
	f, err := d.Open(name)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return h, false, err
	}
	defer f.Close()
	buf := make([]byte, signatureSize)
	n, _ := f.ReadAt(buf, 0)
	h = parseHolder(buf[:n])
	if flockCall(f, syscall.LOCK_SH|syscall.LOCK_NB) == syscall.EWOULDBLOCK {
		held = true
	}
	return h, held, nil
}

// Contents returns the first size bytes of the locked file, fewer when it is shorter; see LockData.
func (l *Lock) Contents(size int) string {
	buf := make([]byte, size)
	n, _ := l.f.ReadAt(buf, 0)
	return string(buf[:n])
}

// Write writes data over the beginning of the locked file, without a flush.
func (l *Lock) Write(data []byte) error {
	_, err := l.f.WriteAt(data, 0)
	return err
}
