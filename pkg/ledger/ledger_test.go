package ledger_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/ledger"
)

const wait = time.Minute

// adder is the environment variable that makes the test binary a process that adds names to the users in a folder.
const adder = "REEDBASE_TEST_ADDER"

func TestMain(m *testing.M) {
	if job := os.Getenv(adder); job != "" {
		if err := add(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// add adds the names u0, u1, … in the order that the job, "FOLDER NODE NAMES", begins with, and prints their codes.
func add(job string) error {
	var folder string
	var node, names int
	if _, err := fmt.Sscanf(job, "%s %d %d", &folder, &node, &names); err != nil {
		return err
	}
	dir, err := durable.OpenDir(folder)
	if err != nil {
		return err
	}
	users := ledger.At(dir, dict.Users, "")
	for i := range names {
		name := fmt.Sprintf("u%d", (i+node*7)%names)
		e, _, err := users.Add(ledger.Entry{Name: name, Node: node, Now: time.Now()}, wait)
		if err != nil {
			return err
		}
		fmt.Println(e.Name, e.Code)
	}
	return nil
}

func open(t *testing.T) (folder string, dir *durable.Dir) {
	t.Helper()
	folder = t.TempDir()
	dir, err := durable.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return folder, dir
}

func create(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	if err := l.Create(time.Unix(1_700_000_000, 0), wait); err != nil {
		t.Fatal(err)
	}
}

// Many processes add the same names at once, each from another place on.
func TestManyProcesses(t *testing.T) {
	const processes, names = 8, 25
	folder, dir := open(t)
	users := ledger.At(dir, dict.Users, "")
	create(t, users)
	outputs := make([]bytes.Buffer, processes)
	var group sync.WaitGroup
	for i := range outputs {
		group.Go(func() {
			c := exec.Command(os.Args[0])
			c.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", adder, folder, i+1, names))
			c.Stdout = &outputs[i]
			if talk, err := c.StderrPipe(); err != nil || c.Start() != nil {
				t.Error(err)
			} else {
				var text bytes.Buffer
				text.ReadFrom(talk)
				if err := c.Wait(); err != nil {
					t.Errorf("process %d: %v: %s", i+1, err, &text)
				}
			}
		})
	}
	group.Wait()
	d, err := users.Read()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.Entries()); n != names+1 {
		t.Errorf("%d entries, want %d", n, names+1)
	}
	for i := range outputs {
		for line := range strings.Lines(outputs[i].String()) {
			name, code, _ := strings.Cut(strings.TrimSpace(line), " ")
			e, ok := d.Name(name)
			if !ok || strconv.FormatUint(e.Code, 10) != code || e.Code%1000 < 1 || e.Code%1000 > processes {
				t.Errorf("process %d was told %q, the file says %v", i+1, line, e)
			}
		}
		if n := strings.Count(outputs[i].String(), "\n"); n != names {
			t.Errorf("process %d printed %d lines", i+1, n)
		}
	}
}

func TestCreateKeepsWhatIsThere(t *testing.T) {
	folder, dir := open(t)
	users := ledger.At(dir, dict.Users, "")
	if _, err := users.Read(); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	create(t, users)
	before, err := os.ReadFile(filepath.Join(folder, "users.dict"))
	if err != nil {
		t.Fatal(err)
	}
	if err := users.Create(time.Now(), wait); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(folder, "users.dict"))
	if diff := cmp.Diff(string(before), string(after)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	names, err := dir.Names()
	if diff := cmp.Diff([]string{"users.dict", "users.dict.lock"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestAddToAFileEditedByHand(t *testing.T) {
	folder, dir := open(t)
	path := filepath.Join(folder, "mine")
	const text = "# by hand\r\n0|system|2026-01-01\r\n5003|anna|2026-01-01"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	users := ledger.At(dir, dict.Users, "mine")
	now := time.Date(2026, 3, 1, 12, 0, 0, 5000, time.UTC)
	e, added, err := users.Add(ledger.Entry{Name: "bert", Node: 7, Now: now}, wait)
	want := dict.Entry{Code: 6007, Name: "bert", Note: "2026-03-01T12:00:00.000005Z"}
	if diff := cmp.Diff(want, e); diff != "" || !added || err != nil {
		t.Error(diff, added, err)
	}
	got, err := os.ReadFile(path)
	if diff := cmp.Diff(text+"\n6007|bert|2026-03-01T12:00:00.000005Z\n", string(got)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if e, added, err = users.Add(ledger.Entry{Name: "anna", Node: 9, Now: now}, wait); e.Code != 5003 || added || err != nil {
		t.Error(e, added, err)
	}
	for _, name := range []string{"", "a|b", "a\nb"} {
		if _, _, err := users.Add(ledger.Entry{Name: name, Node: 1}, wait); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAddRefusesADamagedFile(t *testing.T) {
	folder, dir := open(t)
	if err := os.WriteFile(filepath.Join(folder, "users.dict"), []byte("1|anna|2026-01-01\n1|bert|2026-01-01\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, _, err := ledger.At(dir, dict.Users, "").Add(ledger.Entry{Name: "carl", Node: 1}, wait)
	if fault.KindOf(err) != fault.Corrupt || !strings.HasSuffix(err.Error(), "users.dict:2: code 1 is that of line 1 too") {
		t.Error(err)
	}
}

func TestAddWaitsForTheLock(t *testing.T) {
	_, dir := open(t)
	actions := ledger.At(dir, dict.Actions, "")
	create(t, actions)
	lock, err := dir.Lock("actions.dict.lock", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := actions.Add(ledger.Entry{Name: "deploy", Node: 1}, 0); fault.KindOf(err) != fault.Busy {
		t.Error(err)
	}
	if e, added, err := actions.Add(ledger.Entry{Name: "UPDATE", Node: 1}, 0); e.Code != 2 || added || err != nil {
		t.Error("a known name waits for the lock:", e, added, err)
	}
	lock.Release()
	if e, added, err := actions.Add(ledger.Entry{Name: "deploy", Note: "it went live", Node: 1}, 0); e.Code != 1001 || !added || err != nil {
		t.Error(e, added, err)
	}
}
