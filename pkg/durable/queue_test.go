package durable

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

func newQueue(t *testing.T) (Queue, string) {
	t.Helper()
	folder := t.TempDir()
	d, err := OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d.Queue("lock", "queue"), folder
}

type asked struct {
	who    string
	lock   *Lock
	answer string
	sure   bool
	err    error
}

// ask asks in the background, and returns when the request can be seen.
func (q Queue) ask(t *testing.T, wait time.Duration, who string, done chan<- asked) {
	t.Helper()
	before, _ := q.Waiters()
	go func() {
		l, answer, confirmed, err := q.Ask(wait, request(who))
		done <- asked{who, l, string(answer), confirmed, err}
	}()
	for {
		if now, _ := q.Waiters(); len(now) > len(before) {
			return
		}
	}
}

func request(text string) func() []byte { return func() []byte { return []byte(text) } }

func TestQueue(t *testing.T) {
	q, folder := newQueue(t)
	holder, answer, _, err := q.Ask(0, request("first"))
	if err != nil || answer != nil {
		t.Fatal(answer, err)
	}
	done := make(chan asked, 3)
	for i := range 3 {
		q.ask(t, time.Minute, fmt.Sprint(i), done)
	}
	waiting, err := q.Requests()
	if err != nil || len(waiting) != 3 {
		t.Fatal(waiting, err)
	}
	for i, w := range waiting {
		if string(w.Request) != fmt.Sprint(i) || w.PID != os.Getpid() || time.Since(w.Since) > time.Minute || !strings.Contains(w.Command, "test") {
			t.Errorf("waiter %d: %+v", i, w)
		}
		if i == 2 {
			break
		}
		if !w.Take() {
			t.Errorf("waiter %d is gone", i)
		}
		if w.Take() {
			t.Errorf("waiter %d was taken twice", i)
		}
		if err := w.Answer([]byte("done")); err != nil {
			t.Error(err)
		}
		if i == 0 {
			w.Confirm()
		}
	}
	if again, err := q.Requests(); err != nil || len(again) != 1 {
		t.Errorf("requests left: %v %v", again, err)
	}
	if all, err := q.Waiters(); err != nil || len(all) != 3 {
		t.Errorf("still waiting: %v %v", all, err)
	}
	holder.Release()
	for range 3 {
		a := <-done
		want := "done"
		if a.who == "2" {
			want = ""
		}
		if a.err != nil || a.answer != want || a.sure != (a.who == "0") {
			t.Errorf("%+v", a)
		}
		a.lock.Release()
	}
	if left, _ := os.ReadDir(filepath.Join(folder, "queue")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestAskTooLong has waiters whose time ends: one nobody has begun with goes, one that was taken stays.
func TestAskTooLong(t *testing.T) {
	q, _ := newQueue(t)
	holder, _, _, err := q.Ask(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan asked, 2)
	q.ask(t, 50*time.Millisecond, "taken", done)
	waiting, _ := q.Requests()
	if len(waiting) != 1 || !waiting[0].Take() {
		t.Fatal(waiting)
	}
	q.ask(t, 50*time.Millisecond, "not taken", done)
	a := <-done
	if a.who != "not taken" || fault.KindOf(a.err) != fault.Busy || a.lock != nil || !strings.Contains(a.err.Error(), "1 more waiting, the first pid") || fault.HintOf(a.err) == "" {
		t.Errorf("%+v", a)
	}
	if waiting[0].Answer([]byte("late")) != nil {
		t.Error("no answer can be left")
	}
	holder.Release()
	if a := <-done; a.who != "taken" || a.err != nil || a.answer != "late" {
		t.Errorf("%+v", a)
	} else {
		a.lock.Release()
	}
}

// TestWithdraw has a waiter that goes away while a holder wants to begin with it: just one of both has its way.
func TestWithdraw(t *testing.T) {
	q, _ := newQueue(t)
	for range 200 {
		s, err := q.join([]byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		waiting, err := q.Requests()
		if err != nil || len(waiting) != 1 {
			t.Fatal(waiting, err)
		}
		took := make(chan bool)
		go func() { took <- waiting[0].Take() }()
		gone := s.withdraw()
		if gone == <-took {
			t.Fatalf("withdrawn and taken are both %v", gone)
		}
		s.leave()
	}
}

// TestDeadWaiters has files of waiters that were killed, and things that no waiter made.
func TestDeadWaiters(t *testing.T) {
	q, folder := newQueue(t)
	s, err := q.join([]byte("alive"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.leave()
	for _, name := range []string{"0000000000000001-1", "0000000000000001-2.taken", "0000000000000001-3.new", "junk"} {
		if err := os.WriteFile(filepath.Join(folder, "queue", name), []byte("of the dead"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(folder, "queue", name), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "queue", "0000000000000001-4.new"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "queue", "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, list := range []func() ([]Waiter, error){q.Waiters, q.Requests} {
		if w, err := list(); err != nil || len(w) != 1 || string(w[0].Request) != "alive" {
			t.Errorf("%+v %v", w, err)
		}
	}
	left, err := os.ReadDir(filepath.Join(folder, "queue"))
	if err != nil || len(left) != 3 { // the folder, and those that live or are just coming
		t.Errorf("left: %v %v", left, err)
	}
}

// TestAskUnseen asks where no waiter's file can be made.
func TestAskUnseen(t *testing.T) {
	q, folder := newQueue(t)
	if err := os.WriteFile(filepath.Join(folder, "queue"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	holder, _, _, err := q.Ask(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := q.Ask(time.Millisecond, request("x")); fault.KindOf(err) != fault.Busy {
		t.Error(err)
	}
	holder.Release()
	l, answer, _, err := q.Ask(time.Minute, request("x"))
	if err != nil || answer != nil {
		t.Fatal(answer, err)
	}
	l.Release()
}

// TestQueueIsNoFolder looks for waiters where a fifo is: nobody is kept waiting by that.
func TestQueueIsNoFolder(t *testing.T) {
	q, folder := newQueue(t)
	if err := syscall.Mkfifo(filepath.Join(folder, "queue"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string]func() ([]Waiter, error){"waiters": q.Waiters, "requests": q.Requests} {
		if all, err := list(); fault.KindOf(err) != fault.Corrupt || len(all) > 0 {
			t.Errorf("%s: %v %v", name, all, err)
		}
	}
}
