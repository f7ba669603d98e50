package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
)

// child is the program of the processes that tests start: it opens the database in dir and runs a task on it.
func child(task, dir, who string) error {
	s, err := Open(dir, Options{Wait: time.Minute, Trust: true})
	if err != nil {
		return err
	}
	defer s.Close()
	user, err := s.User("user-" + who)
	if err != nil {
		return err
	}
	switch task {
	case "transfer":
		return transfer(s, user, transfersEach)
	case "transfer for ever":
		return transfer(s, user, 1<<30)
	}
	t, err := s.Table("t")
	if err != nil {
		return err
	}
	defer t.Close()
	switch task {
	case "rows":
		return writeRows(t, user, who, rowsEach)
	case "forever":
		return writeRows(t, user, who, 1<<30)
	case "count":
		return count(t, user)
	}
	return errors.New("no such task")
}

// rowsEach is how many rows a writer writes, and transfersEach how many batches one who moves money makes.
const rowsEach, transfersEach = 60, 30

// writeRows sets rows of its own and says each number once it is stored.
func writeRows(t *table.Table, user uint64, who string, n int) error {
	for i := range n {
		cells := []table.Assignment{{Column: "value", Value: strconv.Itoa(i)}}
		if _, err := t.Set(user, []string{who + "." + strconv.Itoa(i)}, cells); err != nil {
			return err
		}
		fmt.Println(i)
	}
	return nil
}

// count adds 1 to a cell ten times: each time from the version it read, and again when another was faster.
func count(t *table.Table, user uint64) error {
	for done := 0; done < 10; {
		head, err := t.Head()
		if err != nil {
			return err
		}
		c, err := t.At(head.ID)
		if err != nil {
			return err
		}
		b, err := c.Bytes()
		if err != nil {
			return err
		}
		var n int
		if _, err := fmt.Sscanf(string(b), "key|value\nn|%d\n", &n); err != nil {
			return err
		}
		c.Close()
		next := []table.Assignment{{Column: "value", Value: strconv.Itoa(n + 1)}}
		_, err = t.Set(user, []string{"n"}, next, table.Condition{Test: table.Unchanged, Version: head.ID})
		if err == nil {
			done++
		} else if fault.KindOf(err) != fault.No {
			return err
		}
	}
	return nil
}

// start starts a process on the database.
func (d *db) start(task string, who int) (*exec.Cmd, *bufio.Scanner) {
	d.t.Helper()
	cmd := exec.Command(os.Args[0], childMark, task, d.dir, strconv.Itoa(who))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// childMark is the first argument of the processes that tests start.
const childMark = "run-as-child"

// TestWriters has eight processes write rows of their own to one table: every row is there, every write is in the history
// under its user, and every version can be read.
func TestWriters(t *testing.T) {
	const writers = 8
	d := newDB(t)
	d.write("t", "key|value\n")
	var cmds []*exec.Cmd
	for who := range writers {
		cmd, out := d.start("rows", who)
		go func() {
			for out.Scan() {
			}
		}()
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	text := d.texts()["t"]
	for who := range writers {
		for i := range rowsEach {
			if !strings.Contains(text, fmt.Sprintf("\n%d.%d|%d\n", who, i, i)) {
				t.Errorf("row %d of writer %d is not there", i, who)
			}
		}
	}
	x, err := d.Table("t")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	lines, err := x.Lines()
	if err != nil || len(lines) != 1+writers*rowsEach {
		t.Fatalf("%d versions, %v", len(lines), err)
	}
	byUser := map[uint64]int{}
	for i, l := range lines[1:] {
		byUser[l.User]++
		if l.Base != lines[i].ID || l.ID <= lines[i].ID {
			t.Errorf("version %d is %v", i+1, l)
		}
	}
	if len(byUser) != writers {
		t.Errorf("writes by user: %v", byUser)
	}
	for user, n := range byUser {
		if n != rowsEach {
			t.Errorf("%d writes by user %d", n, user)
		}
	}
	d.sound()
}

// TestNoLostUpdates has ten processes add 1 ten times each.
func TestNoLostUpdates(t *testing.T) {
	d := newDB(t)
	d.write("t", "key|value\nn|0\n")
	var cmds []*exec.Cmd
	for who := range 10 {
		cmd, _ := d.start("count", who)
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := d.texts()["t"]; got != "key|value\nn|100\n" {
		t.Errorf("counted to %q", got)
	}
	d.sound()
}

// TestKilledWriters kills writers in the middle: what they said was stored is there, the next write works, and nothing is
// left that a collection does not take away.
func TestKilledWriters(t *testing.T) {
	d := newDB(t)
	d.write("t", "key|value\n")
	said := map[string]bool{}
	for who := range 12 {
		cmd, out := d.start("forever", who)
		for range 1 + who*3 {
			if !out.Scan() {
				t.Fatal("the writer ended")
			}
			said[fmt.Sprintf("\n%d.%s|%s\n", who, out.Text(), out.Text())] = true
		}
		cmd.Process.Signal(syscall.SIGKILL)
		for out.Scan() {
			said[fmt.Sprintf("\n%d.%s|%s\n", who, out.Text(), out.Text())] = true
		}
		cmd.Wait()
	}
	text := d.texts()["t"]
	for row := range said {
		if !strings.Contains(text, row) {
			t.Errorf("row %q was stored and is not there", row)
		}
	}
	x, err := d.Table("t")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if _, err := x.Set(1, []string{"last"}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Collect(false); err != nil {
		t.Fatal(err)
	}
	found, _, err := d.Check(nil)
	if err != nil || len(found) > 0 {
		t.Errorf("check: %v %v", found, err)
	}
	if left, err := filepath.Glob(d.path("tables", "t", "aside", "*")); err != nil || len(left) > 0 {
		t.Errorf("aside: %v %v", left, err)
	}
}

// TestRecreatedWhileWaiting removes the database and makes a new one while a writer waits for the old one's lock.
func TestRecreatedWhileWaiting(t *testing.T) {
	d := newDB(t)
	d.write("t", small)
	x, err := d.Table("t")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	hold, err := x.Hold()
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error)
	go func() {
		_, err := x.Set(1, []string{"a"}, []table.Assignment{{Column: "value", Value: "lost"}})
		got <- err
	}()
	for waiting := []string(nil); len(waiting) == 0; time.Sleep(time.Millisecond) {
		if waiting, err = filepath.Glob(d.path("tables", "t", "queue", "*")); err != nil {
			t.Fatal(err)
		}
	}
	for err := os.RemoveAll(d.path()); err != nil; err = os.RemoveAll(d.path()) {
		// The writer looks around while it waits, and makes a file in a folder that is being emptied.
		if !errors.Is(err, syscall.ENOTEMPTY) {
			t.Fatal(err)
		}
	}
	d.Store = nil
	d.open(true)
	d.write("t", "key|value\nnew|1\n")
	hold.Release()
	if err := <-got; fault.KindOf(err) != fault.Busy {
		t.Errorf("a write to what is gone: %v", err)
	}
	if got := d.texts()["t"]; got != "key|value\nnew|1\n" {
		t.Errorf("the new table holds %q", got)
	}
	d.sound()
}
