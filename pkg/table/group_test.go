package table

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// crowd is a table that many write to, each through a handle of its own as another process would.
type crowd struct {
	*fixture
	t      *testing.T
	minted atomic.Int64
}

func newCrowd(t *testing.T, content string) *crowd {
	c := &crowd{fixture: newFixture(t, content), t: t}
	c.minted.Store(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
	return c
}

func (c *crowd) handle() *Table {
	tables, err := durable.OpenDir(filepath.Dir(c.dir))
	if err != nil {
		c.t.Fatal(err)
	}
	o := c.opt
	o.Wait = time.Minute
	o.Mint = func(seen stamp.ID) (stamp.ID, error) {
		return stamp.Next(time.Unix(c.minted.Add(1), 0), 1, seen), nil
	}
	x, err := Open(tables, "t", o)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { x.Close(); tables.Close() })
	return x
}

// together has all acts wait for the lock, in their order, and then lets them have it.
func (c *crowd) together(acts ...func(x *Table)) {
	c.t.Helper()
	lock, err := c.Hold()
	if err != nil {
		c.t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i, act := range acts {
		x := c.handle()
		wg.Go(func() { act(x) })
		for {
			if w, err := c.queue().Waiters(); err != nil || len(w) == i+1 {
				break
			}
		}
	}
	lock.Release()
	wg.Wait()
}

// TestGroup has many changes wait for one holder: each becomes a version of its user.
func TestGroup(t *testing.T) {
	for name, content := range map[string]string{"small": rows(40), "indexed": indexed()} {
		t.Run(name, func(t *testing.T) {
			c := newCrowd(t, content)
			column, key := "value", func(i int) string { return fmt.Sprintf("page.title.n%d@en", i) }
			if name == "indexed" {
				key = func(i int) string { return fmt.Sprintf("k%d", i+12) }
			}
			for round := range 3 {
				results := make([]Result, 12)
				var acts []func(x *Table)
				for i := range results {
					acts = append(acts, func(x *Table) {
						r, err := x.Set(uint64(1000+i), []string{key(i)}, []Assignment{{Column: column, Value: fmt.Sprintf("round %d of %d", round, i)}})
						if err != nil {
							t.Error(err)
						}
						results[i] = r
					})
				}
				c.together(acts...)
				lines, err := c.Lines()
				if err != nil || len(lines) != 1+12*(round+1) {
					t.Fatalf("%d lines, %v", len(lines), err)
				}
				for i, r := range results {
					at := slices.IndexFunc(lines, func(l verlog.Line) bool { return l.ID == r.ID })
					if at < 0 || lines[at].User != uint64(1000+i) || r.Counts != (Counts{Changed: 1}) || !r.Stored || r.DeltaSize != lines[at].Size {
						t.Errorf("result %d: %+v", i, r)
					}
				}
				c.sound()
			}
			text := c.text()
			for i := range 12 {
				if !strings.Contains(text, fmt.Sprintf("round 2 of %d", i)) {
					t.Errorf("the last write of %d is not there", i)
				}
			}
			if left, err := c.queue().Waiters(); err != nil || len(left) > 0 {
				t.Errorf("still waiting: %v %v", left, err)
			}
		})
	}
}

func (c *crowd) text() string {
	c.t.Helper()
	content, err := c.Read()
	if err != nil {
		c.t.Fatal(err)
	}
	defer content.Close()
	b, err := content.Bytes()
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

// sound checks all of the table, and that current.csv is up to date.
func (c *crowd) sound() {
	c.t.Helper()
	problems, _, err := c.Verify(nil)
	if err != nil || len(problems) > 0 {
		c.t.Errorf("verify: %v %v", problems, err)
	}
	if st, err := c.Status(); err != nil || st.State != Clean || st.Locked {
		c.t.Errorf("status: %+v %v", st, err)
	}
}

// TestGroupDepends has changes that depend on each other, and some that cannot be: each gets its own answer.
func TestGroupDepends(t *testing.T) {
	c := newCrowd(t, "key|stock|note\na|3|\n")
	var sold, out, missing, plus atomic.Int64
	buy := func(x *Table) {
		_, err := x.Set(1, []string{"a"}, []Assignment{{"stock", "1", Subtract}}, Condition{Test: AtLeast, Column: "stock", Value: "1"})
		switch {
		case err == nil:
			sold.Add(1)
		case fault.KindOf(err) == fault.No:
			out.Add(1)
		default:
			t.Error(err)
		}
	}
	lost := func(x *Table) {
		if err := func() error { _, err := x.Delete(1, []string{"nobody"}); return err }(); fault.KindOf(err) == fault.NotFound {
			missing.Add(1)
		}
	}
	insert := func(x *Table) {
		if _, err := x.Set(2, []string{"new"}, []Assignment{{"stock", "1", Add}}); err == nil {
			plus.Add(1)
		}
	}
	same := func(x *Table) {
		if r, err := x.Set(2, []string{"a"}, []Assignment{{"note", "", Assign}}); err != nil || r.Stored {
			t.Errorf("no change: %+v %v", r, err)
		}
	}
	c.together(buy, insert, buy, lost, insert, same, buy, buy, insert, buy)
	if sold.Load() != 3 || out.Load() != 2 || missing.Load() != 1 || plus.Load() != 3 {
		t.Errorf("sold %d, out %d, missing %d, plus %d", sold.Load(), out.Load(), missing.Load(), plus.Load())
	}
	if got := c.text(); got != "key|stock|note\na|0|\nnew|3|\n" {
		t.Errorf("%q", got)
	}
	c.sound()
}

// TestGroupBesideOthers has changes of rows wait together with what only the waiter itself can do.
func TestGroupBesideOthers(t *testing.T) {
	c := newCrowd(t, rows(10))
	set := func(i int) func(x *Table) {
		return func(x *Table) {
			c.must(t)(x.Set(1, []string{fmt.Sprintf("page.title.n%d@en", i)}, []Assignment{{Column: "value", Value: "set"}}))
		}
	}
	replace := func(x *Table) {
		_, err := x.Write(func(s *Session) (*Draft, error) {
			e, err := s.Edit()
			if err == nil {
				err = e.Set([]string{"page.title.n9@en"}, []Assignment{{Column: "value", Value: "written"}})
			}
			if err != nil {
				return nil, err
			}
			return e.Draft(7)
		})
		if err != nil {
			t.Error(err)
		}
	}
	c.together(set(1), replace, set(2), set(3))
	if n := strings.Count(c.text(), "|set"); n != 3 || strings.Count(c.text(), "|written") != 1 {
		t.Errorf("%s", c.text())
	}
	c.sound()
}

// TestFalseAnswer has answers of holders that died before the append, and ones that no holder left: the change is made, once.
func TestFalseAnswer(t *testing.T) {
	c := newCrowd(t, "key|n\na|0\n")
	add := func(x *Table) {
		if _, err := x.Set(1, []string{"a"}, []Assignment{{"n", "1", Add}}); err != nil {
			t.Error(err)
		}
	}
	line := verlog.Line{ID: 1001, Action: verlog.Update, User: 1, Base: 1}
	promise, err := json.Marshal(answer{Offset: 5, Line: string(line.Append(nil)), Result: Result{ID: 1001, Stored: true}})
	if err != nil {
		t.Fatal(err)
	}
	for i, left := range []string{string(promise), "{", "{}", "null", `{"Offset":-1,"Line":"x"}`, `{"Offset":99999999999,"Line":"\n"}`, "junk"} {
		lock, err := c.Hold()
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan bool)
		go func() { add(c.handle()); close(done) }()
		for {
			w, err := c.queue().Requests()
			if err != nil {
				t.Fatal(err)
			}
			if len(w) == 1 {
				if !w[0].Take() || w[0].Answer([]byte(left)) != nil {
					t.Fatal("no answer could be left")
				}
				break
			}
		}
		lock.Release()
		<-done
		if got, want := c.text(), fmt.Sprintf("key|n\na|%d\n", i+1); got != want {
			t.Errorf("after the answer %s: %q", left, got)
		}
	}
	c.sound()
}

// TestAnswerElsewhere has a holder that stored a change and died, and a log that was written anew since.
func TestAnswerElsewhere(t *testing.T) {
	c := newCrowd(t, "key|n\na|0\n")
	r := c.must(t)(c.Set(1, []string{"a"}, []Assignment{{"n", "1", Add}}))
	lines, err := c.Lines()
	if err != nil {
		t.Fatal(err)
	}
	left, err := json.Marshal(answer{Offset: 3, Line: string(lines[1].Append(nil)), Result: r})
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := c.carriedOut(left, false); !ok || got != r {
		t.Errorf("%+v %v", got, ok)
	}
}

// TestUnanswered has a waiter that the holder can leave no answer: it makes its change itself, and the holder must not.
func TestUnanswered(t *testing.T) {
	c := newCrowd(t, "key|n\na|0\n")
	s, err := c.Begin()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go func() {
		c.must(t)(c.handle().Set(1, []string{"a"}, []Assignment{{"n", "1", Add}}))
		close(done)
	}()
	var waiting []durable.Waiter
	for len(waiting) == 0 {
		waiting = s.gather()
	}
	names, err := filepath.Glob(filepath.Join(c.dir, queueFolder, "*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if err := errors.Join(os.Rename(names[0], names[0]+".away"), os.Mkdir(names[0], 0o777)); err != nil {
		t.Fatal(err)
	}
	if s.serve(&waiting[0]) || len(s.Staged()) > 0 {
		t.Errorf("%d versions are staged", len(s.Staged()))
	}
	s.Close()
	<-done
	if got := c.text(); got != "key|n\na|1\n" {
		t.Errorf("%q", got)
	}
	c.sound()
}

// TestUnclearRequest has requests that nobody can read: they are passed over.
func TestUnclearRequest(t *testing.T) {
	c := newCrowd(t, "key|n\na|0\n")
	lock, err := c.Hold()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool, 4)
	for i, request := range []string{"junk", `{"Keys":[]}`, `{"Keys":[[]]}`, `{"Keys":[["a","b"]],"Cells":[{"Column":"x"}]}`} {
		go func() {
			l, left, _, err := c.handle().queue().Ask(time.Minute, func() []byte { return []byte(request) })
			if err != nil || left != nil {
				t.Errorf("%s: %s %v", request, left, err)
			} else {
				l.Release()
			}
			done <- true
		}()
		for {
			if w, _ := c.queue().Waiters(); len(w) == i+1 {
				break
			}
		}
	}
	go func() {
		c.must(t)(c.handle().Set(1, []string{"a"}, []Assignment{{"n", "1", Add}}))
		done <- true
	}()
	for {
		if w, _ := c.queue().Waiters(); len(w) == 5 {
			break
		}
	}
	lock.Release()
	for range 5 {
		<-done
	}
	if got := c.text(); got != "key|n\na|1\n" {
		t.Errorf("%q", got)
	}
}

func TestRequestIsUTF8(t *testing.T) {
	bad := string([]byte{0xff})
	for _, r := range []request{
		{Keys: [][]string{{"a"}, {bad}}},
		{Keys: [][]string{{"a"}}, Cells: []Assignment{{Column: bad}}},
		{Keys: [][]string{{"a"}}, Cells: []Assignment{{Value: bad}}},
		{Keys: [][]string{{"a"}}, Only: []Condition{{Value: bad}}},
		{Keys: [][]string{{"a"}}, Only: []Condition{{Column: bad}}},
	} {
		if r.encode() != nil {
			t.Errorf("%+v is left to others", r)
		}
	}
	if (request{Keys: [][]string{{"ä"}}}).encode() == nil {
		t.Error("UTF-8 is not")
	}
}
