package stamp_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"pgregory.net/rapid"
)

func TestNext(t *testing.T) {
	now := time.UnixMicro(1_700_000_000_000_000)
	tests := []struct {
		name string
		node int
		seen stamp.ID
		want stamp.ID
	}{
		{"nothing seen", 7, 0, 1_700_000_000_000_000_007},
		{"an older one seen", 7, 1_699_999_999_999_999_999, 1_700_000_000_000_000_007},
		{"own id in this microsecond", 7, 1_700_000_000_000_000_007, 1_700_000_000_000_001_007},
		{"smaller node in this microsecond", 7, 1_700_000_000_000_000_003, 1_700_000_000_000_000_007},
		{"greater node in this microsecond", 7, 1_700_000_000_000_000_008, 1_700_000_000_000_001_007},
		{"the clock is behind", 7, 1_800_000_000_000_000_008, 1_800_000_000_000_001_007},
		{"the clock is behind, smaller node", 7, 1_800_000_000_000_000_002, 1_800_000_000_000_000_007},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, stamp.Next(now, test.node, test.seen)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNextBeforeTheEpoch(t *testing.T) {
	if id := stamp.Next(time.Unix(-5, 0), 3, 0); id != 3 {
		t.Error(id)
	}
}

func TestNextExceedsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := stamp.ID(rapid.Uint64Range(0, uint64(stamp.Max)).Draw(t, "seen"))
		node := rapid.IntRange(1, stamp.MaxNode).Draw(t, "node")
		now := time.UnixMicro(rapid.Int64().Draw(t, "now"))
		id := stamp.Next(now, node, seen)
		if id <= seen || id.Node() != node {
			t.Fatalf("%d after %d", id, seen)
		}
		if id <= stamp.Max && stamp.First(now) > seen && id > stamp.Last(now) {
			t.Fatalf("%d is later than %s", id, now)
		}
	})
}

// A clock that stands still, leaps back or forth still gives a thousand ids in order.
func TestNextManyInOneInstant(t *testing.T) {
	var seen stamp.ID
	for i := range 1000 {
		now := time.UnixMicro(1_700_000_000_000_000 - int64(i%3))
		id := stamp.Next(now, 1+i%5, seen)
		if id <= seen {
			t.Fatalf("%d after %d", id, seen)
		}
		seen = id
	}
}

func TestIDParts(t *testing.T) {
	id, err := stamp.Parse("1700000000123456042")
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2023, 11, 14, 22, 13, 20, 123_456_000, time.UTC)
	if diff := cmp.Diff(want, id.Time()); diff != "" || id.Node() != 42 || !id.Valid() || id.String() != "1700000000123456042" {
		t.Error(diff, id.Node(), id.Valid(), id)
	}
	first, last := stamp.First(want), stamp.Last(want)
	if first != 1700000000123456000 || last != 1700000000123456999 {
		t.Error(first, last)
	}
	for _, bad := range []stamp.ID{0, 5000, stamp.Max + 1} {
		if bad.Valid() {
			t.Error(bad, "is valid")
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "+1", "-1", "01", "00", "1.0", " 1", "1 ", "0x10", "1_000", "9223372036854775808", "one", "1\n"} {
		if id, err := stamp.Parse(s); fault.KindOf(err) != fault.Input {
			t.Errorf("%q: %d, %v", s, id, err)
		}
	}
}

func TestParseTime(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2026-03-01", "2026-03-01T00:00:00.000000Z"},
		{"2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000000Z"},
		{"2026-03-01T12:00:00.123456Z", "2026-03-01T12:00:00.123456Z"},
		{"2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000000Z"},
		{"@0", "1970-01-01T00:00:00.000000Z"},
		{"@1700000000", "2023-11-14T22:13:20.000000Z"},
	}
	for _, test := range tests {
		got, err := stamp.ParseTime(test.in)
		if err != nil || got.Format(stamp.Layout) != test.want {
			t.Errorf("%q: %s, %v; want %s", test.in, got, err, test.want)
		}
	}
	for _, s := range []string{"", "@", "@-1", "@+1", "@1.5", "@99999999999999999", "1700000000", "2026-02-30", "2026-3-1", "12:00", "yesterday", "2026-03-01T12:00:00"} {
		if got, err := stamp.ParseTime(s); fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
			t.Errorf("%q: %s, %v", s, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "1700000000123456042", "@1700000000", "2026-03-01T12:00:00Z", "2026-03-01", "-1", "09"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := stamp.Parse(s); err == nil && (id.String() != s || id > stamp.Max) {
			t.Errorf("%q reads as %d", s, id)
		}
		if at, err := stamp.ParseTime(s); err == nil {
			again, err := stamp.ParseTime(at.Format(time.RFC3339Nano))
			if err != nil || !again.Equal(at) {
				t.Errorf("%q reads as %s, that as %s: %v", s, at, again, err)
			}
		}
	})
}
