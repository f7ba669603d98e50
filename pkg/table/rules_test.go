package table

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const strictRules = `[schema]
level = "strict"
[[columns]]
name = "key"
primary_key = true
[[columns]]
name = "p"
unique = true
[[columns]]
name = "q"
type = "integer"
unique = true
`

// ruled returns a fixture whose table has the schema.
func ruled(t *testing.T, text, rules string) *fixture {
	t.Helper()
	f := newFixture(t, text)
	f.must(t)(f.SetSchema(SchemaChange{Text: []byte(rules), User: 1}))
	return f
}

// keeps refuses a table that breaks the rules.
func keeps(t interface{ Fatalf(string, ...any) }, f *fixture) {
	rules, err := f.Rules()
	if err != nil {
		t.Fatalf("%v", err)
	}
	b, err := os.ReadFile(filepath.Join(f.dir, currentFile))
	if err != nil {
		t.Fatalf("%v", err)
	}
	report, err := rules.Validate(b, rules.Schema.Key())
	if err != nil || report.Total > 0 {
		t.Fatalf("%v: %v\n%s", err, report, b)
	}
}

// TestStrictTablesKeepTheirRules writes at random from random versions, right and wrong: whatever is stored, the table never breaks a
// strict schema; a write that is wrong by itself is refused, and one that the merge makes wrong is a conflict and no refusal.
func TestStrictTablesKeepTheirRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := ruled(t, "key|p|q\na|x|1\nb|y|2\n", strictRules)
		defer f.Close()
		ids := []stamp.ID{f.head(t).ID}
		for range rapid.IntRange(1, 10).Draw(rt, "writes") {
			key := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "key")
			p := rapid.SampledFrom([]string{"", "x", "y", "z", "w"}).Draw(rt, "p")
			q := rapid.SampledFrom([]string{"", "1", "01", "2", "3", "wrong"}).Draw(rt, "q")
			base := rapid.SampledFrom(ids).Draw(rt, "base")
			r, err := f.SetFrom(base, 1, []string{key}, []Assignment{{Column: "p", Value: p}, {Column: "q", Value: q}}, MergeOptions{Strategy: rapid.SampledFrom([]Strategy{Manual, LastWriteWins, FirstWriteWins}).Draw(rt, "strategy")})
			var breach *Breach
			switch {
			case err != nil && !errors.As(err, &breach):
				rt.Fatalf("%v", err)
			case q == "wrong" && err == nil:
				rt.Fatalf("%q was stored", q)
			case err == nil && r.Stored:
				ids = append(ids, r.ID)
			}
			keeps(rt, f)
		}
		f.sound(t, false)
	})
}

// TestMergesAreNeverRefusedForRules has two writes of one version that are right alone.
func TestMergesAreNeverRefusedForRules(t *testing.T) {
	for _, test := range []struct {
		name, ours, theirs, want string
		conflicts                int
	}{
		{"one value in two rows", "key|p|q\na|same|1\nb|y|2\n", "key|p|q\na|x|1\nb|same|2\n", "key|p|q\na|same|1\nb|y|2\n", 1},
		{"in new rows", "key|p|q\na|x|1\nb|y|2\nc|z|3\n", "key|p|q\na|x|1\nb|y|2\nd|z|4\n", "key|p|q\na|x|1\nb|y|2\nc|z|3\n", 1},
		{"in another spelling", "key|p|q\na|x|1\nb|y|2\nc||3\n", "key|p|q\na|x|1\nb|y|2\nd||03\n", "key|p|q\na|x|1\nb|y|2\nc||3\n", 1},
		{"beside a cell that merges", "key|p|q\na|same|1\nb|y|2\n", "key|p|q\na|x|1\nb|same|7\n", "key|p|q\na|same|1\nb|y|7\n", 1},
		{"a swap, half of which goes", "key|p|q\na|x|1\nb|y|2\nc|z|3\n", "key|p|q\na|y|1\nb|z|2\n", "key|p|q\na|x|1\nb|y|2\nc|z|3\n", 2},
		{"a whole swap", "key|p|q\na|x|9\nb|y|2\n", "key|p|q\na|y|1\nb|x|2\n", "key|p|q\na|y|9\nb|x|2\n", 0},
		{"a value given up by ours", "key|p|q\na|z|1\nb|y|2\n", "key|p|q\na|x|1\nb|y|5\n", "key|p|q\na|z|1\nb|y|5\n", 0},
		{"one deleted what the other took", "key|p|q\nb|y|2\n", "key|p|q\na|x|1\nb|y|2\nc|w|4\n", "key|p|q\nb|y|2\nc|w|4\n", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := ruled(t, "key|p|q\na|x|1\nb|y|2\n", strictRules)
			defer f.Close()
			base := f.head(t).ID
			f.must(t)(f.Replace(Replacement{Content: []byte(test.ours), Action: verlog.Update, User: 1}))
			r, err := f.Replace(Replacement{Content: []byte(test.theirs), Action: verlog.Update, User: 2, Base: base})
			if err != nil || r.Conflicts != test.conflicts {
				t.Fatalf("%v, %d conflicts", err, r.Conflicts)
			}
			if diff := cmp.Diff(test.want, f.current(t)); diff != "" {
				t.Error(diff)
			}
			keeps(t, f)
			// The record of the conflicts is found again when it is lost.
			before, _, err := f.openConflicts(f.lines(t))
			if err != nil {
				t.Fatal(err)
			}
			if test.conflicts == 0 {
				return
			}
			if err := os.Remove(filepath.Join(f.dir, conflictsName(r.ID))); err != nil {
				t.Fatal(err)
			}
			if _, err := f.Recover(); err != nil {
				t.Fatal(err)
			}
			after, _, err := f.openConflicts(f.lines(t))
			if diff := cmp.Diff(before, after); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// TestUniqueIndex writes rows into a table that is large enough for indices, and into one that is searched: both take and refuse the
// same.
func TestUniqueIndex(t *testing.T) {
	var b strings.Builder
	b.WriteString("key|p|q\n")
	const rows = 9800
	for i := range rows {
		p := fmt.Sprintf("p%d%s", i, strings.Repeat("z", i%97))
		if i%7 == 3 {
			p = ""
		}
		fmt.Fprintf(&b, "k%d|%s|%d\n", i, p, i)
	}
	if b.Len() < minIndexed {
		t.Fatalf("%d bytes are too few for an index", b.Len())
	}
	with, without := ruled(t, b.String(), strictRules), ruled(t, b.String(), strictRules)
	without.opt.Cache = nil
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	refused := 0
	for n := range 300 {
		i, other := random.IntN(rows), random.IntN(rows)
		key, cells := []string{fmt.Sprintf("k%d", i)}, []Assignment{{Column: "q", Value: fmt.Sprintf("0%d", other)}}
		switch n % 4 {
		case 1:
			key = []string{fmt.Sprintf("new%d", n)}
			cells = []Assignment{{Column: "p", Value: fmt.Sprintf("p%d%s", other, strings.Repeat("z", other%97))}}
		case 2:
			cells[0].Value = fmt.Sprint(rows + random.IntN(40))
		}
		act := func(f *fixture) (Result, error) { return f.Set(1, key, cells) }
		if n%10 == 9 {
			act = func(f *fixture) (Result, error) { return f.Delete(1, key) }
		}
		r1, err1 := act(with)
		r2, err2 := act(without)
		if fmt.Sprint(err1) != fmt.Sprint(err2) || r1.Counts != r2.Counts {
			t.Fatalf("write %d of %q: %v %v, searched %v %v", n, key, r1, err1, r2, err2)
		}
		if fault.KindOf(err1) == fault.Input {
			refused++
		}
		if n == 150 { // a version that no index follows
			for _, f := range []*fixture{with, without} {
				f.must(t)(f.Rollback(1, f.head(t).Base))
			}
		}
	}
	if refused < 50 || refused > 250 {
		t.Errorf("%d writes of 300 were refused", refused)
	}
	names, err := with.opt.Cache.Names()
	if err != nil || !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, ".U") }) {
		t.Errorf("no index was made: %v %q", err, names)
	}
	keeps(t, with)
}

// TestSchemaVersions pairs each version with the schema of its time, and takes both back.
func TestSchemaVersions(t *testing.T) {
	f := newFixture(t, "key|p|q\na|x|1\n")
	defer f.Close()
	bare := f.head(t).ID
	if _, err := f.CreateSchema(1, "", schema.Strict+1); fault.KindOf(err) != fault.Input {
		t.Errorf("no level: %v", err)
	}
	f.must(t)(f.CreateSchema(1, "", schema.Strict))
	made := f.head(t)
	if made.Action != verlog.Schema || made.Rows != 0 {
		t.Errorf("%v", made)
	}
	f.must(t)(f.Migrate(Migration{User: 1, Statements: statements(t, "add r integer default 5\nrename p to name")}))
	if diff := cmp.Diff("key|name|q|r\na|x|1|5\n", f.current(t)); diff != "" {
		t.Error(diff)
	}
	migrated := f.head(t).ID
	schemaOf := func(id stamp.ID) string {
		text, _, err := f.SchemaAt(id)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want := map[stamp.ID]string{bare: "", made.ID: schemaOf(made.ID), migrated: schemaOf(0)}
	if want[made.ID] == "" || want[migrated] == want[made.ID] {
		t.Fatalf("%q", want)
	}
	for _, id := range []stamp.ID{bare, migrated, made.ID, bare, made.ID, migrated} {
		f.must(t)(f.Rollback(1, id))
		if got := schemaOf(0); got != want[id] {
			t.Errorf("back at %s the schema is %q", id, got)
		}
	}
	f.sound(t, false)
	f.must(t)(f.Drop(1))
	f.must(t)(f.Replace(Replacement{Content: []byte("key|p\na|x\n"), Action: verlog.Import, User: 1}))
	if got := schemaOf(0); got != "" {
		t.Errorf("a table made anew has the schema %q", got)
	}
}

// TestSchemaOfNothingNew has no version made where the schema comes out as it is: of statements that change nothing, or that undo each
// other, and of a schema that is stored with lower levels once more.
func TestSchemaOfNothingNew(t *testing.T) {
	f := newFixture(t, "key|p\na|x\n")
	defer f.Close()
	f.must(t)(f.Migrate(Migration{User: 1, Statements: statements(t, "retype p string")}))
	head := f.head(t).ID
	for _, text := range []string{"retype p string", "rename p to q; rename q to p", "add q float default 1; drop q"} {
		f.must(t)(f.Migrate(Migration{User: 1, Statements: statements(t, text)}))
		if got := f.head(t).ID; got != head {
			t.Errorf("%q made a version", text)
		}
	}
	broken := []byte("[schema]\nlevel = \"strict\"\n[[columns]]\nname = \"key\"\n[[columns]]\nname = \"p\"\ntype = \"integer\"\n")
	for range 2 {
		f.must(t)(f.SetSchema(SchemaChange{User: 1, Text: broken, ForceWarn: true}))
		f.must(t)(f.Migrate(Migration{User: 1, Statements: statements(t, "retype p integer"), ForceWarn: true}))
	}
	if n := len(f.lines(t)); n != 3 {
		t.Errorf("%d versions, want 3", n)
	}
}

func statements(t *testing.T, text string) []schema.Statement {
	t.Helper()
	list, err := schema.ParseStatements([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestRecordOfSchema has the state file name the schema, so that no folder is read for it, and a folder without a state file say the
// same.
func TestRecordOfSchema(t *testing.T) {
	f := ruled(t, "key|p|q\na|x|1\n", strictRules)
	defer f.Close()
	f.must(t)(f.Set(1, []string{"a"}, []Assignment{{Column: "q", Value: "2"}}))
	r, _ := f.readRecord()
	_, set, err := f.SchemaAt(0)
	if err != nil || set == 0 || r.schema != set {
		t.Errorf("%v: %s, the state file has %s", err, set, r.schema)
	}
	if err := os.Remove(filepath.Join(f.dir, stateFile)); err != nil {
		t.Fatal(err)
	}
	if _, again, err := f.SchemaAt(0); err != nil || again != set {
		t.Errorf("%v: %s", err, again)
	}
	if _, err := f.Set(1, []string{"a"}, []Assignment{{Column: "q", Value: "two"}}); fault.KindOf(err) != fault.Input {
		t.Errorf("%v", err)
	}
}

// TestDamagedSchema names the file, and takes no write that it could have judged.
func TestDamagedSchema(t *testing.T) {
	f := ruled(t, "key|p|q\na|x|1\n", strictRules)
	defer f.Close()
	_, set, err := f.SchemaAt(0)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.dir, set.String()+schemaSuffix)
	b, _ := os.ReadFile(path)
	if err := os.WriteFile(path, bytes.Replace(b, []byte("integer"), []byte("number"), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Set(1, []string{"a"}, []Assignment{{Column: "q", Value: "2"}}); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("%v", err)
	}
	if problems, _, err := f.Verify(nil); err != nil || len(problems) != 1 || !strings.Contains(problems[0].Text, "is unknown") {
		t.Errorf("%v", problems)
	}
}

// TestLostSchema loses the file of the newest schema, or damages it: recovery takes the copy for it where there is one, and else puts
// the table in order without.
func TestLostSchema(t *testing.T) {
	for _, test := range []struct {
		name    string
		copied  bool
		damage  func(path string) error
		problem string
		keeps   bool
	}{
		{"damaged", true, func(path string) error { return os.WriteFile(path, []byte("[["), 0o666) }, "line 1", true},
		{"missing", true, os.Remove, "is missing", true},
		{"damaged without a copy", false, func(path string) error { return os.WriteFile(path, nil, 0o666) }, "", false},
		{"missing without a copy", false, os.Remove, "is missing", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t, "key|p|q\na|x|1\n")
			defer f.Close()
			if test.copied {
				folder := t.TempDir()
				f.opt.Schemas = func(bool) (*durable.Dir, error) { return durable.OpenDir(folder) }
			}
			f.must(t)(f.SetSchema(SchemaChange{Text: []byte(strictRules), User: 1}))
			f.must(t)(f.Set(1, []string{"a"}, []Assignment{{Column: "q", Value: "2"}}))
			text, set, err := f.SchemaAt(0)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(test.damage(filepath.Join(f.dir, set.String()+schemaSuffix)), os.Remove(filepath.Join(f.dir, stateFile))); err != nil {
				t.Fatal(err)
			}
			problems, _, err := f.Verify(nil)
			if err != nil || test.problem != "" && !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.Text, test.problem) }) {
				t.Errorf("%v %v", problems, err)
			}
			done, err := f.Recover()
			if err != nil {
				t.Fatal(err)
			}
			after, _, err := f.SchemaAt(0)
			if err != nil || (string(after) == string(text)) != test.keeps {
				t.Errorf("%q: %v\n%s", done, err, after)
			}
			if again, err := f.Recover(); err != nil || len(again) > 0 {
				t.Errorf("%q %v", again, err)
			}
			f.must(t)(f.Set(1, []string{"a"}, []Assignment{{Column: "q", Value: "3"}}))
		})
	}
}

// TestVersionsKeepTheirSchemas changes rows and schemas at random: whatever version a table goes back to, alone or as to a moment, it
// has the content and the schema that it had.
func TestVersionsKeepTheirSchemas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFixture(t, "key|p\na|1\n")
		defer f.Close()
		type state struct{ content, schema string }
		now := func() state {
			text, _, err := f.SchemaAt(0)
			if err != nil {
				rt.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(f.dir, currentFile))
			if err != nil {
				rt.Fatal(err)
			}
			return state{string(b), string(text)}
		}
		was := map[stamp.ID]state{f.head(t).ID: now()}
		ids := []stamp.ID{f.head(t).ID}
		note := func(_ Result, err error) {
			if err != nil && fault.KindOf(err) != fault.Input {
				rt.Fatal(err)
			}
			if id := f.head(t).ID; id != ids[len(ids)-1] {
				ids, was[id] = append(ids, id), now()
			}
		}
		for n := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1:
				note(f.Set(1, []string{rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "key")}, []Assignment{{Column: "p", Value: fmt.Sprint(n)}}))
			case 2:
				rule := rapid.SampledFrom([]string{"", "type = 'integer'\n", "unique = true\n", "required = true\n"}).Draw(rt, "rule")
				note(f.SetSchema(SchemaChange{Text: []byte("[[columns]]\nname = 'key'\n[[columns]]\nname = 'p'\n" + rule), User: 1}))
			case 3:
				note(f.Migrate(Migration{User: 1, Statements: statements(t, fmt.Sprintf("add c%d integer default %d", n, n))}))
			case 4:
				to := rapid.SampledFrom(ids).Draw(rt, "to")
				note(f.Rollback(1, to))
				if diff := cmp.Diff(was[to], now(), cmp.AllowUnexported(state{})); diff != "" {
					rt.Fatalf("back at %s:\n%s", to, diff)
				}
			case 5:
				to := rapid.SampledFrom(ids).Draw(rt, "moment")
				note(f.Write(func(s *Session) (*Draft, error) {
					d, _, err := s.GoBack(1, to)
					return d, err
				}))
				if diff := cmp.Diff(was[to], now(), cmp.AllowUnexported(state{})); diff != "" {
					rt.Fatalf("at the moment of %s:\n%s", to, diff)
				}
			}
		}
		for id, want := range was {
			text, _, err := f.SchemaAt(id)
			if err != nil || string(text) != want.schema {
				rt.Errorf("version %s had the schema %q, now %q, %v", id, want.schema, text, err)
			}
		}
		f.sound(t, false)
	})
}
