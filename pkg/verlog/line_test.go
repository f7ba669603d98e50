package verlog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
	"pgregory.net/rapid"
)

// example is the line that reed-log(5) explains.
var example = verlog.Line{
	ID: 1767323045678901001, Action: verlog.Update, User: 1001, Base: 1767323000000000001, Size: 398, Rows: 1,
	Hash: verlog.Sum([]byte("key|value\na|1\n")), Parent: 0,
}

const exampleText = "1767323045678901001|2|1001|1767323000000000001|398|1|195e6e228e0adff13dc0c917ea450f63|0|126143248\n"

func lines() *rapid.Generator[verlog.Line] {
	return rapid.Custom(func(t *rapid.T) verlog.Line {
		id := rapid.Uint64Range(0, uint64(stamp.Max))
		l := verlog.Line{
			ID:     stamp.ID(rapid.Uint64Range(1, uint64(stamp.Max)).Draw(t, "id")),
			Action: verlog.Action(rapid.Uint32().Draw(t, "action")),
			User:   id.Draw(t, "user"),
			Base:   stamp.ID(id.Draw(t, "base")),
			Size:   rapid.Int64Min(0).Draw(t, "size"),
			Rows:   rapid.Int64Min(0).Draw(t, "rows"),
			Parent: stamp.ID(id.Draw(t, "parent")),
		}
		copy(l.Hash[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "hash"))
		return l
	})
}

func TestLineRoundTrip(t *testing.T) {
	if diff := cmp.Diff(exampleText, string(example.Append(nil))); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		want := lines().Draw(t, "line")
		got, err := verlog.ParseLine(want.Append(nil))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	})
}

func TestParseLineRefuses(t *testing.T) {
	good := strings.TrimSuffix(exampleText, "\n")
	field := func(i int, value string) string {
		fields := strings.Split(good, "|")
		fields[i] = value
		return strings.Join(fields, "|")
	}
	tests := []struct{ name, line, want string }{
		{"empty", "", "1 fields instead of 9"},
		{"six fields", "1|2|3|4|5|6", "6 fields instead of 9"},
		{"eight fields", strings.Join(strings.Split(good, "|")[:8], "|"), "8 fields instead of 9"},
		{"thirty fields", strings.Repeat("1|", 29) + "1", "30 fields instead of 9"},
		{"a sign", field(4, "+398"), `field 5 (size) is "+398"`},
		{"negative", field(4, "-398"), `field 5 (size) is "-398"`},
		{"a leading zero", field(5, "01"), `field 6 (rows) is "01"`},
		{"an empty number", field(2, ""), `field 3 (user) is ""`},
		{"a number too large", field(0, "9223372036854775808"), `field 1 (id) is "9223372036854775808"`},
		{"a number of 20 digits", field(7, "10000000000000000000"), `field 8 (parent) is "10000000000000000000"`},
		{"an action beyond 32 bits", field(1, "4294967296"), `field 2 (action) is "4294967296"`},
		{"a short hash", field(6, "00"), `field 7 (hash) is "00"`},
		{"an upper-case hash", field(6, strings.Repeat("A", 32)), `field 7 (hash) is "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"`},
		{"a hash of other letters", field(6, strings.Repeat("g", 32)), `field 7 (hash) is "gggggggggggggggggggggggggggggggg"`},
		{"a long field", field(2, strings.Repeat("9", 500)), `field 3 (user) is "` + strings.Repeat("9", 40) + `..."`},
		{"another checksum", field(8, "1"), "checksum is 1, the line's is 126143248"},
		{"another value", field(5, "2"), "checksum is 126143248, the line's is "},
		{"a carriage return", good + "\r", "field 9 (crc) is "},
		{"a space", " " + good, `field 1 (id) is " 1767323045678901001"`},
		{"no id", strings.TrimSuffix(string(verlog.Line{}.Append(nil)), "\n"), "version id is 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := verlog.ParseLine([]byte(test.line))
			if fault.KindOf(err) != fault.Corrupt || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	want := "delete create update rollback compact init snapshot automerge merge-conflicts resolve schema import action 12"
	var got []string
	for a := verlog.Delete; a <= verlog.Actions; a++ {
		got = append(got, a.String())
	}
	if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
		t.Error(diff)
	}
}

func TestHash(t *testing.T) {
	h := verlog.Sum(nil)
	if h.String() != "99aa06d3014798d86001c324468d497f" { // what xxhsum -H2 prints for an empty file
		t.Error(h)
	}
	if again, err := verlog.ParseHash(h.String()); again != h || err != nil {
		t.Error(again, err)
	}
	if _, err := verlog.ParseHash("x"); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
}
