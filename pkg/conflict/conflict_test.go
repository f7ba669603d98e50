package conflict

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
)

func drawID(t *rapid.T) ID {
	return ID{stamp.ID(rapid.Uint64Range(1, 1<<60).Draw(t, "version")), rapid.IntRange(1, 99).Draw(t, "n")}
}

func drawNames(t *rapid.T) []string {
	return rapid.SliceOfN(rapid.StringMatching(`[a-z|"\n\r#ü]{1,4}`), 0, 3).Filter(func(l []string) bool { return len(l) > 0 }).Draw(t, "names")
}

func drawSide(t *rapid.T, user bool) (s Side) {
	s = Side{Version: stamp.ID(rapid.Uint64Range(0, 1<<60).Draw(t, "version")), Columns: drawNames(t)}
	if user {
		s.User = rapid.Uint64().Draw(t, "user")
	}
	if rapid.Bool().Draw(t, "there") {
		cells := make([][]byte, len(s.Columns))
		for i := range cells {
			cells[i] = []byte(rapid.StringMatching(`[a|"\n\r#ü]{0,4}`).Draw(t, "cell"))
		}
		if s.Record = row.AppendRecord(nil, cells, ""); len(s.Record) == 0 {
			s.Record = nil
		}
	}
	return s
}

func drawFile(t *rapid.T) (f File) {
	for range rapid.IntRange(0, 3).Draw(t, "opened") {
		c := Conflict{ID: drawID(t), Kind: Kind(rapid.IntRange(0, 3).Draw(t, "kind")), Kept: rapid.SampledFrom([]string{"ours", "theirs", "both"}).Draw(t, "kept")}
		if c.Kind != Header {
			c.Key = []byte(rapid.StringMatching(`[a|"\n\r#ü]{0,4}`).Draw(t, "key"))
		}
		if rapid.Bool().Draw(t, "columns") {
			c.Columns = drawNames(t)
		}
		c.Base, c.Ours, c.Theirs = drawSide(t, false), drawSide(t, true), drawSide(t, true)
		f.Opened = append(f.Opened, c)
	}
	for range rapid.IntRange(0, 3).Draw(t, "settled") {
		s := Settled{ID: drawID(t), By: "ours"}
		if rapid.Bool().Draw(t, "some") {
			s.Columns = drawNames(t)
		}
		f.Settled = append(f.Settled, s)
	}
	return f
}

func TestFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t)
		back, err := Parse(f.Encode())
		if diff := cmp.Diff(f, back); diff != "" || err != nil {
			t.Fatalf("%s\n%s %v", f.Encode(), diff, err)
		}
		open, err := ParseTable(Table(f.Opened))
		if diff := cmp.Diff(f.Opened, open); diff != "" || err != nil {
			t.Fatalf("%s\n%s %v", Table(f.Opened), diff, err)
		}
		if err := row.Check(Table(nil), []int{0}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOpen(t *testing.T) {
	a, b := ID{10, 1}, ID{10, 2}
	files := []File{
		{Opened: []Conflict{{ID: a, Columns: []string{"x", "y"}}, {ID: b}}},
		{Settled: []Settled{{ID: a, Columns: []string{"x"}}, {ID: ID{9, 1}}}},
	}
	if diff := cmp.Diff([]Conflict{{ID: a, Columns: []string{"y"}}, {ID: b}}, Open(files)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"x", "y"}, files[0].Opened[0].Columns); diff != "" {
		t.Error("the files were changed", diff)
	}
	files = append(files, File{Settled: []Settled{{ID: a, Columns: []string{"y"}}, {ID: b}}})
	if open := Open(files); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}

func TestDamage(t *testing.T) {
	f := File{Opened: []Conflict{{ID: ID{10, 1}, Key: []byte("k"), Kept: "ours", Columns: []string{"v"}, Ours: Side{Version: 9, User: 3, Columns: []string{"k", "v"}, Record: []byte("k|1")}}}}
	whole := f.Encode()
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			if _, err := Parse(b); fault.KindOf(err) != fault.Corrupt {
				t.Fatalf("bit %d of byte %d: %v", bit, i, err)
			}
		}
		if _, err := Parse(whole[:i]); fault.KindOf(err) != fault.Corrupt {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

func TestParseID(t *testing.T) {
	if id, err := ParseID("1795406626211522001.3"); err != nil || id != (ID{1795406626211522001, 3}) || id.String() != "1795406626211522001.3" {
		t.Error(id, err)
	}
	for _, bad := range []string{"", "1", "1.", ".1", "1.0", "0.1", "1.01", "01.1", "1.1.1", "1.-1", "a.1", "1.x"} {
		if id, err := ParseID(bad); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %v %v", bad, id, err)
		}
	}
	if (ID{1, 2}).Compare(ID{1, 10}) >= 0 || (ID{2, 1}).Compare(ID{1, 10}) <= 0 {
		t.Error("conflicts are not ordered by age")
	}
}

func FuzzParse(f *testing.F) {
	file := File{Opened: []Conflict{{ID: ID{10, 1}, Key: []byte("k")}}, Settled: []Settled{{ID: ID{9, 1}, Columns: []string{"a"}, By: "ours"}}}
	f.Add(file.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := Parse(b); err == nil && !bytes.Equal(file.Encode(), b) {
			t.Errorf("%q comes back as %q", b, file.Encode())
		}
		if open, err := ParseTable(b); err == nil {
			if again, err := ParseTable(Table(open)); err != nil || cmp.Diff(open, again) != "" {
				t.Errorf("%q: %v", b, err)
			}
		}
	})
}
