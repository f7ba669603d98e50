package crash

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// user makes the versions, in the fixture and in the commands.
const user = "ada"

// A fixture is a folder with a database that a command starts from.
type fixture struct {
	tb   testing.TB
	root string
	// moment is when text, menu and gone had one version each. Since then text and menu have changed, gone was deleted
	// and late was made.
	moment time.Time
	// requests are the files by which others wait for the lock of text.
	requests map[string]string
}

// newFixture makes a database with a little of everything.
func newFixture(tb testing.TB) *fixture {
	tb.Helper()
	f := &fixture{tb: tb, root: tb.TempDir()}
	db, _, err := reedbase.Init(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	text, _ := f.put(db, "text", rows(60))
	menu, _ := f.put(db, "menu", rows(3))
	gone, last := f.put(db, "gone", rows(2))
	f.moment = last.Time()
	f.done(text.Set([]string{"key07"}, []reedbase.Assignment{{Column: "value", Value: "changed"}}))
	f.done(text.Apply(append(rows(60), "added|at the end|1\n"...), 0, reedbase.MergeOptions{}))
	f.done(menu.Delete([]string{"key01"}))
	f.done(gone.Drop())
	late, _ := f.put(db, "late", rows(1))
	first, err := text.Resolve("~2")
	f.must(err)
	f.must(text.Tag("first", first.ID))
	for _, t := range []*reedbase.Table{text, menu, gone, late} {
		f.must(t.Close())
	}
	return f
}

// rows returns a table of n rows of uneven length.
func rows(n int) []byte {
	b := []byte("key|value|number\n")
	for i := range n {
		b = fmt.Appendf(b, "key%02d|%s|%d\n", i, strings.Repeat("some text ", i*i%11), i*i)
	}
	return b
}

// statements returns a batch over three tables.
func statements() []byte {
	return []byte(`{"op":"set","table":"text","key":"key11","cells":{"value":"set"},"add":{"number":1},"if":{"number":"121"}}
{"op":"delete","table":"menu","key":"key02"}
{"op":"set","table":"late","key":"fresh","cells":{"value":"a row"},"if-absent":true}
{"op":"set","table":"text","key":"added","add":{"number":"0.5"}}
`)
}

// frame returns statements that change, make and drop tables together.
func frame() []byte {
	return []byte(`BEGIN;
UPDATE text SET number = number + 1 WHERE key = 'key11';
CREATE TABLE fresh (key TEXT PRIMARY KEY, number INTEGER);
INSERT INTO fresh SELECT key, number FROM text WHERE number > 100;
DELETE FROM menu WHERE key <> 'key02';
INSERT INTO late VALUES ('key00', 'again', 7) ON CONFLICT DO UPDATE SET number = excluded.number;
COMMIT;
`)
}

func (f *fixture) must(err error) {
	f.tb.Helper()
	if err != nil {
		f.tb.Fatal(err)
	}
}

func (f *fixture) done(_ reedbase.Result, err error) {
	f.tb.Helper()
	f.must(err)
}

func (f *fixture) put(db *reedbase.DB, name string, content []byte) (*reedbase.Table, reedbase.ID) {
	f.tb.Helper()
	t, result, err := db.Import(name, content, reedbase.ImportOptions{})
	f.must(err)
	return t, result.ID
}

// file returns where a file of the table text stands.
func (f *fixture) file(name string) string { return filepath.Join(tablesIn(f.root), "text", name) }

// change rewrites a file of the table text.
func (f *fixture) change(name string, by func([]byte) []byte) {
	f.tb.Helper()
	b, err := os.ReadFile(f.file(name))
	f.must(err)
	f.must(os.WriteFile(f.file(name), by(b), 0o666))
}

// delta returns the name of the delta of a version of text: 0 is the oldest.
func (f *fixture) delta(at int) string {
	f.tb.Helper()
	lines, err := readLog(f.file("version.log"))
	f.must(err)
	return fmt.Sprintf("%d.bsdiff", lines[at].id)
}

// What a command may start from beside the plain fixture.

func nothing(f *fixture) { f.must(os.RemoveAll(filepath.Join(f.root, ".reed"))) }

func edited(f *fixture) {
	f.change("current.csv", func(b []byte) []byte { return bytes.Replace(b, []byte("|at the end|"), []byte("|by hand|"), 1) })
}

func withoutLog(f *fixture) { f.must(os.Remove(f.file("version.log"))) }

func badLog(f *fixture) {
	f.change("version.log", func(b []byte) []byte {
		b[bytes.IndexByte(b, '\n')-1] ^= 1 // in the first of three lines
		return b
	})
}

func badHead(f *fixture) {
	f.change(f.delta(2), func(b []byte) []byte {
		b[len(b)/2] ^= 1
		return b
	})
}

func badCurrent(f *fixture) {
	f.change("current.csv", func(b []byte) []byte { return make([]byte, len(b)) })
}

func unknown(f *fixture) {
	f.must(os.WriteFile(f.file("outcome-unknown"), []byte("?\n"), 0o666))
}

// torn leaves an append that never ended, and the beginnings of files that were never put in place.
func torn(f *fixture) {
	f.change("version.log", func(b []byte) []byte { return append(b, "17000"...) })
	for _, name := range []string{"current.csv.tmp", "delta.tmp"} {
		f.must(os.WriteFile(f.file(name), bytes.ToUpper(rows(70)), 0o666))
	}
}

// leftovers leaves what commands that were cut short leave, and deltas that were folded away.
func leftovers(f *fixture) {
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	text, err := db.Table("text")
	f.must(err)
	defer text.Close()
	name := f.delta(1)
	folded, err := os.ReadFile(f.file(name))
	f.must(err)
	_, err = text.Prune(1)
	f.must(errors.Join(err, os.WriteFile(f.file(name), folded, 0o666),
		os.WriteFile(f.file("delta.tmp"), folded[:20], 0o666), os.WriteFile(f.file("1234001.bsdiff"), folded, 0o666)))
}

// pending leaves a frame over all tables that is committed and carried out nowhere yet.
func pending(f *fixture) {
	before := files(tablesIn(f.root), func(string) bool { return false })
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	_, err = db.RestoreTo(f.moment, false)
	f.must(err)
	frames := filepath.Join(f.root, ".reed", "frames")
	list, err := filepath.Glob(filepath.Join(frames, "[0-9]*"))
	f.must(err)
	for _, path := range list {
		f.must(os.Rename(path, filepath.Join(frames, "pending", filepath.Base(path))))
	}
	for name, text := range before {
		if strings.HasSuffix(name, "/version.log") || strings.HasSuffix(name, "/current.csv") {
			f.must(os.WriteFile(filepath.Join(tablesIn(f.root), name), []byte(text), 0o666))
			f.must(os.RemoveAll(filepath.Join(tablesIn(f.root), filepath.Dir(name), "state")))
		}
	}
	f.must(os.Remove(filepath.Join(tablesIn(f.root), "gone", "current.csv")))
}

// framed makes a frame over three tables, and goes on in one of them.
func framed(f *fixture) {
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	cell := func(name, key, value string) reedbase.Statement {
		return reedbase.Statement{Table: name, Key: []string{key}, Cells: []reedbase.Assignment{{Column: "value", Value: value}}}
	}
	_, err = db.Batch([]reedbase.Statement{cell("text", "key11", "framed"), cell("menu", "key02", "framed"), cell("late", "key00", "framed")}, "")
	f.must(err)
	text, err := db.Table("text")
	f.must(err)
	defer text.Close()
	f.done(text.Set([]string{"key30"}, []reedbase.Assignment{{Column: "value", Value: "later"}}))
}

// staleEdit is the version first of text, edited.
func staleEdit() []byte {
	return bytes.Replace(append(rows(60), "late|from an old version|2\n"...), []byte("|400\n"), []byte("|401\n"), 1)
}

// clash changes a row that an edit of the version first changes too.
func clash(f *fixture) {
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	text, err := db.Table("text")
	f.must(err)
	defer text.Close()
	f.done(text.Set([]string{"key20"}, []reedbase.Assignment{{Column: "number", Value: "402"}}))
}

// clashed leaves a conflict open.
func clashed(f *fixture) {
	clash(f)
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	text, err := db.Table("text")
	f.must(err)
	defer text.Close()
	first, err := text.Resolve("first")
	f.must(err)
	f.done(text.SetFrom(first.ID, []string{"key20"}, []reedbase.Assignment{{Column: "number", Value: "401"}}, reedbase.MergeOptions{}))
}

// schemed gives the table text a schema.
func schemed(f *fixture) {
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	text, err := db.Table("text")
	f.must(err)
	defer text.Close()
	f.done(text.CreateSchema(reedbase.Strict, ""))
}

// looser returns another schema that the table text keeps.
func looser() []byte {
	return []byte("[[columns]]\nname = \"key\"\nunique = true\n[[columns]]\nname = \"value\"\n[[columns]]\nname = \"number\"\nmin_length = 1\n")
}

// backedUp makes a backup and goes on.
func backedUp(f *fixture) {
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	_, err = db.Backup()
	f.must(err)
	text, err := db.Table("text")
	f.must(err)
	defer text.Close()
	f.done(text.Set([]string{"key07"}, []reedbase.Assignment{{Column: "value", Value: "after the backup"}}))
}

func large(f *fixture) {
	db, err := reedbase.Open(f.root, reedbase.Options{User: user})
	f.must(err)
	defer db.Close()
	t, _ := f.put(db, "large", bytes.ReplaceAll(rows(99), []byte("some text "), bytes.Repeat([]byte("many words "), 80)))
	f.must(t.Close())
}

// words makes a command line; $MOMENT in it is the moment of the fixture.
func (f *fixture) words(argv []string) []string {
	list := make([]string, len(argv))
	for i, word := range argv {
		list[i] = strings.ReplaceAll(word, "$MOMENT", f.moment.Format(stamp.Layout))
	}
	return list
}
