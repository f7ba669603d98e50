package table

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// edit stores what change does in one version.
func (f *fixture) edit(change func(*Edit) error) (Result, error) {
	return f.Write(func(s *Session) (*Draft, error) {
		e, err := s.Edit()
		if err != nil {
			return nil, err
		}
		if err := change(e); err != nil {
			return nil, err
		}
		return e.Draft(1001)
	})
}

func (f *fixture) headID(t *testing.T) stamp.ID {
	t.Helper()
	line, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	return line.ID
}

func add(column, value string) []Assignment {
	return []Assignment{{column, value, Add}}
}

func TestSums(t *testing.T) {
	const content = "key|n|text\na|5|x\nb|0.1|1e3\nc||\n"
	for _, c := range []struct {
		name  string
		key   string
		cells []Assignment
		want  string // the row, or what the error says
	}{
		{"an integer", "a", add("n", "2"), "a|7|x"},
		{"below zero", "a", []Assignment{{"n", "7", Subtract}}, "a|-2|x"},
		{"exact", "b", add("n", "0.2"), "b|0.3|1e3"},
		{"more decimals", "b", add("n", "1.005"), "b|1.105|1e3"},
		{"fewer decimals", "b", add("n", "1"), "b|1.1|1e3"},
		{"an empty cell", "c", add("n", "1.50"), "c|1.50|"},
		{"no row", "d", []Assignment{{"n", "1.50", Subtract}}, "d|-1.50|"},
		{"beyond 64 bits", "a", add("n", "99999999999999999999"), "a|100000000000000000004|x"},
		{"twice", "a", []Assignment{{"n", "1", Add}, {"n", "1", Add}}, "a|7|x"},
		{"behind a value", "a", []Assignment{{"n", "1", Assign}, {"n", "1", Add}}, "a|2|x"},
		{"before a value", "a", []Assignment{{"n", "1", Add}, {"n", "1", Assign}}, "a|1|x"},
		{"nothing", "a", add("n", "0"), "a|5|x"},
		{"text", "a", add("text", "1"), `table "t", row "a": text is "x", which is no number`},
		{"an exponent", "b", add("text", "1"), `table "t", row "b": text is "1e3", which is no number`},
		{"no number", "a", add("n", "one"), `"one" is no number to add to column "n"`},
		{"an empty number", "a", add("n", ""), `"" is no number to add to column "n"`},
		{"the same key", "a", []Assignment{{"key", "a", Assign}}, "a|5|x"},
		{"the key of a new row", "d", []Assignment{{"key", "d", Assign}}, "d||"},
		{"another key", "d", []Assignment{{"key", "e", Assign}}, `column "key" is part of the key`},
		{"the key", "a", add("key", "1"), `column "key" is part of the key`},
		{"no column", "a", add("none", "1"), `there is no column "none"`},
		{"no operation", "a", []Assignment{{"n", "1", Subtract + 1}}, `column "n": there is no operation 3`},
		{"too long", "a", []Assignment{{"n", strings.Repeat("9", 1000), Assign}, {"n", "1", Add}}, `row "a": n would become a number of 1001 digits`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, content)
			_, err := f.Set(1001, []string{c.key}, c.cells)
			if err != nil {
				if fault.KindOf(err) != fault.Input || err.Error() != c.want || f.current(t) != content {
					t.Fatalf("%v of kind %v, want %q; the table:\n%s", err, fault.KindOf(err), c.want, f.current(t))
				}
				return
			}
			if !strings.Contains(f.current(t), "\n"+c.want+"\n") {
				t.Fatalf("no row %q in\n%s", c.want, f.current(t))
			}
		})
	}
}

func TestConditions(t *testing.T) {
	f := newFixture(t, "key|n|text\na|5|x y\n\"b|\"|-0.50|\nc|1|\n")
	first := f.headID(t)
	f.must(t)(f.Set(1001, []string{"c"}, add("n", "1")))
	f.must(t)(f.Table.Delete(1001, []string{"b|"}))
	f.must(t)(f.Set(1001, []string{"b|"}, add("n", "-0.50")))
	last := f.headID(t)
	before := f.current(t)
	no := func(format string, args ...any) string { return fmt.Sprintf(format, args...) }
	for _, c := range []struct {
		key  string
		only Condition
		want string // "" when it is met
	}{
		{"a", Condition{Equal, "n", "5", 0}, ""},
		{"a", Condition{Equal, "key", "a", 0}, ""},
		{"a", Condition{Equal, "n", "5.0", 0}, `table "t", row "a": n is "5", not "5.0"`},
		{"b|", Condition{Equal, "text", "", 0}, ""},
		{"d", Condition{Equal, "text", "", 0}, `table "t" has no row "d"`},
		{"a", Condition{NotEqual, "n", "5.0", 0}, ""},
		{"a", Condition{NotEqual, "n", "5", 0}, `table "t", row "a": n is "5", not something else`},
		{"a", Condition{Less, "n", "5.01", 0}, ""},
		{"a", Condition{Less, "n", "5.0", 0}, `table "t", row "a": n is "5", not < 5.0`},
		{"a", Condition{AtMost, "n", "5.0", 0}, ""},
		{"a", Condition{AtMost, "n", "4.9", 0}, `table "t", row "a": n is "5", not <= 4.9`},
		{"a", Condition{AtLeast, "n", "5.00", 0}, ""},
		{"a", Condition{AtLeast, "n", "18", 0}, `table "t", row "a": n is "5", not >= 18`},
		{"b|", Condition{More, "n", "-1", 0}, ""},
		{"b|", Condition{More, "n", "-0.5", 0}, `table "t", row "b|": n is "-0.50", not > -0.5`},
		{"b|", Condition{AtLeast, "text", "0", 0}, ""},
		{"b|", Condition{More, "text", "0", 0}, `table "t", row "b|": text is "", not > 0`},
		{"d", Condition{Less, "n", "5", 0}, `table "t" has no row "d"`},
		{"a", Condition{Test: Present}, ""},
		{"d", Condition{Test: Present}, `table "t" has no row "d"`},
		{"d", Condition{Test: Absent}, ""},
		{"a", Condition{Test: Absent}, `table "t" has a row "a" already`},
		{"a", Condition{Test: Unchanged, Version: last}, ""},
		{"a", Condition{Test: Unchanged, Version: first}, ""},
		{"b|", Condition{Test: Unchanged, Version: first}, ""}, // deleted, and made again as it was
		{"c", Condition{Test: Unchanged, Version: first}, no(`table "t": row "c" has changed since version %s`, first)},
		{"d", Condition{Test: Unchanged, Version: first}, ""},
		{"a", Condition{Equal, "none", "5", 0}, `input refused: there is no column "none"`},
		{"a", Condition{Unchanged + 1, "n", "1", 0}, `input refused: column "n": there is no test 9`},
		{"a", Condition{Less, "n", "many", 0}, `input refused: "many" is no number to compare column "n" with`},
		{"a", Condition{Less, "text", "5", 0}, `input refused: table "t", row "a": text is "x y", which is no number`},
		{"a", Condition{Test: Unchanged, Version: 1}, `not found: table "t" has no version 1`},
	} {
		var err error
		f.edit(func(e *Edit) error {
			err = e.Set([]string{c.key}, nil, Condition{Test: Unchanged, Version: last}, c.only)
			return errors.New("enough")
		})
		got := ""
		if err != nil {
			if got = err.Error(); fault.KindOf(err) != fault.No {
				got = fault.KindOf(err).String() + ": " + got
			}
		}
		if got != c.want {
			t.Errorf("%s, %v %q %q: %s, want %s", c.key, c.only.Test, c.only.Column, c.only.Value, got, c.want)
		}
	}
	if f.current(t) != before {
		t.Error("the table was changed")
	}
}

// TestConditionsSeeEarlierChanges has later changes of one write meet what earlier ones made.
func TestConditionsSeeEarlierChanges(t *testing.T) {
	f := newFixture(t, "key|n\na|1\nb|1\n")
	head := f.headID(t)
	key := func(k string) []string { return []string{k} }
	r, err := f.edit(func(e *Edit) error {
		for range 3 {
			if err := e.Set(key("a"), add("n", "1"), Condition{Less, "n", "4", 0}); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []Condition{{Less, "n", "4", 0}, {Test: Unchanged, Version: head}, {Test: Absent}} {
			if err := e.Set(key("a"), add("n", "1"), c); fault.KindOf(err) != fault.No {
				t.Errorf("%v: %v", c.Test, err)
			}
		}
		if err := e.Delete(key("b"), Condition{Equal, "n", "1", 0}); err != nil {
			t.Fatal(err)
		}
		if err := e.Delete(key("b")); fault.KindOf(err) != fault.Input {
			t.Errorf("deleted twice: %v", err)
		}
		if err := e.Set(key("b"), nil, Condition{Test: Present}); fault.KindOf(err) != fault.No {
			t.Errorf("set where it was deleted: %v", err)
		}
		return e.Set(key("c"), add("n", "2"), Condition{Test: Absent})
	})
	if want := (Counts{Added: 1, Changed: 1, Deleted: 1}); err != nil || r.Counts != want || f.current(t) != "key|n\na|4\nc|2\n" {
		t.Fatalf("%+v, %v:\n%s", r, err, f.current(t))
	}
	f.sound(t, true)
}

// TestUnmetStoresNothing leaves every file as it was.
func TestUnmetStoresNothing(t *testing.T) {
	f := newFixture(t, rows(20000)) // large enough for current.csv to be copied ahead
	before := f.files(t)
	_, err := f.Set(1, []string{"page.title.n7@en"}, []Assignment{{Column: "value", Value: "x"}}, Condition{Test: Absent})
	if diff := cmp.Diff(before, f.files(t)); fault.KindOf(err) != fault.No || diff != "" {
		t.Fatalf("%v (-before +after):\n%s", err, diff)
	}
}

// ended returns text with its last line end: one that is inserted and deleted again leaves the line before it ended.
func ended(text string) string { return strings.TrimSuffix(text, "\n") + "\n" }

// editStep is one change of an Edit.
type editStep struct {
	key    []string
	cells  []Assignment
	delete bool
}

func (s editStep) do(e *Edit) error {
	if s.delete {
		return e.Delete(s.key)
	}
	return e.Set(s.key, s.cells)
}

// TestEditIsItsSteps holds many changes in one version against each of them in a version of its own.
func TestEditIsItsSteps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var b strings.Builder
		b.WriteString("# a table\nkey|n|text\n")
		for i := range rapid.IntRange(0, 30).Draw(rt, "rows") {
			fmt.Fprintf(&b, "%sk%d|%d|%s\n", rapid.SampledFrom([]string{"", "# a comment\n"}).Draw(rt, "above"), i, i, rapid.SampledFrom([]string{"", "x", `"a|b"`}).Draw(rt, "text"))
		}
		b.WriteString("kept|0|\n" + rapid.SampledFrom([]string{"", "# at the end\n", "\n# 1\n\n#2\n"}).Draw(rt, "tail"))
		content := b.String()
		if rapid.Bool().Draw(rt, "cut") {
			content = strings.TrimSuffix(content, "\n")
		}
		together, apart := newFixture(t, content), newFixture(t, content)
		defer together.Close()
		defer apart.Close()
		var steps []editStep
		var keys [][]string
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			s := editStep{key: []string{fmt.Sprintf("k%d", rapid.IntRange(0, 33).Draw(rt, "key"))}}
			if s.delete = rapid.Bool().Draw(rt, "delete"); !s.delete {
				s.cells = []Assignment{{"n", "1", Add}, {"text", rapid.SampledFrom([]string{"", "x", "y|"}).Draw(rt, "cell"), Assign}}
			}
			if _, err := apart.edit(s.do); err != nil {
				continue // deleted what is not there
			}
			steps, keys = append(steps, s), append(keys, s.key)
		}
		_, err := together.edit(func(e *Edit) error {
			if rapid.Bool().Draw(rt, "find") {
				if err := e.Find(keys...); err != nil {
					return err
				}
			}
			for _, s := range steps {
				if err := s.do(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || ended(together.current(t)) != ended(apart.current(t)) {
			rt.Fatalf("%v\n%q\none by one\n%q", err, together.current(t), apart.current(t))
		}
		lines, err := together.Lines()
		if err != nil || len(lines) > 2 {
			rt.Fatalf("%d versions, %v", len(lines), err)
		}
		if got := together.at(t, lines[len(lines)-1].ID); got != together.current(t) {
			rt.Fatalf("the delta makes %q", got)
		}
	})
}

// TestNewRowsLeaveCommentsAtTheEnd puts rows before comments that belong to no row, so that these are not deleted with them.
func TestNewRowsLeaveCommentsAtTheEnd(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"comments", "key|v\na|1\n# one\n\n# two\n", "key|v\na|1\nb|2\n# one\n\n# two\n"},
		{"CRLF", "key|v\r\na|1\r\n\r\n# end\r\n", "key|v\r\na|1\r\nb|2\r\n\r\n# end\r\n"},
		{"a last line that is cut", "key|v\na|1\n# end", "key|v\na|1\nb|2\n# end"},
		{"a row that is cut", "key|v\n# of a\na|1", "key|v\n# of a\na|1\nb|2\n"},
		{"no row", "key|v\n# of those below\n", "key|v\n# of those below\nb|2\n"},
		{"a quote in a comment", "key|v\na|1\n# \"end\"\n", "key|v\na|1\n# \"end\"\nb|2\n"},
		{"the end of a cell", "key|v\na|\"\n# 1\n#\"\n", "key|v\na|\"\n# 1\n#\"\nb|2\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t, test.content)
			f.must(t)(f.Set(1, []string{"b"}, []Assignment{{Column: "v", Value: "2"}}))
			if diff := cmp.Diff(test.want, f.current(t)); diff != "" {
				t.Fatal(diff)
			}
			if !strings.HasSuffix(test.want, "b|2\n") {
				f.must(t)(f.Delete(1, []string{"b"}))
				if got := f.current(t); got != test.content {
					t.Errorf("with the row deleted again %q", got)
				}
			}
			f.sound(t, true)
		})
	}
}
