package store

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/table"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// stocked returns a database with a little of everything.
func stocked(t *testing.T) *db {
	d := newDB(t)
	if _, err := d.User("ada"); err != nil {
		t.Fatal(err)
	}
	d.write("a", small)
	d.write("api.security", "k|v\r\nx|\"1\n2\"\r\n")
	gone := d.write("gone", small)
	d.drop("gone")
	x, err := d.Table("a")
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if _, err := x.Replace(table.Replacement{Content: []byte("key|value\na|3\n"), Action: verlog.Import, User: 1001, Key: []string{"key"}, Note: "a remark"}); err != nil {
		t.Fatal(err)
	}
	if err := x.Tag("named", gone); err == nil {
		t.Error("a version of another table was named")
	}
	head, err := x.Head()
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Tag("named", head.ID); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *db) backup() Backup {
	d.t.Helper()
	b, err := d.Backup()
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// lasting leaves out of a tree what no backup holds: it is derived, or a backup itself.
func lasting(files map[string]string) map[string]string {
	for name := range files {
		dir := strings.SplitN(name, "/", 2)[0]
		if name == clockFile || dir == "cache" || dir == schemaFolder || dir == backupsFolder || strings.HasSuffix(name, "/current.csv") {
			delete(files, name)
		}
	}
	return files
}

func TestBackupRestore(t *testing.T) {
	d := stocked(t)
	edited := "key|value\nby|hand\n"
	if err := os.WriteFile(d.path("tables", "a", "current.csv"), []byte(edited), 0o666); err != nil {
		t.Fatal(err)
	}
	schema := "# not recorded yet\n"
	if err := os.MkdirAll(d.path(schemaFolder), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.path(schemaFolder, "a"+table.CopySuffix), []byte(schema), 0o666); err != nil {
		t.Fatal(err)
	}
	want, texts := lasting(tree(t, d.path())), d.texts()
	b := d.backup()
	info, err := os.Stat(d.path(backupsFolder, b.Name))
	if err != nil || info.Size() != b.Size {
		t.Fatalf("%+v %v %v", b, info, err)
	}
	into := filepath.Join(t.TempDir(), "new", "place")
	if kept, err := d.RestoreBackup(b.Name, into); err != nil || kept != "" {
		t.Fatalf("kept %q: %v", kept, err)
	}
	got := lasting(tree(t, filepath.Join(into, Folder)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	if got, err := os.ReadFile(filepath.Join(into, Folder, schemaFolder, "a"+table.CopySuffix)); string(got) != schema {
		t.Errorf("the edited schema is %q: %v", got, err)
	}
	r := &db{t: t, dir: into}
	r.open(false)
	if diff := cmp.Diff(texts, r.texts()); diff != "" {
		t.Errorf("the tables (-want +got):\n%s", diff)
	}
	r.sound()
	r.write("api.security", small)
	if _, err := d.RestoreBackup(b.Name, into); fault.KindOf(err) != fault.Input {
		t.Errorf("into a place that is taken: %v", err)
	}
	if _, err := d.RestoreBackup("none", into); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no backup: %v", err)
	}
	if problems, err := d.VerifyBackup(d.path(backupsFolder, b.Name)); err != nil || len(problems) > 0 {
		t.Errorf("by its path: %v %v", problems, err)
	}
}

func TestRestoreInPlace(t *testing.T) {
	d := stocked(t)
	texts := d.texts()
	first := d.backup()
	d.write("a", "key|value\nlater|1\n")
	d.write("later", small)
	second := d.backup()
	before := lasting(tree(t, d.path()))

	waiter, err := d.Table("a") // opened before, writes after
	if err != nil {
		t.Fatal(err)
	}
	defer waiter.Close()
	kept, err := d.RestoreBackup(first.Name, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, lasting(tree(t, kept))); diff != "" {
		t.Errorf("the tree that was there (-want +got):\n%s", diff)
	}
	if _, err := waiter.Set(1, []string{"a"}, []table.Assignment{{Column: "value", Value: "lost"}}); fault.KindOf(err) != fault.Busy {
		t.Errorf("a write into the tree that was there: %v", err)
	}
	d.open(false)
	if diff := cmp.Diff(texts, d.texts()); diff != "" {
		t.Errorf("the tables (-want +got):\n%s", diff)
	}
	d.sound()
	list, err := d.Backups()
	if err != nil || len(list) != 2 || list[0].Name != second.Name || list[1] != first {
		t.Errorf("backups: %v %v", list, err)
	}
	if _, err := d.RestoreBackup(second.Name, ""); err != nil {
		t.Fatal(err)
	}
	d.open(false)
	if diff := cmp.Diff(before, lasting(tree(t, d.path()))); diff != "" {
		t.Errorf("forth again (-want +got):\n%s", diff)
	}
}

// TestBackupDamage changes an archive in every way: a byte here and there, its length, members.
func TestBackupDamage(t *testing.T) {
	d := stocked(t)
	b := d.backup()
	path := d.path(backupsFolder, b.Name)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := func(what string, archive []byte) {
		t.Helper()
		if err := os.WriteFile(path, archive, 0o666); err != nil {
			t.Fatal(err)
		}
		problems, err := d.VerifyBackup(b.Name)
		if err != nil || len(problems) == 0 {
			t.Errorf("%s is not noticed: %v %v", what, problems, err)
		}
	}
	for at := range good {
		if at%7 == 0 || at < 1024 {
			changed := slices.Clone(good)
			changed[at] ^= 1 << (at % 8)
			bad(fmt.Sprintf("a change at %d", at), changed)
		}
	}
	for n := 0; n < len(good); n += 111 {
		bad(fmt.Sprintf("a cut at %d", n), good[:n])
	}
	bad("a tail", append(slices.Clone(good), 0))
	bad("itself twice", slices.Concat(good, good))
	kept := tree(t, d.dir)
	for _, into := range []string{"", t.TempDir()} {
		if _, err := d.RestoreBackup(b.Name, into); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("restored from damage into %q: %v", into, err)
		}
		if diff := cmp.Diff(kept, tree(t, d.dir)); diff != "" {
			t.Error(diff)
		}
	}
	if err := os.WriteFile(path, good, 0o666); err != nil {
		t.Fatal(err)
	}
	if problems, err := d.VerifyBackup(b.Name); err != nil || len(problems) > 0 {
		t.Errorf("the good one: %v %v", problems, err)
	}
}

// archiveOf makes an archive with a manifest that fits.
func archiveOf(t *testing.T, headers ...*tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	manifest := ""
	for _, h := range headers {
		data := []byte("evil")
		if h.Typeflag == 0 {
			h.Size = int64(len(data))
			manifest += manifestLine(h.Name, data) + "\n"
		}
		h.Format, h.Mode = tar.FormatPAX, 0o644
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == 0 {
			w.Write(data)
		}
	}
	if err := addMember(w, manifestName, []byte(manifest)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

// TestHostileBackup restores archives whose members belong somewhere else.
func TestHostileBackup(t *testing.T) {
	d := newDB(t)
	for name, headers := range map[string][]*tar.Header{
		"above":            {{Name: "../evil"}},
		"far above":        {{Name: "tables/t/../../../evil"}},
		"absolute":         {{Name: "/tmp/evil"}},
		"no name":          {{Name: ""}},
		"here":             {{Name: "."}},
		"beside":           {{Name: "evil"}},
		"folder":           {{Name: "tables"}},
		"folder of tables": {{Name: "tables/t"}},
		"deeper":           {{Name: "tables/t/aside/evil"}},
		"no table":         {{Name: "tables/T/version.log"}},
		"backups":          {{Name: "backups/evil"}},
		"link":             {{Name: "tables/t/version.log", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}},
		"hard link":        {{Name: "tables/t/version.log", Typeflag: tar.TypeLink, Linkname: "config.toml"}},
		"fifo":             {{Name: "tables/t/version.log", Typeflag: tar.TypeFifo}},
		"twice":            {{Name: "config.toml"}, {Name: "config.toml"}},
		"manifest twice":   {{Name: manifestName}},
		"records":          {{Name: "config.toml", PAXRecords: map[string]string{"comment": "hidden"}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "evil.tar")
			if err := os.WriteFile(path, archiveOf(t, headers...), 0o666); err != nil {
				t.Fatal(err)
			}
			if problems, err := d.VerifyBackup(path); err != nil || len(problems) == 0 {
				t.Errorf("verified: %v %v", problems, err)
			}
			into := t.TempDir()
			if _, err := d.RestoreBackup(path, into); fault.KindOf(err) != fault.Corrupt {
				t.Errorf("restored: %v", err)
			}
			if left := tree(t, into); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestPruneBackups(t *testing.T) {
	d := newDB(t)
	d.write("t", small)
	if list, err := d.Backups(); err != nil || len(list) != 0 {
		t.Errorf("before there is one: %v %v", list, err)
	}
	var made []Backup
	for range 5 {
		made = append(made, d.backup())
	}
	for _, name := range []string{"notes.txt", "backup-yesterday.tar", made[0].Name + tempSuffix} {
		if err := os.WriteFile(d.path(backupsFolder, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	slices.Reverse(made)
	if list, err := d.Backups(); err != nil || cmp.Diff(made, list) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(made, list))
	}
	for _, c := range []struct{ keep, gone int }{{9, 0}, {5, 0}, {3, 2}, {0, 3}} {
		gone, err := d.PruneBackups(c.keep)
		if err != nil || len(gone) != c.gone {
			t.Errorf("keep %d: %v %v", c.keep, gone, err)
		}
		if list, err := d.Backups(); err != nil || len(list) != min(c.keep, len(made)) || len(list) > 0 && list[0] != made[0] {
			t.Errorf("keep %d: left %v %v", c.keep, list, err)
		}
	}
	if _, err := d.PruneBackups(-1); fault.KindOf(err) != fault.Input {
		t.Errorf("keep -1: %v", err)
	}
	if left := tree(t, d.path(backupsFolder)); len(left) != 3 {
		t.Errorf("the files of others: %v", left)
	}
}

// TestBackupDuringWrites backs up while two tables are written in pairs, and one is folded: what it holds is a moment.
func TestBackupDuringWrites(t *testing.T) {
	d := newDB(t)
	content := func(i int) string { return fmt.Sprintf("key|value\na|%d\n", i) }
	d.write("a", content(0))
	d.write("b", content(0))
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			d.write("a", content(i))
			d.write("b", content(i))
			if i%5 == 0 {
				x, err := d.Table("a")
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := x.Prune(1, 2); err != nil {
					t.Error(err)
				}
				x.Close()
			}
		}
	}()
	for range 10 {
		b := d.backup()
		into := t.TempDir()
		if _, err := d.RestoreBackup(b.Name, into); err != nil {
			t.Fatal(err)
		}
		r := &db{t: t, dir: into}
		r.open(false)
		texts := r.texts()
		var i, j int
		fmt.Sscanf(texts["a"], "key|value\na|%d\n", &i)
		fmt.Sscanf(texts["b"], "key|value\na|%d\n", &j)
		if i != j && i != j+1 {
			t.Errorf("a at %d, b at %d: that never was", i, j)
		}
		r.sound()
		r.Close()
	}
	close(stop)
	<-done
	d.sound()
}

func FuzzArchive(f *testing.F) {
	d := f.TempDir()
	s, _, err := Init(d, Options{Trust: true})
	if err != nil {
		f.Fatal(err)
	}
	b, err := s.Backup()
	if err != nil {
		f.Fatal(err)
	}
	archive, err := os.ReadFile(filepath.Join(d, Folder, backupsFolder, b.Name))
	if err != nil {
		f.Fatal(err)
	}
	s.Close()
	f.Add(archive)
	f.Add(archive[:2048])
	path := filepath.Join(d, "x.tar")
	f.Fuzz(func(t *testing.T, archive []byte) {
		if err := os.WriteFile(path, archive, 0o666); err != nil {
			t.Fatal(err)
		}
		problems, err := s.VerifyBackup(path)
		if err != nil {
			t.Fatal(err)
		}
		into := t.TempDir()
		_, err = s.RestoreBackup(path, into)
		if (err == nil) != (len(problems) == 0) {
			t.Errorf("problems %v, and restored: %v", problems, err)
		}
		if err != nil && len(tree(t, into)) > 0 {
			t.Errorf("left behind: %v", tree(t, into))
		}
	})
}
