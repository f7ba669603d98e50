package store

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// set, del and more make statements about the one cell of a row.
func set(name, key, value string, only ...table.Condition) Statement {
	return Statement{Table: name, Key: []string{key}, Cells: []table.Assignment{{Column: "value", Value: value}}, If: only}
}

func del(name, key string, only ...table.Condition) Statement {
	return Statement{Table: name, Delete: true, Key: []string{key}, If: only}
}

func more(name, key, number string, only ...table.Condition) Statement {
	return Statement{Table: name, Key: []string{key}, If: only, Cells: []table.Assignment{{Column: "value", Value: number, Operation: table.Add}}}
}

func is(value string) table.Condition { return table.Condition{Column: "value", Value: value} }

// lines returns the log of a table.
func (d *db) lines(name string) []verlog.Line {
	d.t.Helper()
	t, err := d.Table(name)
	if err != nil {
		d.t.Fatal(err)
	}
	defer t.Close()
	lines, err := t.Lines()
	if err != nil {
		d.t.Fatal(err)
	}
	return lines
}

func TestBatch(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{"a", "b", "c"} {
		d.write(name, small)
	}
	got, err := d.Batch(1001, "why", []Statement{
		set("b", "x", "1", table.Condition{Test: table.Absent}), more("a", "a", "2"), more("b", "x", "0.5", is("1")),
		del("a", "b"), set("c", "a", "1"), more("a", "a", "-1", is("3")),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "key|value\na|2\n", "b": small + "x|1.5\n", "c": small}
	if diff := cmp.Diff(want, d.texts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var said []string
	for _, c := range got.Tables {
		said = append(said, fmt.Sprintf("%s %v %v %+v", c.Name, c.Stored, c.ID == got.Frame, c.Counts))
	}
	if diff := cmp.Diff([]string{
		"a true true {Added:0 Changed:1 Deleted:1}", "b true true {Added:1 Changed:0 Deleted:0}", "c false false {Added:0 Changed:0 Deleted:0}",
	}, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, n := range map[string]int{"a": 2, "b": 2, "c": 1} {
		if lines := d.lines(name); len(lines) != n || n == 2 && lines[1].ID != got.Frame {
			t.Errorf("the log of %s: %v", name, lines)
		}
	}
	f, err := d.Frame("latest")
	if err != nil || f.ID != got.Frame || f.Purpose != Batch || f.Pending || len(f.Parts) != 2 || f.Parts[1] != (FramePart{"b", d.lines("b")[1]}) {
		t.Errorf("%+v %v", f, err)
	}
	none, err := d.Batch(1001, "", []Statement{set("c", "a", "1"), set("b", "x", "9"), set("b", "x", "1.5")})
	if err != nil || none.Frame != 0 || len(none.Tables) != 2 || none.Tables[0].ID != got.Frame || none.Tables[0].Stored {
		t.Errorf("nothing to do: %+v %v", none, err)
	}
	if none, err := d.Batch(1001, "", nil); err != nil || none.Frame != 0 || none.Tables != nil {
		t.Errorf("nothing at all: %+v %v", none, err)
	}
	one, err := d.Batch(1001, "", []Statement{set("c", "a", "7")})
	if err != nil || one.Frame == 0 || len(one.Tables) != 1 || !one.Tables[0].Stored {
		t.Errorf("one table: %+v %v", one, err)
	}
	d.sound()
}

// TestBatchRefused has one statement stand in the way of all.
func TestBatchRefused(t *testing.T) {
	fine := set("a", "a", "changed")
	for name, c := range map[string]struct {
		list []Statement
		hurt func(d *db)
		at   int
		kind fault.Kind
		want string
	}{
		"unmet":           {list: []Statement{fine, set("b", "a", "2", is("7"))}, at: 1, kind: fault.No, want: `table "b", row "a": value is "1", not "7"`},
		"unmet by itself": {list: []Statement{fine, set("a", "a", "2", is("1"))}, at: 1, kind: fault.No, want: `value is "changed", not "1"`},
		"no such row":     {list: []Statement{fine, del("b", "x"), del("b", "y")}, at: 1, kind: fault.NotFound, want: `has no row "x"`},
		"no such column":  {list: []Statement{fine, {Table: "b", Key: []string{"a"}, Cells: []table.Assignment{{Column: "none"}}}}, at: 1, kind: fault.Input, want: `"none"`},
		"two keys":        {list: []Statement{fine, {Table: "b", Key: []string{"a", "b"}}}, at: 1, kind: fault.Input, want: "the key has 1 cells"},
		"cells of a row that is deleted": {list: []Statement{fine, {Table: "b", Key: []string{"a"}, Delete: true, Cells: fine.Cells}},
			at: 1, kind: fault.Input, want: "no cells to set"},
		"no such table":   {list: []Statement{fine, set("a", "a", "x"), set("none", "a", "2"), set("none", "b", "2")}, at: 2, kind: fault.NotFound, want: `"none"`},
		"a deleted table": {list: []Statement{fine, set("b", "a", "2")}, hurt: func(d *db) { d.drop("b") }, at: 1, kind: fault.NotFound, want: `"b"`},
		"no table name":   {list: []Statement{set("../a", "a", "2")}, at: 0, kind: fault.Input, want: "is not a table name"},
		"edited by hand": {list: []Statement{fine, set("b", "a", "2")}, hurt: func(d *db) {
			os.WriteFile(d.path("tables", "b", "current.csv"), []byte("key|value\nby|hand\n"), 0o666)
		}, at: 1, kind: fault.No, want: "edited by hand"},
		"a damaged log": {list: []Statement{fine, set("b", "a", "2")}, hurt: func(d *db) {
			os.WriteFile(d.path("tables", "b", "version.log"), []byte("junk\n"), 0o666)
		}, at: 1, kind: fault.Corrupt, want: "version.log"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDB(t)
			d.write("a", small)
			d.write("b", small)
			if c.hurt != nil {
				c.hurt(d)
			}
			before := lasting(tree(t, d.path()))
			got, err := d.Batch(1001, "", c.list)
			var at *StatementError
			if !errors.As(err, &at) || at.At != c.at || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) || got.Frame != 0 {
				t.Errorf("%+v, %+v: %v of kind %v", got, at, err, fault.KindOf(err))
			}
			if diff := cmp.Diff(before, lasting(tree(t, d.path()))); diff != "" {
				t.Errorf("something was changed (-before +after):\n%s", diff)
			}
		})
	}
}

// TestBatchLaw holds batches over three tables against the same statements in maps, all or none.
func TestBatchLaw(t *testing.T) {
	names := []string{"a", "b", "c"}
	rapid.Check(t, func(rt *rapid.T) {
		d := newDB(t)
		defer d.Close()
		model := map[string]map[string]int{}
		for _, name := range names {
			d.write(name, small)
			model[name] = map[string]int{"a": 1, "b": 2}
		}
		for range rapid.IntRange(1, 4).Draw(rt, "batches") {
			next := map[string]map[string]int{}
			for name, rows := range model {
				next[name] = map[string]int{}
				for k, v := range rows {
					next[name][k] = v
				}
			}
			var list []Statement
			kind := fault.Other
			for range rapid.IntRange(1, 12).Draw(rt, "statements") {
				name, key := rapid.SampledFrom(names).Draw(rt, "table"), rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "key")
				n, ok := next[name][key]
				switch rapid.IntRange(0, 5).Draw(rt, "what") {
				case 0:
					list = append(list, del(name, key, table.Condition{Test: table.Present}))
					if delete(next[name], key); !ok {
						kind = fault.No
					}
				case 1:
					list = append(list, set(name, key, "5", is(strconv.Itoa(n))))
					if next[name][key] = 5; !ok {
						kind = fault.No
					}
				default:
					list = append(list, more(name, key, "1"))
					next[name][key] = n + 1
				}
				if kind != fault.Other {
					break
				}
			}
			got, err := d.Batch(1001, "", list)
			if fault.KindOf(err) != kind || (err != nil) != (kind != fault.Other) {
				rt.Fatalf("%+v %v, want %v", got, err, kind)
			}
			if err == nil {
				model = next
			}
		}
		for _, name := range names {
			text := strings.TrimPrefix(d.texts()[name], "key|value\n")
			rows := map[string]int{}
			for line := range strings.Lines(text) {
				key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
				rows[key], _ = strconv.Atoi(value)
			}
			if diff := cmp.Diff(model[name], rows); diff != "" {
				rt.Fatalf("table %s (-want +got):\n%s", name, diff)
			}
		}
		d.sound()
	})
}

// accounts are the tables that processes move money between.
var accounts = []string{"a", "b", "c", "d"}

// transfer moves 1 from one account to another, in no order of the tables, and says each move once it is stored.
func transfer(s *Store, user uint64, n int) error {
	for i := range n {
		order := rand.Perm(len(accounts))
		from, to := accounts[order[0]], accounts[order[1]]
		_, err := s.Batch(user, "", []Statement{
			more(to, "money", "1"), more(from, "money", "-1", table.Condition{Test: table.More, Column: "value", Value: "0"}),
		})
		if err != nil && fault.KindOf(err) != fault.No {
			return err
		}
		fmt.Println(i)
	}
	return nil
}

// sums fails the test unless the accounts hold all the money, now and at the moment of every version there ever was.
func (d *db) sums() {
	d.t.Helper()
	moments := map[stamp.ID]bool{}
	contents := map[string][]verlog.Line{}
	for _, name := range accounts {
		contents[name] = d.lines(name)
		for _, l := range contents[name] {
			moments[l.ID] = true
		}
	}
	first := contents[accounts[len(accounts)-1]][0].ID // when the last of them was made
	known := map[string]int{}
	for id := range moments {
		sum := 0
		for _, name := range accounts {
			i := slices.IndexFunc(contents[name], func(l verlog.Line) bool { return l.ID > id })
			if i < 0 {
				i = len(contents[name])
			}
			if i > 0 {
				sum += d.money(name, contents[name][i-1], known)
			}
		}
		if id >= first && sum != 5*len(accounts) {
			d.t.Errorf("at %s all accounts hold %d", id, sum)
		}
	}
}

func (d *db) money(name string, l verlog.Line, known map[string]int) int {
	d.t.Helper()
	key := name + l.Hash.String()
	n, ok := known[key]
	if ok {
		return n
	}
	t, err := d.Table(name)
	if err != nil {
		d.t.Fatal(err)
	}
	defer t.Close()
	c, err := t.At(l.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	defer c.Close()
	b, err := c.Bytes()
	if _, scanErr := fmt.Sscanf(string(b), "key|value\nmoney|%d\n", &n); err != nil || scanErr != nil {
		d.t.Fatalf("%s: %q %v %v", l.ID, b, err, scanErr)
	}
	known[key] = n
	return n
}

// TestTransfers has many processes move money between tables whose locks they need in every order: none waits for ever, no
// money is lost, and no moment of the history has it half moved.
func TestTransfers(t *testing.T) {
	d := newDB(t)
	for _, name := range accounts {
		d.write(name, "key|value\nmoney|5\n")
	}
	var all []*exec.Cmd
	for who := range 8 {
		cmd, out := d.start("transfer", who)
		go discardLines(out)
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	d.open(false)
	d.sums()
	d.sound()
	if left := tree(t, d.path(pendingFolder)); len(left) > 0 || len(d.warned) > 0 {
		t.Errorf("pending: %v, warned: %q", left, d.warned)
	}
	frames, err := d.Frames(FrameFilter{})
	if err != nil || len(frames) == 0 || len(frames) > 8*transfersEach {
		t.Fatalf("%d frames, %v", len(frames), err)
	}
	for i := range 5 { // back to when a frame was just made, and to right before
		at := frames[i*len(frames)/5].ID.Time()
		for _, moment := range []time.Time{at, at.Add(-time.Microsecond)} {
			if _, err := d.RestoreTo(moment, 1001, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.sums()
	d.sound()
}

// TestBackupDuringTransfers takes backups while processes move money: all of it is in each.
func TestBackupDuringTransfers(t *testing.T) {
	d := newDB(t)
	for _, name := range accounts {
		d.write(name, "key|value\nmoney|5\n")
	}
	for who := range 3 {
		_, out := d.start("transfer for ever", who)
		out.Scan()
		go discardLines(out)
	}
	for range 5 {
		b := d.backup()
		restored := &db{t: t, dir: t.TempDir()}
		if _, err := d.RestoreBackup(b.Name, restored.dir); err != nil {
			t.Fatal(err)
		}
		restored.open(false)
		restored.sums()
		restored.sound()
	}
}

// TestKilledTransfers kills processes that move money, again and again.
func TestKilledTransfers(t *testing.T) {
	d := newDB(t)
	for _, name := range accounts {
		d.write(name, "key|value\nmoney|5\n")
	}
	for round := range 12 {
		var all []*exec.Cmd
		for who := range 3 {
			cmd, out := d.start("transfer for ever", who)
			if who == 2 {
				for range 1 + round {
					out.Scan() // the others are anywhere
				}
			}
			go discardLines(out)
			all = append(all, cmd)
		}
		for _, cmd := range all {
			cmd.Process.Signal(syscall.SIGKILL)
		}
		for _, cmd := range all {
			cmd.Wait()
		}
		d.open(false)
		if left := tree(t, d.path(pendingFolder)); len(left) > 0 {
			for name := range left {
				if !strings.HasSuffix(name, tempSuffix) {
					t.Errorf("pending: %v", name)
				}
			}
		}
	}
	if _, err := d.Collect(false); err != nil {
		t.Fatal(err)
	}
	d.sums()
	d.sound()
}

func discardLines(out *bufio.Scanner) {
	for out.Scan() {
	}
}
