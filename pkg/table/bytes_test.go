package table

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// lookalikes are tables as people have them.
var lookalikes = map[string]string{
	"plain":         "key|value\na|1\nb|2\n",
	"header only":   "key|value\n",
	"no newline":    "key|value\na|1",
	"only a header": "key",
	"CRLF":          "key|value\r\na|1\r\nb|2\r\n",
	"mixed":         "key|value\r\na|1\nb|2\r\n",
	"BOM":           "\ufeffkey|value\na|1\n",
	"comments":      "# about\n\nkey|value\n# a\na|1\n\n\n# the end\n",
	"quoted":        "key|value\n\"a|b\"|\"x\"\"y\"\n\"c\"|\"two\nlines\"\n",
	"CR in a cell":  "key|value\na|\"x\r\ny\"\n",
	"empty cells":   "key|value|more\na||\n|b|\n",
	"one column":    "key\na\n\"\"\nb\n",
	"bare quotes":   "key|value\na|say \"hello\"\nb|5\"\n",
	"spaces":        "key | value \n a | 1 \n\t|2\n",
	"unicode":       "schlüssel|wert\nä|ö\u2009ü\n日本|語\n",
	"dots":          "page.title@de|<p class=\"x\">|\nx|y|z\n",
}

// texts returns tables, named: those above and, where they are at hand, real ones.
func texts(t *testing.T) map[string]string {
	all := map[string]string{}
	for name, text := range lookalikes {
		all[name] = text
	}
	real, err := filepath.Glob("../../../shared/reed02/*/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range real {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if checkTable(path, b, nil) == nil {
			all[filepath.Base(path)] = string(b)
		}
	}
	return all
}

// TestBytes stores texts and reads them back in every way, byte for byte.
func TestBytes(t *testing.T) {
	for name, text := range texts(t) {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, "k|v\nx|y\n")
			r := f.must(t)(f.Replace(Replacement{Content: []byte(text), Action: verlog.Import, User: 1}))
			if f.current(t) != text || f.at(t, r.ID) != text {
				t.Fatal("it is not what was written")
			}
			c, err := f.Read()
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			var b bytes.Buffer
			if _, err := c.WriteTo(&b); err != nil || b.String() != text {
				t.Errorf("read differently: %v", err)
			}
			if hash, err := c.Hash(); err != nil || hash != verlog.Sum([]byte(text)) {
				t.Errorf("hash %v %v", hash, err)
			}
			if again := f.must(t)(f.Replace(Replacement{Content: []byte(text), Action: verlog.Update, User: 1})); again.Stored || again.ID != r.ID {
				t.Errorf("the same content made a version: %+v", again)
			}
			f.must(t)(f.Drop(1))
			if _, err := os.Stat(filepath.Join(f.dir, currentFile)); err == nil {
				t.Error("a deleted table has a current.csv")
			}
			f.must(t)(f.Rollback(1, r.ID))
			if f.current(t) != text {
				t.Error("it came back differently")
			}
			f.sound(t, true)
		})
	}
}

// TestUntouchedRowsKeepTheirBytes sets, inserts and deletes one row of each text: all other bytes stay.
func TestUntouchedRowsKeepTheirBytes(t *testing.T) {
	for name, text := range texts(t) {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, text)
			first, err := f.Head()
			if err != nil {
				t.Fatal(err)
			}
			f.must(t)(f.Set(1, []string{"a new key|"}, nil))
			got := f.current(t)
			before, behind, ok := strings.Cut(got, `"a new key|"`) // behind it are the comments at the end
			behind = strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(behind, "|"), "\r"), "\n")
			if behind == "" && strings.TrimRight(text, "\r\n") == text {
				before = strings.TrimRight(before, "\r\n") // the line end that the last row lacked
			}
			if !ok || before+behind != text {
				t.Fatalf("inserted: %q", got)
			}
			if strings.HasSuffix(text, "\r\n") != strings.HasSuffix(got, "\r\n") {
				t.Errorf("the line end is not that of the others: %q", got)
			}
			f.must(t)(f.Table.Delete(1, []string{"a new key|"}))
			if got := f.current(t); strings.TrimRight(got, "\r\n") != strings.TrimRight(text, "\r\n") {
				t.Fatalf("inserted and deleted: %q", got)
			}
			if r := f.must(t)(f.Rollback(1, first.ID)); r.Stored && f.at(t, r.ID) != text {
				t.Error("it did not come back")
			}
			f.sound(t, true)
		})
	}
}

// TestSetKeepsTheRest sets one cell in a row that is written in an unusual way.
func TestSetKeepsTheRest(t *testing.T) {
	for _, c := range []struct{ text, key, value, want string }{
		{"k|v|w\r\na|1|\"2\"\r\n", "a", "x", "k|v|w\r\na|x|\"2\"\r\n"},
		{"k|v|w\n\"a\"|1|\"2\"", "a", "x|y", "k|v|w\n\"a\"|\"x|y\"|\"2\""},
		{"# c\nk|v|w\n# of a\n\na|1|\"2\n3\"\n", "a", "", "# c\nk|v|w\n# of a\n\na||\"2\n3\"\n"},
		{"k|v|w\na|\"x|\"|2\n", "a", "x", "k|v|w\na|x|2\n"},
		{"k|v|w\na|1|2\n", "b", "x", "k|v|w\na|1|2\nb|x|\n"},
		{"k|v|w\r\na|1|2", "b", "x", "k|v|w\r\na|1|2\r\nb|x|"},
		{"k|v|w", "b", "x", "k|v|w\nb|x|"},
	} {
		f := newFixture(t, c.text)
		f.must(t)(f.Set(1, []string{c.key}, []Assignment{{Column: "v", Value: c.value}}))
		got := f.current(t)
		if got != c.want && got != c.want+"\n" && got != c.want+"\r\n" {
			t.Errorf("%q with %q set to %q is %q, not %q", c.text, c.key, c.value, got, c.want)
		}
		f.sound(t, true)
	}
}

// TestRollbackRow takes one row back, with the bytes it had.
func TestRollbackRow(t *testing.T) {
	first := "k|v\n\"a\"|\"one\"\nb|two\n"
	f := newFixture(t, first)
	head, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	f.must(t)(f.Set(1, []string{"a"}, []Assignment{{Column: "v", Value: "x"}}))
	f.must(t)(f.Set(1, []string{"b"}, []Assignment{{Column: "v", Value: "y"}}))
	r := f.must(t)(f.RollbackRow(1, head.ID, []string{"a"}))
	if want := "k|v\n\"a\"|\"one\"\nb|y\n"; f.current(t) != want || r.Action != verlog.Rollback || r.Counts != (Counts{Changed: 1}) {
		t.Errorf("%q, %+v", f.current(t), r)
	}
	f.must(t)(f.Table.Delete(1, []string{"a"}))
	f.must(t)(f.RollbackRow(1, head.ID, []string{"a"}))
	if want := "k|v\nb|y\n\"a\"|\"one\"\n"; f.current(t) != want {
		t.Errorf("%q", f.current(t))
	}
	f.must(t)(f.Set(1, []string{"c"}, nil))
	if r := f.must(t)(f.RollbackRow(1, head.ID, []string{"c"})); r.Counts != (Counts{Deleted: 1}) {
		t.Errorf("%+v", r)
	}
	if r := f.must(t)(f.RollbackRow(1, head.ID, []string{"a"})); r.Stored {
		t.Errorf("nothing to take back: %+v", r)
	}
	if _, err := f.RollbackRow(1, head.ID, []string{"none"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no such row: %v", err)
	}
	if _, err := f.RollbackRow(1, 12345, []string{"a"}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no such version: %v", err)
	}
	f.sound(t, true)
}

// TestRefusals has every write that is to be refused refused, with the table as it was.
func TestRefusals(t *testing.T) {
	f, ids := withHistory(t)
	before := f.files(t)
	set := func(key []string, column, value string) func() (Result, error) {
		return func() (Result, error) { return f.Set(1, key, []Assignment{{Column: column, Value: value}}) }
	}
	replace := func(r Replacement) func() (Result, error) { return func() (Result, error) { return f.Replace(r) } }
	key := []string{"page.title.n7@en"}
	for name, c := range map[string]struct {
		do   func() (Result, error)
		kind fault.Kind
	}{
		"stale base":       {replace(Replacement{Content: []byte(rows(3)), Base: ids[1], Merge: MergeOptions{Fail: true}}), fault.No},
		"base unknown":     {replace(Replacement{Content: []byte(rows(3)), Base: 1}), fault.NotFound},
		"create twice":     {replace(Replacement{Content: []byte(rows(3)), Create: true}), fault.Input},
		"twin keys":        {replace(Replacement{Content: []byte("k|v\na|1\na|2\n")}), fault.Input},
		"no header":        {replace(Replacement{Content: nil}), fault.Input},
		"no such key":      {replace(Replacement{Content: []byte(rows(3)), Key: []string{"none"}}), fault.Input},
		"no such column":   {set(key, "none", "x"), fault.Input},
		"the key's column": {set(key, "key", "x"), fault.Input},
		"NUL":              {set(key, "value", "a\x00b"), fault.Input},
		"not UTF-8":        {set(key, "value", "\xff"), fault.Input},
		"NUL in the key":   {set([]string{"\x00"}, "value", "x"), fault.Input},
		"two keys":         {set([]string{"a", "b"}, "value", "x"), fault.Input},
		"no key":           {set(nil, "value", "x"), fault.Input},
		"no such row":      {func() (Result, error) { return f.Table.Delete(1, key, []string{"none"}) }, fault.NotFound},
		"one row twice":    {func() (Result, error) { return f.Table.Delete(1, key, key) }, fault.Input},
		"no such version":  {func() (Result, error) { return f.Rollback(1, 12345) }, fault.NotFound},
	} {
		if r, err := c.do(); fault.KindOf(err) != c.kind || r != (Result{}) {
			t.Errorf("%s: %+v %v of kind %v", name, r, err, fault.KindOf(err))
		}
		if diff := cmp.Diff(before, f.files(t)); diff != "" {
			t.Errorf("%s: the table was changed (-before +after):\n%s", name, diff)
		}
	}
}

// TestDropAndCreate deletes a table with a key of two columns and makes it anew with other columns.
func TestDropAndCreate(t *testing.T) {
	f := newFixture(t, "")
	f.must(t)(f.Replace(Replacement{Content: []byte("a|b|c\n1|2|3\n1|3|3\n"), Action: verlog.Import, Key: []string{"a", "b"}}))
	two, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	f.must(t)(f.Set(1, []string{"1", "2"}, []Assignment{{Column: "c", Value: "x"}}))
	gone := f.must(t)(f.Drop(1))
	for name, do := range map[string]func() error{
		"read":     func() error { _, err := f.Read(); return err },
		"set":      func() error { _, err := f.Set(1, []string{"1", "2"}, nil); return err },
		"drop":     func() error { _, err := f.Drop(1); return err },
		"existing": func() error { _, err := f.Replace(Replacement{Content: []byte(rows(1)), Existing: true}); return err },
	} {
		if err := do(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.Rollback(1, gone.ID); fault.KindOf(err) != fault.Input {
		t.Errorf("back to where there was nothing: %v", err)
	}
	f.must(t)(f.Replace(Replacement{Content: []byte("x|y\n1|2\n"), Action: verlog.Create, Create: true}))
	f.must(t)(f.Set(1, []string{"1"}, []Assignment{{Column: "y", Value: "3"}}))
	if key, err := f.KeyNames(); err != nil || len(key) > 0 {
		t.Errorf("key %q %v", key, err)
	}
	if f.current(t) != "x|y\n1|3\n" {
		t.Errorf("%q", f.current(t))
	}
	if _, err := f.History([]string{"1"}); err != nil {
		t.Errorf("history: %v", err)
	}
	if _, _, err := f.Blame(); err != nil {
		t.Errorf("blame: %v", err)
	}
	f.must(t)(f.Rollback(1, two.ID))
	if key, err := f.KeyNames(); err != nil || !slices.Equal(key, []string{"a", "b"}) {
		t.Errorf("key %q %v", key, err)
	}
	f.must(t)(f.Set(1, []string{"1", "3"}, []Assignment{{Column: "c", Value: "y"}}))
	if f.current(t) != "a|b|c\n1|2|3\n1|3|y\n" {
		t.Errorf("%q", f.current(t))
	}
	f.sound(t, true)
}

// TestManyInOneSecond writes a thousand versions while the clock stands still, and then while it runs backwards.
func TestManyInOneSecond(t *testing.T) {
	f := newFixture(t, rows(3))
	now := time.Now()
	last := stamp.ID(0)
	f.opt.Mint = func(seen stamp.ID) (stamp.ID, error) {
		last = stamp.Next(now, 7, max(seen, last))
		return last, nil
	}
	var ids []stamp.ID
	for i := range 1000 {
		if i >= 500 {
			now = now.Add(-time.Second)
		}
		ids = append(ids, f.must(t)(f.Set(1, []string{"page.title.n1@en"}, []Assignment{{Column: "value", Value: fmt.Sprint(i)}})).ID)
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != 1000 {
		t.Error("ids are not distinct and in order")
	}
	lines, err := f.Lines()
	if err != nil || len(lines) != 1001 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for i, l := range lines[1:] {
		if l.ID != ids[i] || l.Base != lines[i].ID {
			t.Fatalf("line %d is %v", i+1, l)
		}
	}
	for _, i := range []int{0, 1, 500, 998, 999} {
		if want := strings.Replace(rows(3), "Value number 1", fmt.Sprint(i), 1); f.at(t, ids[i]) != want {
			t.Errorf("version %d is %q", i, f.at(t, ids[i]))
		}
	}
	if m, err := f.History([]string{"page.title.n1@en"}); err != nil || len(m) != 1001 || m[0].Line.ID != ids[999] {
		t.Errorf("%d moments, %v", len(m), err)
	}
	f.sound(t, true)
}

func TestNamesOfVersions(t *testing.T) {
	f, ids := withHistory(t)
	for _, bad := range []string{"", "head", "1st", "~1", "-x", "a b", "a|b", "a\nb", "é", strings.Repeat("a", 129)} {
		if err := f.Tag(bad, ids[0]); fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for i, name := range []string{"b", "A", "release/1.0-x_y", "b"} {
		if err := f.Tag(name, ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	want := []Tag{{"A", ids[1]}, {"b", ids[3]}, {"release/1.0-x_y", ids[2]}}
	if got, err := f.Tags(); err != nil || cmp.Diff(want, got) != "" {
		t.Error(err, cmp.Diff(want, got))
	}
	if err := f.Untag("none"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := f.Untag("b"); err != nil {
		t.Error(err)
	}
	if err := f.Tag("x", 12345); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	f.sound(t, true)
}

func TestNotes(t *testing.T) {
	f := newFixture(t, rows(3))
	want := map[stamp.ID]string{}
	for i, note := range []string{"a remark", "with|pipes", "two\nlines", "\"quoted\"", "é\x00\xff", strings.Repeat("long ", 1000)} {
		r := f.must(t)(f.Replace(Replacement{Content: []byte(rows(i + 4)), Action: verlog.Update, Note: note}))
		want[r.ID] = note
	}
	if got, err := f.Notes(); err != nil || cmp.Diff(want, got) != "" {
		t.Error(err, cmp.Diff(want, got))
	}
	f.sound(t, true)
}
