package table

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

var someRecord = record{
	boot:    "b2c3",
	current: durable.Stat{Mount: 1, Device: 2, Inode: 3, Size: 4, Modified: 5, Changed: 6},
	version: 7001, head: verlog.Line{ID: 7001, Action: verlog.Update, User: 1, Base: 6001, Size: 8, Rows: 1},
	log: durable.Stat{Mount: 1, Device: 2, Inode: 9, Size: 10, Modified: 11, Changed: 12},
	key: []string{"a", "b|c\n\"", ""},
}

func TestRecordRoundTrip(t *testing.T) {
	for _, key := range [][]string{nil, {"a"}, {"a", "b"}, {"", "|", "\"\n\x00é\xff"}} {
		r := someRecord
		r.key = key
		b := r.encode()
		back, ok := parseRecord(b)
		if diff := cmp.Diff(r, back, cmp.AllowUnexported(record{})); diff != "" || !ok || len(b) != stateSize {
			t.Errorf("%v, %d bytes\n%s", ok, len(b), diff)
		}
	}
	r := someRecord
	r.key = []string{string(make([]byte, stateSize))}
	if b := r.encode(); b != nil {
		t.Errorf("a key too long for the file gives %d bytes", len(b))
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add(someRecord.encode())
	f.Add(make([]byte, stateSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, ok := parseRecord(b)
		if !ok {
			return
		}
		back, ok := parseRecord(r.encode())
		if diff := cmp.Diff(r, back, cmp.AllowUnexported(record{})); diff != "" || !ok {
			t.Errorf("%q: %v\n%s", b, ok, diff)
		}
	})
}

// FuzzUnquoteAll is for what stands behind the checksum of a record, which a fuzzer does not guess.
func FuzzUnquoteAll(f *testing.F) {
	f.Add(`"a"|"b|c\n\""|""`)
	f.Fuzz(func(t *testing.T, text string) {
		list, ok := unquoteAll(text)
		if !ok {
			return
		}
		r := someRecord
		r.key = list
		if b := r.encode(); b != nil {
			if back, ok := parseRecord(b); !ok || cmp.Diff(r, back, cmp.AllowUnexported(record{})) != "" {
				t.Errorf("%q gives %q, which comes back as %q", text, list, back.key)
			}
		}
	})
}

func TestParseTags(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "a|1\n": true, "b|2\na|1\n": true, "a|1": false, "\n": false, "a|1\n\n": false, "a\n": false, "a|\n": false, "|1\n": false,
		"a|01\n": false, "a|-1\n": false, "1|1\n": false, "head|1\n": false, "a|1\na|2\n": false, "a|1\r\n": false, "a|1|2\n": false,
	} {
		if tags, err := parseTags(text); (err == nil) != ok || err != nil && fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%q: %v %v", text, tags, err)
		}
	}
}

func FuzzParseTags(f *testing.F) {
	f.Add("a|1\nb|2\n")
	f.Fuzz(func(t *testing.T, text string) {
		tags, err := parseTags(text)
		if err != nil {
			return
		}
		back, err := parseTags(string(encodeTags(tags)))
		if diff := cmp.Diff(tags, back); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	})
}

func FuzzParseNotes(f *testing.F) {
	f.Add("1001|\"a remark\"\n2001|\"two\\nlines\"\n", "a remark")
	f.Fuzz(func(t *testing.T, text, note string) {
		parseNotes(text)
		if !bytes.HasSuffix([]byte(text), []byte("\n")) {
			text += "\n"
		}
		if got := parseNotes(text + string(noteLine(stamp.Max, note)))[stamp.Max]; got != note {
			t.Errorf("%q comes back as %q", note, got)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	escaped, _ := withKey(nil, []string{"a", "b\"\n\\"})
	f.Add(escaped, "name")
	f.Fuzz(func(t *testing.T, schema []byte, name string) {
		parseKeys(schema)
		if checkCell(name) != nil {
			return
		}
		names := []string{name, name + "b"} // no two columns have one name
		text, err := withKey(nil, names)
		if err != nil {
			t.Fatal(err)
		}
		key, err := parseKeys(text)
		if diff := cmp.Diff(names, key); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", name, err, diff)
		}
	})
}
