package durable

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Queue is the waiters for a lock. Who waits says so by a file in a folder beside the lock, and may leave there what it wants
// done: the holder can do that for it, with less work for many than each has alone.
//
// A waiter's file is locked by it while it lives. It holds a line that says who waits, then the request, then, once there is
// one, the holder's answer. Its name begins with the time of arrival, so that the order of names is that of waiters; it gets
// the suffix takenSuffix when a holder begins with the request: from then on the waiter cannot go away. Nothing here is
// synced: after a power cut nobody waits.
type Queue struct {
	dir    *Dir
	lock   string
	folder string
}

const (
	takenSuffix = ".taken"
	newSuffix   = ".new" // a waiter that has not arrived yet

	maxRequest = 1 << 20 // bytes of a waiter's file
)

// Queue returns the waiters for the lock file lock, in the folder beside it, which is made when the first one comes.
func (d *Dir) Queue(lock, folder string) Queue { return Queue{d, lock, folder} }

// Waiter is somebody who waits for a lock.
type Waiter struct {
	Holder
	Request []byte // what it wants done; empty when only it can do that
	queue   Queue
	name    string
	size    int64 // of its file, with the answer once there is one
}

// Ask is Lock with a request, which a holder may carry out meanwhile; request is called, unless it is nil, when somebody else has the
// lock. Once one has begun with it, the wait goes on until that is over, past its end if need be. The answer is what the holder left,
// nil when it left none, and confirmed says that it carried the request out: else it may have died first, and whether it did is for
// the caller to see.
func (q Queue) Ask(wait time.Duration, request func() []byte) (l *Lock, answer []byte, confirmed bool, err error) {
	l, err = q.dir.Lock(q.lock, 0)
	if err == nil || fault.KindOf(err) != fault.Busy || wait <= 0 {
		return l, nil, false, err
	}
	var wanted []byte
	if request != nil {
		wanted = request()
	}
	s, err := q.join(wanted)
	if err != nil { // such as a folder that may not be written: wait unseen
		l, err = q.dir.Lock(q.lock, wait)
		return l, nil, false, err
	}
	defer s.leave()
	l, err = q.dir.Lock(q.lock, wait)
	if fault.KindOf(err) == fault.Busy && !s.withdraw() {
		l, err = q.dir.Lock(q.lock, forever)
	}
	if err != nil {
		return nil, nil, false, q.waitedFor(err)
	}
	answer, confirmed = s.answer()
	return l, answer, confirmed, nil
}

// waitedFor adds to the error of a wait that has ended how many others go on waiting.
func (q Queue) waitedFor(err error) error {
	waiters, _ := q.Waiters()
	if fault.KindOf(err) != fault.Busy || len(waiters) == 0 {
		return err
	}
	long := fault.New(fault.Busy, "%w; %d more waiting, the first %s", err, len(waiters), waiters[0].Holder)
	return fault.WithHint(long, "%s", fault.HintOf(err))
}

// forever is longer than carrying a request out takes.
const forever = 24 * time.Hour

// seat is the caller's place among the waiters.
type seat struct {
	q    Queue
	name string
	file *os.File
	size int64
}

func (q Queue) join(request []byte) (*seat, error) {
	s := &seat{q: q, name: fmt.Sprintf("%s/%016x-%d", q.folder, time.Now().UnixMicro(), os.Getpid())}
	const flags = os.O_RDWR | os.O_CREATE | os.O_EXCL
	f, err := q.dir.OpenFile(s.name+newSuffix, flags)
	if fault.KindOf(err) == fault.NotFound {
		if err = q.dir.root.Mkdir(q.folder, 0o777); err == nil || IsExist(err) {
			f, err = q.dir.OpenFile(s.name+newSuffix, flags)
		}
	}
	if err != nil {
		return nil, err
	}
	s.file = f
	if err := s.arrive(append([]byte(signature()), request...)); err != nil {
		s.leave()
		return nil, err
	}
	return s, nil
}

func (s *seat) arrive(content []byte) error {
	// Whoever lists the waiters may hold it for a moment, to see whether it is locked.
	if err := flockCall(s.file, syscall.LOCK_EX); err != nil {
		return err
	}
	n, err := s.file.Write(content)
	s.size = int64(n)
	if err == nil {
		err = s.q.dir.root.Rename(s.name+newSuffix, s.name)
	}
	return err
}

// withdraw takes the request back; false when a holder has begun with it.
func (s *seat) withdraw() bool { return s.q.dir.root.Remove(s.name) == nil }

// answer returns what stands behind the request: the answer, and confirmation behind it.
func (s *seat) answer() (answer []byte, confirmed bool) {
	b, err := io.ReadAll(io.NewSectionReader(s.file, s.size, maxRequest))
	if err != nil || len(b) == 0 {
		return nil, false
	}
	return bytes.CutSuffix(b, []byte{confirmation})
}

// confirmation is a byte that no answer ends with.
const confirmation = 0

func (s *seat) leave() {
	for _, suffix := range []string{takenSuffix, "", newSuffix} {
		if s.q.dir.root.Remove(s.name+suffix) == nil {
			break
		}
	}
	s.file.Close()
}

// Waiters lists who waits, first come first. The files of the dead are passed over.
func (q Queue) Waiters() ([]Waiter, error) { return q.list(func(string) {}) }

// Requests is Waiters for the holder of the lock, who clears away the files of the dead. Those whose request was begun with
// are not among them.
func (q Queue) Requests() ([]Waiter, error) {
	all, err := q.list(func(name string) { q.dir.root.Remove(name) })
	return slices.DeleteFunc(all, func(w Waiter) bool { return strings.HasSuffix(w.name, takenSuffix) }), err
}

func (q Queue) list(dead func(name string)) (waiters []Waiter, err error) {
	info, err := q.dir.root.Lstat(q.folder)
	if err == nil && !info.IsDir() { // to open a fifo would be to wait for whom nobody knows
		return nil, fault.New(fault.Corrupt, "%q is a %s, not a folder", q.dir.Path(q.folder), kindOf(info.Mode()))
	}
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		return nil, kinded(err)
	}
	folder, err := q.dir.root.OpenFile(q.folder, os.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, kinded(err)
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	slices.Sort(names)
	for _, name := range names {
		w, alive := q.waiter(q.folder + "/" + name)
		if !alive {
			dead(q.folder + "/" + name)
		} else if w.name != "" && !strings.HasSuffix(name, newSuffix) {
			waiters = append(waiters, w)
		}
	}
	return waiters, err
}

// waiter reads a waiter's file, and tells whether it lives. One that is gone by now, or cannot be read, has no name.
func (q Queue) waiter(name string) (w Waiter, alive bool) {
	f, err := q.dir.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return w, true
	}
	defer f.Close()
	if flockCall(f, syscall.LOCK_SH|syscall.LOCK_NB) != syscall.EWOULDBLOCK {
		return w, arriving(f)
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, maxRequest+1))
	if err != nil || len(b) < signatureSize || len(b) > maxRequest {
		return w, true
	}
	return Waiter{parseHolder(b[:signatureSize]), b[signatureSize:], q, name, int64(len(b))}, true
}

// arriving reports whether f may belong to a waiter that has not locked it yet.
func arriving(f *os.File) bool {
	info, err := f.Stat()
	return err != nil || strings.HasSuffix(f.Name(), newSuffix) && time.Since(info.ModTime()) < time.Minute
}

// Take begins with the request; false when the waiter has withdrawn it. The lock must be held, and stay so until the request
// was carried out or never will be.
func (w *Waiter) Take() bool {
	if strings.HasSuffix(w.name, takenSuffix) || w.queue.dir.root.Rename(w.name, w.name+takenSuffix) != nil {
		return false
	}
	w.name += takenSuffix
	return true
}

// Answer leaves the waiter an answer to the request that was taken. It finds it when it has the lock.
func (w *Waiter) Answer(answer []byte) error {
	f, err := w.queue.dir.OpenFile(w.name, os.O_WRONLY)
	if err != nil {
		return err
	}
	n, err := f.WriteAt(answer, w.size)
	w.size += int64(n)
	return errors.Join(err, f.Close())
}

// Confirm says that the request was carried out for good. Should that fail, the waiter finds out by itself.
func (w *Waiter) Confirm() { w.Answer([]byte{confirmation}) }
