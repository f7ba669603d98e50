package durable_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
)

// patient is how long a test waits for what must come, on a machine that does a hundred other things.
const patient = time.Minute

// TestMain is also the program of the processes that tests start.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "hold" {
		hold(os.Args[2])
	}
	if len(os.Args) == 4 && os.Args[1] == "count" {
		count(os.Args[2], os.Args[3])
	}
	os.Exit(m.Run())
}

func die(err error) {
	fmt.Println(err)
	os.Exit(1)
}

// hold takes the lock of the folder at path, says so, and keeps it until its input ends.
func hold(path string) {
	d, err := durable.OpenDir(path)
	if err != nil {
		die(err)
	}
	fmt.Println("waits")
	l, err := d.Lock("lock", patient)
	if err != nil {
		die(err)
	}
	fmt.Println("holds")
	io.Copy(io.Discard, os.Stdin)
	l.Release()
	os.Exit(0)
}

// count adds 1 to the number in the file count, times times, each under the lock.
func count(path, times string) {
	d, err := durable.OpenDir(path)
	if err != nil {
		die(err)
	}
	n, _ := strconv.Atoi(times)
	for range n {
		l, err := d.Lock("lock", patient)
		if err != nil {
			die(err)
		}
		b, err := d.ReadFile("count", 100)
		if err != nil {
			die(err)
		}
		value, _ := strconv.Atoi(string(b))
		if err := os.WriteFile(filepath.Join(path, "count"), []byte(strconv.Itoa(value+1)), 0o666); err != nil {
			die(err)
		}
		l.Release()
	}
	os.Exit(0)
}

// process is a child that talks in lines.
type process struct {
	*exec.Cmd
	in  io.Closer
	out *bufio.Scanner
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], args...)}
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.out = in, bufio.NewScanner(out)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); p.Wait() })
	return p
}

// says waits until the process prints the line.
func (p *process) says(t *testing.T, want string) {
	t.Helper()
	for p.out.Scan() {
		if p.out.Text() == want {
			return
		}
		t.Logf("process says %q", p.out.Text())
	}
	t.Fatalf("the process ended without saying %q", want)
}

func TestLockExcludes(t *testing.T) {
	path := t.TempDir()
	write(t, filepath.Join(path, "count"), "0")
	const processes, times = 8, 50
	var all []*process
	for range processes {
		all = append(all, start(t, "count", path, strconv.Itoa(times)))
	}
	for _, p := range all {
		for p.out.Scan() {
			t.Error(p.out.Text())
		}
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	if b, _ := os.ReadFile(filepath.Join(path, "count")); string(b) != strconv.Itoa(processes*times) {
		t.Errorf("counted %s of %d", b, processes*times)
	}
}

func TestLockBusy(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	if h, held, err := d.Holder("lock"); err != nil || held || h.Alive() {
		t.Errorf("before there is a lock: %v %v %v", h, held, err)
	}
	p := start(t, "hold", path)
	p.says(t, "holds")
	h, held, err := d.Holder("lock")
	if err != nil || !held || h.PID != p.Process.Pid || !h.Alive() || !strings.HasSuffix(h.Command, "hold "+path) || time.Since(h.Since) > patient {
		t.Errorf("holder %+v, held %v, %v", h, held, err)
	}
	for _, wait := range []time.Duration{0, 30 * time.Millisecond} {
		_, err := d.Lock("lock", wait)
		if fault.KindOf(err) != fault.Busy || !strings.Contains(err.Error(), fmt.Sprintf("pid %d (", p.Process.Pid)) || !strings.Contains(err.Error(), wait.String()) {
			t.Errorf("waited %s: %v", wait, err)
		}
		if _, err := d.LockData("lock", wait); fault.KindOf(err) != fault.Busy || strings.Contains(err.Error(), "pid") {
			t.Errorf("waited %s for data: %v", wait, err)
		}
	}
	p.Process.Kill()
	p.Wait()
	silent, err := d.LockData("lock", patient)
	if err != nil {
		t.Fatalf("the holder is dead: %v", err)
	}
	if _, err := d.Lock("lock", 0); fault.KindOf(err) != fault.Busy || strings.Contains(err.Error(), "pid") {
		t.Errorf("behind one that does not say who it is: %v", err)
	}
	silent.Release()
	l, err := d.Lock("lock", patient)
	if err != nil {
		t.Fatalf("the holder is dead: %v", err)
	}
	if h, held, err := d.Holder("lock"); err != nil || !held || h.PID != os.Getpid() {
		t.Errorf("holder %+v, held %v, %v", h, held, err)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
	if h, held, err := d.Holder("lock"); err != nil || held || h.PID != os.Getpid() {
		t.Errorf("released: holder %+v, held %v, %v", h, held, err)
	}
}

// TestLockPassesOn kills the holder while another process waits.
func TestLockPassesOn(t *testing.T) {
	path := t.TempDir()
	first := start(t, "hold", path)
	first.says(t, "holds")
	second := start(t, "hold", path)
	second.says(t, "waits")
	first.Process.Kill()
	second.says(t, "holds")
	second.in.Close()
	if err := second.Wait(); err != nil {
		t.Error(err)
	}
}

// TestLockLeft gives up a wait and shows that the lock is not taken later all the same.
func TestLockLeft(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	l, err := d.Lock("lock", 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := d.Lock("lock", time.Millisecond); fault.KindOf(err) != fault.Busy {
			t.Fatal(err)
		}
	}
	l.Release()
	if l, err = d.Lock("lock", patient); err != nil {
		t.Fatal(err)
	}
	l.Release()
}

// removeAll removes the folder at path. It gives it another name first: who comes late, and finds no lock there, must not make one.
func removeAll(path string) (err error) {
	if err = os.Rename(path, path+".gone"); err != nil {
		return err
	}
	for range 2 { // the second time after the one file that a waiter made before it looked at where it is
		if err = os.RemoveAll(path + ".gone"); err == nil {
			break
		}
	}
	return err
}

// TestLockOfAnotherFolder shows that who waits for a lock does not get that of a folder which is no longer there: what
// it wrote then would be found by nobody.
func TestLockOfAnotherFolder(t *testing.T) {
	for name, move := range map[string]func(path string) error{
		"removed": removeAll,
		"moved":   func(path string) error { return os.Rename(path, path+".old") },
		"removed and made again": func(path string) error {
			if err := removeAll(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o777)
		},
		"made again, with a lock": func(path string) error {
			if err := os.Rename(path, path+".old"); err != nil {
				return err
			}
			if err := os.Mkdir(path, 0o777); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(path, "lock"), nil, 0o666)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "d")
			if err := os.Mkdir(path, 0o777); err != nil {
				t.Fatal(err)
			}
			l, err := open(t, path).Lock("lock", 0)
			if err != nil {
				t.Fatal(err)
			}
			waiter := open(t, path)
			got := make(chan error)
			go func() {
				l, err := waiter.Lock("lock", patient)
				if err == nil {
					l.Release()
				}
				got <- err
			}()
			if err := move(path); err != nil {
				t.Fatal(err)
			}
			l.Release()
			if err := <-got; fault.KindOf(err) != fault.Busy {
				t.Errorf("the waiter got %v", err)
			}
			if _, err := os.Stat(path); err != nil {
				return
			}
			l, err = open(t, path).Lock("lock", 0)
			if err != nil {
				t.Fatalf("who comes now: %v", err)
			}
			l.Release()
		})
	}
}

// TestLockFileRemoved takes the lock's file away, not the folder: who waits locks the new one.
func TestLockFileRemoved(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	l, err := d.Lock("lock", 0)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan *durable.Lock)
	go func() {
		l, err := d.Lock("lock", patient)
		if err != nil {
			t.Error(err)
		}
		got <- l
	}()
	if err := d.Remove("lock"); err != nil {
		t.Fatal(err)
	}
	l.Release()
	l = <-got
	if _, err := d.Lock("lock", 0); fault.KindOf(err) != fault.Busy {
		t.Errorf("the new file is not locked: %v", err)
	}
	l.Release()
}

// TestLockRelative opens a folder by a relative path and goes elsewhere.
func TestLockRelative(t *testing.T) {
	top := t.TempDir()
	t.Chdir(top)
	if err := os.Mkdir("d", 0o777); err != nil {
		t.Fatal(err)
	}
	d := open(t, "d")
	t.Chdir("/")
	l, err := d.Lock("lock", 0)
	if err != nil {
		t.Fatal(err)
	}
	l.Release()
}

func TestLockData(t *testing.T) {
	path := t.TempDir()
	d := open(t, path)
	for _, want := range []string{"", "one", "other"} {
		l, err := d.LockData("clock", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Contents(100); got != want {
			t.Errorf("the file holds %q, not %q", got, want)
		}
		next := map[string]string{"": "one", "one": "other", "other": "end"}[want]
		if err := l.Write([]byte(next)); err != nil {
			t.Error(err)
		}
		l.Release()
	}
}
