package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestMain is also the program of the processes that tests start. It has the tests work in memory where there is a place for that: they flush files thousands of times.
func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == childMark {
		if err := child(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() && os.Getenv("TMPDIR") == "" {
		os.Setenv("TMPDIR", memory)
	}
	os.Exit(m.Run())
}

// db is a database in a folder of its own.
type db struct {
	*Store
	t      *testing.T
	dir    string // that holds .reed
	mu     sync.Mutex
	warned []string
}

func newDB(t *testing.T) *db {
	t.Helper()
	d := &db{t: t, dir: t.TempDir()}
	d.open(true)
	return d
}

// open opens the database, anew when it was open.
func (d *db) open(create bool) {
	d.t.Helper()
	o := Options{Wait: time.Minute, Trust: true, Warn: func(text string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.warned = append(d.warned, text)
	}}
	var err error
	if d.Store != nil {
		d.Close()
	}
	if create {
		d.Store, _, err = Init(d.dir, o)
	} else {
		d.Store, err = Open(d.dir, o)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	s := d.Store
	d.t.Cleanup(func() { s.Close() })
}

// path returns where a file of the database stands.
func (d *db) path(name ...string) string {
	return filepath.Join(append([]string{d.dir, Folder}, name...)...)
}

// write makes text the content of a table, which may be new.
func (d *db) write(name, text string) stamp.ID {
	d.t.Helper()
	t, err := d.MakeTable(name)
	if err != nil {
		d.t.Fatal(err)
	}
	defer t.Close()
	r, err := t.Replace(table.Replacement{Content: []byte(text), Action: verlog.Update, User: 1001})
	if err != nil {
		d.t.Fatal(err)
	}
	return r.ID
}

func (d *db) drop(name string) stamp.ID {
	d.t.Helper()
	t, err := d.Table(name)
	if err != nil {
		d.t.Fatal(err)
	}
	defer t.Close()
	r, err := t.Drop(1001)
	if err != nil {
		d.t.Fatal(err)
	}
	return r.ID
}

// texts returns what each table holds, by name; deleted ones are left out.
func (d *db) texts() map[string]string {
	d.t.Helper()
	names, err := d.Names()
	if err != nil {
		d.t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		t, err := d.Table(name)
		if err != nil {
			d.t.Fatal(err)
		}
		c, err := t.Read()
		if err == nil {
			b, err := c.Bytes()
			if err != nil {
				d.t.Fatal(err)
			}
			all[name] = string(b)
			c.Close()
		} else if fault.KindOf(err) != fault.NotFound {
			d.t.Fatal(err)
		}
		t.Close()
	}
	return all
}

// sound fails the test when a check finds damage.
func (d *db) sound() {
	d.t.Helper()
	found, _, err := d.Check(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, f := range found {
		if !f.Note {
			d.t.Errorf("check: %s", f.Problem)
		}
	}
}

// tree returns the files below path and what they hold, but for those that say when they were last looked at.
func tree(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(path, p)
		if base := filepath.Base(name); base == "state" || base == "lock" || strings.HasSuffix(base, ".lock") {
			return nil
		}
		b, err := os.ReadFile(p)
		files[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

const small = "key|value\na|1\nb|2\n"

func TestInitTwice(t *testing.T) {
	d := newDB(t)
	d.write("t", small)
	if _, err := d.User("ada"); err != nil {
		t.Fatal(err)
	}
	before := tree(t, d.dir)
	s, created, err := Init(d.dir, Options{})
	if err != nil || created {
		t.Fatalf("created %v: %v", created, err)
	}
	s.Close()
	if diff := cmp.Diff(before, tree(t, d.dir)); diff != "" {
		t.Errorf("a second init changed the database (-before +after):\n%s", diff)
	}
	d.sound()
}

// TestInitAtOnce has fifty make one database at once: one of them does.
func TestInitAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "er")
	var wg sync.WaitGroup
	var mu sync.Mutex
	made, nodes := 0, map[string]bool{}
	for range 50 {
		wg.Go(func() {
			s, created, err := Init(dir, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			n, err := s.Node()
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			nodes[n.Node] = true
			if created {
				made++
			}
		})
	}
	wg.Wait()
	if made != 1 || len(nodes) != 1 {
		t.Errorf("%d made it, of %d nodes", made, len(nodes))
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v: %v", entries, err)
	}
}

func TestInitInTheWay(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"file": func(path string) error { return os.WriteFile(path, nil, 0o666) },
		"link": func(path string) error { return os.Symlink("/", path) },
	} {
		dir := t.TempDir()
		if err := put(filepath.Join(dir, Folder)); err != nil {
			t.Fatal(err)
		}
		if s, created, err := Init(dir, Options{Trust: true}); err == nil || created {
			t.Errorf("%s: %v %v", name, s, created)
		}
	}
}

func TestFind(t *testing.T) {
	d := newDB(t)
	deep := filepath.Join(d.dir, "a", "b")
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, start := range []string{d.dir, deep} {
		if got, err := Find(start); err != nil || got != d.dir {
			t.Errorf("from %q: %q %v", start, got, err)
		}
	}
	if got, err := Find(t.TempDir()); fault.KindOf(err) != fault.NotFound || fault.HintOf(err) == "" {
		t.Errorf("found %q: %v", got, err)
	}
	if _, err := Open(t.TempDir(), Options{}); fault.KindOf(err) != fault.NotFound || fault.HintOf(err) == "" {
		t.Errorf("opened nothing: %v", err)
	}
}

// TestOwner opens a database of another user.
func TestOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	d := newDB(t)
	if err := os.Chown(d.path(), 12345, 12345); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sudo  string
		trust bool
		fails bool
	}{{"", false, true}, {"", true, false}, {"12345", false, false}, {"1234", false, true}} {
		t.Setenv("SUDO_UID", c.sudo)
		s, err := Open(d.dir, Options{Trust: c.trust})
		if (err != nil) != c.fails || err != nil && fault.HintOf(err) == "" {
			t.Errorf("%+v: %v", c, err)
		}
		if err == nil {
			s.Close()
		}
	}
}

func TestConfig(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""}, {DefaultConfig, ""}, {"[commit]\nsync = \"full\"\n", ""},
		{"[commit]\nsinc = \"full\"\n", `line 2: unknown setting "commit.sinc"`},
		{"[other]\nx = 1\n", `line 1: unknown setting`}, {"[commit]\nsync = \"half\"\n", "sync"},
		{"[commit]\nlock-timeout = \"soon\"\n", "lock-timeout"}, {"[commit]\nlock-timeout = \"-1s\"\n", "lock-timeout"},
		{"[commit]\nmax-versions = -1\n", "max-versions"}, {"[backup]\nkeep = -1\n", "keep"}, {"[frames]\nkeep-days = -1\n", "keep-days"}, {"[commit\n", "line 1"},
		{"[query]\nmax-length = 0\n", "max-length"}, {"[query]\nmax-rows = -1\n", "max-rows"}, {"[query]\ntimeout = \"soon\"\n", "timeout"},
		{"[query]\nmax-memory = 0\n", "max-memory"}, {"[query]\nmax-memory = 9999999\n", "max-memory"},
		{"[commit]\nmax-versions = \"many\"\n", "line 2"}, {"\x00", "line 1"},
	} {
		got, err := ParseConfig([]byte(c.text))
		if c.want == "" {
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			continue
		}
		if fault.KindOf(err) != fault.Input || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %+v %v of kind %v", c.text, got, err, fault.KindOf(err))
		}
	}
	d := newDB(t)
	for text, kind := range map[string]fault.Kind{"[commit]\nsync = \"none\"\n": fault.Input, "[commit]\nlock-timeout = \"5s\"": fault.Other} {
		if err := os.WriteFile(d.path(configFile), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		d.open(false)
		c, err := d.Config()
		if fault.KindOf(err) != kind || err == nil && c.Wait() != 5*time.Second || err != nil && !strings.Contains(err.Error(), configFile) {
			t.Errorf("%q: %+v %v", text, c, err)
		}
	}
	if err := os.Remove(d.path(configFile)); err != nil {
		t.Fatal(err)
	}
	d.open(false)
	if c, err := d.Config(); err != nil || !reflect.DeepEqual(c, defaults()) {
		t.Errorf("without a file: %+v %v", c, err)
	}
}

func TestNode(t *testing.T) {
	d := newDB(t)
	n, err := d.Node()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ParseNode(n.encode()); err != nil || back != n {
		t.Errorf("%+v comes back as %+v: %v", n, back, err)
	}
	good := string(n.encode())
	for _, c := range []struct {
		text string
		open fault.Kind // of the error of opening
		user fault.Kind // of that of writing
	}{
		{strings.Replace(good, "format = 1", "format = 2", 1), fault.Format, fault.Format},
		{strings.Replace(good, "format = 1\n", "", 1), fault.Format, fault.Format},
		{strings.Replace(good, "number = 1", "number = 0", 1), fault.Other, fault.Corrupt},
		{strings.Replace(good, "number = 1", "number = 1000", 1), fault.Other, fault.Corrupt},
		{strings.Replace(good, "number = 1", "number = 999", 1), fault.Other, fault.Other},
		{"junk", fault.Other, fault.Corrupt}, {"\x00\x00", fault.Other, fault.Corrupt},
	} {
		if err := os.WriteFile(d.path(nodeFile), []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		s, err := Open(d.dir, Options{Trust: true})
		if fault.KindOf(err) != c.open {
			t.Errorf("open with %q: %v", c.text, err)
		}
		if err != nil {
			continue
		}
		if _, err := s.User("ada"); fault.KindOf(err) != c.user {
			t.Errorf("write with %q: %v of kind %v", c.text, err, fault.KindOf(err))
		}
		s.Close()
	}
	if err := os.Remove(d.path(nodeFile)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(d.dir, Options{Trust: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.User("ada"); fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "" {
		t.Errorf("write without a file: %v of kind %v", err, fault.KindOf(err))
	}
}

// TestMissingTables opens a database of which a copy has no empty folders; where there were tables, their folder is missed.
func TestMissingTables(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{tablesFolder, framesFolder, cacheFolder} {
		if err := os.RemoveAll(d.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	d.open(false)
	d.write("t", small)
	if err := os.Rename(d.path(tablesFolder), d.path("moved")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(d.dir, Options{Trust: true}); fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "" {
		t.Errorf("%v of kind %v", err, fault.KindOf(err))
	}
}

// TestClock takes the clock away, garbles it and has it be of another boot: ids grow all the same.
func TestClock(t *testing.T) {
	d := newDB(t)
	last := d.write("t", small)
	far := stamp.First(time.Now().Add(24*time.Hour)) + 1
	for i, change := range []func(){
		func() {},
		func() { os.Remove(d.path(clockFile)) },
		func() { os.WriteFile(d.path(clockFile), nil, 0o666) },
		func() { os.WriteFile(d.path(clockFile), []byte("junk"), 0o666) },
		func() { os.WriteFile(d.path(clockFile), make([]byte, clockSize), 0o666) },
		func() {
			line := strings.Replace(string(clockLine(far)), durable.BootID(), strings.Repeat("x", len(durable.BootID())), 1)
			os.WriteFile(d.path(clockFile), []byte(line), 0o666)
		},
		func() {
			os.WriteFile(d.path("tables", "t", far.String()+".bsdiff"), []byte("of a write that never counted"), 0o666)
		},
		func() { os.Remove(d.path(clockFile)) },
		func() { os.Remove(d.path("tables", "t", far.String()+".bsdiff")) },
		func() { os.Remove(d.path(clockFile)) },
	} {
		change()
		id := d.write("t", fmt.Sprintf("key|value\na|%d\n", i))
		if id <= last {
			t.Errorf("after change %d: id %s, and %s before", i, id, last)
		}
		if i == 7 && id <= far {
			t.Errorf("id %s is not above that of a delta, %s", id, far)
		}
		last = id
	}
	d.sound()
}

// TestClockBackwards has the clock file know ids that the wall clock has not come to yet.
func TestClockBackwards(t *testing.T) {
	d := newDB(t)
	future := stamp.First(time.Now().Add(24*time.Hour)) + 1
	if err := os.WriteFile(d.path(clockFile), clockLine(future), 0o666); err != nil {
		t.Fatal(err)
	}
	last := future
	for i := range 1000 {
		name := []string{"t", "u"}[i%2]
		id := d.write(name, fmt.Sprintf("key|value\na|%d\n", i))
		if id <= last || id.Node() != 1 {
			t.Fatalf("id %s after %s", id, last)
		}
		last = id
	}
	d.sound()
}

// TestDamageIsContained hurts one table: others can be written all the same, clock or no clock.
func TestDamageIsContained(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{"a", "b", "c"} {
		d.write(name, small)
	}
	if err := os.WriteFile(d.path("tables", "notes.csv"), []byte("a file somebody put here"), 0o666); err != nil {
		t.Fatal(err)
	}
	log := d.path("tables", "b", "version.log")
	if err := errors.Join(os.Remove(log), os.Mkdir(log, 0o777)); err != nil {
		t.Fatal(err)
	}
	os.Remove(d.path(clockFile))
	d.write("a", "key|value\na|9\n")
	d.write("new", small)
	found, _, err := d.Check(nil)
	if err != nil || len(found) == 0 {
		t.Fatalf("check: %v %v", found, err)
	}
	for _, f := range found {
		if f.Table != "b" && !f.Note {
			t.Errorf("%s: %s", f.Table, f.Problem)
		}
	}
	if _, err := d.Recover(""); err != nil {
		t.Error(err)
	}
	want := map[string]string{"a": "key|value\na|9\n", "b": small, "c": small, "new": small}
	if diff := cmp.Diff(want, d.texts()); diff != "" {
		t.Error(diff)
	}
	d.sound()
}

// TestUsersLost loses users.dict: history keeps its codes, and no new user is given one of them.
func TestUsersLost(t *testing.T) {
	for _, gone := range []string{registryFolder + "/users.dict", registryFolder + "/actions.dict", registryFolder} {
		d := newDB(t)
		d.write("t", small)
		ada, err := d.User("ada")
		if err != nil {
			t.Fatal(err)
		}
		x, err := d.Table("t")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Set(ada, []string{"a"}, []table.Assignment{{Column: "value", Value: "9"}}); err != nil {
			t.Fatal(err)
		}
		os.RemoveAll(d.path(gone))
		if found, _, err := d.Check(nil); err != nil || len(found) == 0 || found[0].Note {
			t.Errorf("%s: check: %v %v", gone, found, err)
		}
		if lines, err := x.Lines(); err != nil || lines[1].User != ada {
			t.Errorf("%s: history: %v %v", gone, lines, err)
		}
		x.Close()
		if _, err := d.User("bob"); gone != registryFolder+"/actions.dict" && (fault.KindOf(err) != fault.Corrupt || fault.HintOf(err) == "") {
			t.Errorf("%s: a new user: %v", gone, err)
		}
		if done, err := d.Recover(""); err != nil || len(done) == 0 {
			t.Fatalf("%s: recover: %v %v", gone, done, err)
		}
		bob, err := d.User("bob2")
		if err != nil || bob == ada || bob == 1001 {
			t.Errorf("%s: bob has code %d, ada %d: %v", gone, bob, ada, err)
		}
		if done, err := d.Recover(""); err != nil || len(done) > 0 {
			t.Errorf("%s: recover again: %v %v", gone, done, err)
		}
		d.sound()
	}
}

// TestUsersLostWithALog loses users.dict while a log is damaged: both come back.
func TestUsersLostWithALog(t *testing.T) {
	d := newDB(t)
	d.write("t", small)
	os.Remove(d.path(registryFolder, "users.dict"))
	log := d.path("tables", "t", "version.log")
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	b[3] ^= 1
	if err := os.WriteFile(log, b, 0o666); err != nil {
		t.Fatal(err)
	}
	if done, err := d.Recover(""); err != nil || len(done) < 2 {
		t.Errorf("recover: %v %v", done, err)
	}
	d.sound()
}

// TestNames lists what is a table and nothing else.
func TestNames(t *testing.T) {
	d := newDB(t)
	for _, name := range []string{"b", "a", "api.security", "x_1-y"} {
		d.write(name, small)
	}
	d.drop("b")
	for _, name := range []string{"Upper", ".hidden"} {
		if err := os.Mkdir(d.path("tables", name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a", d.path("tables", "link")); err != nil {
		t.Fatal(err)
	}
	got, err := d.Names()
	if diff := cmp.Diff([]string{"a", "api.security", "b", "x_1-y"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, name := range []string{"", ".", "..", "a/b", "../tables/a", "A", "a..b", "a\x00", "-a", ".a", strings.Repeat("a", 65)} {
		if _, err := d.Table(name); fault.KindOf(err) != fault.Input {
			t.Errorf("table %q: %v", name, err)
		}
		if _, err := d.MakeTable(name); fault.KindOf(err) != fault.Input {
			t.Errorf("make table %q: %v", name, err)
		}
	}
	if _, err := d.Table("link"); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("a link: %v", err)
	}
	if _, err := d.Table("none"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no table: %v", err)
	}
}
