package cell_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/cell"
	"pgregory.net/rapid"
)

// types are all there are, Expression aside.
var types = []cell.Type{cell.Undeclared, cell.String, cell.Integer, cell.Float, cell.Boolean, cell.Timestamp}

// show writes a value with its kind: "integer 7".
func show(v cell.Value) string {
	switch v.Kind() {
	case cell.KindNull:
		return "null"
	case cell.KindInteger:
		return fmt.Sprintf("integer %d", v.Integer())
	case cell.KindFloat:
		return fmt.Sprintf("real %v", v.Float())
	case cell.KindTime:
		seconds, nanos := v.Time()
		return "timestamp " + time.Unix(seconds, int64(nanos)).UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("text %q", v.Text())
}

func TestParse(t *testing.T) {
	const no = ""
	for _, test := range []struct {
		of   cell.Type
		text string
		want string
	}{
		{cell.Undeclared, "", `text ""`},
		{cell.Undeclared, "abc", `text "abc"`},
		{cell.Undeclared, "007", "integer 7"},
		{cell.Undeclared, " 7", `text " 7"`},
		{cell.Undeclared, "1.50", "real 1.5"},
		{cell.Undeclared, "9223372036854775808", "real 9.223372036854776e+18"},
		{cell.Undeclared, "0x10", `text "0x10"`},
		{cell.Undeclared, "true", `text "true"`},
		{cell.String, "12", `text "12"`},
		{cell.String, "", `text ""`},

		{cell.Integer, "0", "integer 0"},
		{cell.Integer, "-0", "integer 0"},
		{cell.Integer, "+12", "integer 12"},
		{cell.Integer, "007", "integer 7"},
		{cell.Integer, "9223372036854775807", "integer 9223372036854775807"},
		{cell.Integer, "-9223372036854775808", "integer -9223372036854775808"},
		{cell.Integer, "9223372036854775808", no},
		{cell.Integer, "-9223372036854775809", no},
		{cell.Integer, "99999999999999999999999999", no},
		{cell.Integer, "", no},
		{cell.Integer, "-", no},
		{cell.Integer, "1.0", no},
		{cell.Integer, "1e3", no},
		{cell.Integer, " 1", no},
		{cell.Integer, "1 ", no},
		{cell.Integer, "1_000", no},
		{cell.Integer, "0x10", no},
		{cell.Integer, "٣", no},

		{cell.Float, "1", "real 1"},
		{cell.Float, "1.", "real 1"},
		{cell.Float, ".5", "real 0.5"},
		{cell.Float, "-1.5e-3", "real -0.0015"},
		{cell.Float, "+2E+2", "real 200"},
		{cell.Float, "1e308", "real 1e+308"},
		{cell.Float, "1e-999", "real 0"},
		{cell.Float, "1e309", no},
		{cell.Float, "-1e309", no},
		{cell.Float, "NaN", no},
		{cell.Float, "nan", no},
		{cell.Float, "Inf", no},
		{cell.Float, "-inf", no},
		{cell.Float, "Infinity", no},
		{cell.Float, "0x1p-2", no},
		{cell.Float, ".", no},
		{cell.Float, "1e", no},
		{cell.Float, "e5", no},
		{cell.Float, "1,5", no},
		{cell.Float, "1.5.2", no},
		{cell.Float, "1 ", no},

		{cell.Boolean, "true", "integer 1"},
		{cell.Boolean, "false", "integer 0"},
		{cell.Boolean, "True", no},
		{cell.Boolean, "1", no},
		{cell.Boolean, "yes", no},
		{cell.Boolean, "", no},

		{cell.Timestamp, "2026-03-01T12:00:00Z", "timestamp 2026-03-01T12:00:00Z"},
		{cell.Timestamp, "2026-03-01t12:00:00z", "timestamp 2026-03-01T12:00:00Z"},
		{cell.Timestamp, "2026-03-01T12:00:00.25+01:30", "timestamp 2026-03-01T10:30:00.25Z"},
		{cell.Timestamp, "2026-03-01T00:00:00-00:00", "timestamp 2026-03-01T00:00:00Z"},
		{cell.Timestamp, "2026-03-01T12:00:00.1234567899Z", "timestamp 2026-03-01T12:00:00.123456789Z"},
		{cell.Timestamp, "2024-02-29T00:00:00Z", "timestamp 2024-02-29T00:00:00Z"},
		{cell.Timestamp, "0000-01-01T00:00:00Z", "timestamp 0000-01-01T00:00:00Z"},
		{cell.Timestamp, "9999-12-31T23:59:59.999999999Z", "timestamp 9999-12-31T23:59:59.999999999Z"},
		{cell.Timestamp, "2016-12-31T23:59:60Z", "timestamp 2017-01-01T00:00:00Z"},
		{cell.Timestamp, "2016-12-31T15:59:60-08:00", "timestamp 2017-01-01T00:00:00Z"},
		{cell.Timestamp, "0", "timestamp 1970-01-01T00:00:00Z"},
		{cell.Timestamp, "1700000000", "timestamp 2023-11-14T22:13:20Z"},
		{cell.Timestamp, "-1", "timestamp 1969-12-31T23:59:59Z"},
		{cell.Timestamp, "-0.25", "timestamp 1969-12-31T23:59:59.75Z"},
		{cell.Timestamp, "1700000000.5", "timestamp 2023-11-14T22:13:20.5Z"},
		{cell.Timestamp, "253402300799", "timestamp 9999-12-31T23:59:59Z"},
		{cell.Timestamp, "253402300800", no},
		{cell.Timestamp, "-62167219201", no},
		{cell.Timestamp, "1700000000000", no},
		{cell.Timestamp, "99999999999999999999", no},
		{cell.Timestamp, "1.7e9", no},
		{cell.Timestamp, "1700000000.", no},
		{cell.Timestamp, "2023-02-29T00:00:00Z", no},
		{cell.Timestamp, "2023-02-30T00:00:00Z", no},
		{cell.Timestamp, "2023-13-01T00:00:00Z", no},
		{cell.Timestamp, "2023-00-01T00:00:00Z", no},
		{cell.Timestamp, "2023-01-00T00:00:00Z", no},
		{cell.Timestamp, "2023-01-01T24:00:00Z", no},
		{cell.Timestamp, "2023-01-01T23:60:00Z", no},
		{cell.Timestamp, "2023-01-01T23:59:60Z", no},
		{cell.Timestamp, "2023-01-01T12:00:61Z", no},
		{cell.Timestamp, "2023-01-01T12:00:00.Z", no},
		{cell.Timestamp, "2023-01-01T12:00:00,5Z", no},
		{cell.Timestamp, "2023-01-01T12:00:00", no},
		{cell.Timestamp, "2023-01-01T12:00Z", no},
		{cell.Timestamp, "2023-01-01T12:00:00+24:00", no},
		{cell.Timestamp, "2023-01-01T12:00:00+01:60", no},
		{cell.Timestamp, "2023-01-01T12:00:00+0100", no},
		{cell.Timestamp, "2023-01-01T12:00:00ZZ", no},
		{cell.Timestamp, "2023-01-01T1:00:00Z", no},
		{cell.Timestamp, "2023-01-01 12:00:00Z", no},
		{cell.Timestamp, "2023-01-01", no},
		{cell.Timestamp, "9999-12-31T23:59:59-00:01", no},
		{cell.Timestamp, "0000-01-01T00:00:00+00:01", no},
		{cell.Timestamp, " 2026-03-01T12:00:00Z", no},
		{cell.Timestamp, "2026-03-01T12:00:00Z ", no},
	} {
		v, ok := test.of.Parse([]byte(test.text))
		got := no
		if ok {
			got = show(v)
		}
		if got != test.want {
			t.Errorf("%s %q is %q, want %q", test.of, test.text, got, test.want)
		}
		if ok && string(v.Text()) != test.text {
			t.Errorf("%s %q is spelled %q", test.of, test.text, v.Text())
		}
		if why := test.of.Why([]byte(test.text)); !ok && !strings.HasPrefix(why, "is ") {
			t.Errorf("%s %q %s", test.of, test.text, why)
		}
	}
}

func TestWhy(t *testing.T) {
	for _, test := range []struct {
		of         cell.Type
		text, want string
	}{
		{cell.Integer, "x", "is no integer"},
		{cell.Integer, "9223372036854775808", "is too large for an integer of 64 bits"},
		{cell.Float, "x", "is no float"},
		{cell.Float, "-Infinity", "is no float: a float is finite"},
		{cell.Float, "1e999", "is too large for a float"},
		{cell.Boolean, "yes", "is no boolean: true or false"},
		{cell.Timestamp, "yesterday", "is no timestamp: a date and time of RFC 3339 or seconds since 1970"},
		{cell.Timestamp, "1700000000000", "is no timestamp: these seconds lie beyond the years 0 to 9999; milliseconds are none"},
	} {
		if got := test.of.Why([]byte(test.text)); got != test.want {
			t.Errorf("%s %q %s", test.of, test.text, got)
		}
	}
}

func TestRead(t *testing.T) {
	for _, test := range []struct {
		of     cell.Type
		text   string
		quoted bool
		want   string
	}{
		{cell.Undeclared, "", false, `text ""`},
		{cell.String, "", false, `text ""`},
		{cell.Integer, "", false, "null"},
		{cell.Timestamp, "", false, "null"},
		{cell.Integer, "", true, `text ""`},
		{cell.Integer, "5", true, "integer 5"},
		{cell.Integer, " 5 ", false, "integer 5"},
		{cell.Integer, "5.5", false, "real 5.5"},
		{cell.Integer, "five", false, `text "five"`},
		{cell.Float, "5", false, "real 5"},
		{cell.Float, "1e999", false, "real +Inf"},
		{cell.Boolean, "yes", false, `text "yes"`},
		{cell.Boolean, "2", false, "integer 2"},
		{cell.Timestamp, "1700000000000", false, "integer 1700000000000"},
		{cell.Timestamp, "2026-03-01", false, `text "2026-03-01"`},
	} {
		if got := show(test.of.Read([]byte(test.text), test.quoted)); got != test.want {
			t.Errorf("%s %q is %q, want %q", test.of, test.text, got, test.want)
		}
	}
}

func TestTypeNames(t *testing.T) {
	if diff := cmp.Diff([]string{"string", "integer", "float", "boolean", "timestamp"}, cell.TypeNames()); diff != "" {
		t.Error(diff)
	}
	for _, name := range cell.TypeNames() {
		if of, ok := cell.ParseType(name); !ok || of.String() != name {
			t.Errorf("%q is %v, %v", name, of, ok)
		}
	}
	for _, name := range []string{"", "undeclared", "expression", "int", "String"} {
		if of, ok := cell.ParseType(name); ok {
			t.Errorf("%q is %v", name, of)
		}
	}
}

// Go's own reader agrees on what is a point in time and which, where both have an opinion.
func TestTimestampsAreThoseOfGo(t *testing.T) {
	text := rapid.StringMatching(`(00|19|20|99)[0-9]{2}-(0[1-9]|1[0-3])-([0-2][0-9]|3[0-2])T([01][0-9]|2[0-4]):[0-6][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-4]):[0-6][0-9])`)
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		want, err := time.Parse(time.RFC3339, s)
		if year := want.UTC().Year(); err == nil && (year < 0 || year > 9999) {
			return
		}
		if strings.Contains(s, "+24:") || strings.Contains(s, "-24:") || strings.HasSuffix(s, ":60") {
			return // Go's reader takes them in some releases
		}
		v, ok := cell.Timestamp.Parse([]byte(s))
		if ok != (err == nil) {
			t.Fatalf("%q: %v, Go says %v", s, ok, err)
		}
		if seconds, nanos := v.Time(); ok && (seconds != want.Unix() || int(nanos) != want.Nanosecond()) {
			t.Fatalf("%q is %s, Go says %s", s, show(v), want.UTC())
		}
	})
}

func TestBounds(t *testing.T) {
	for _, v := range []cell.Value{
		cell.FromFloat(math.NaN()), cell.FromTime(253402300800, 0), cell.FromTime(-62167219201, 0), cell.FromTime(0, -1), cell.FromTime(0, 1e9),
	} {
		if !v.IsNull() {
			t.Errorf("%s is a value", show(v))
		}
	}
}

// A number that its column does not allow as it is spelled is of the column's kind where it can be.
func TestNumbersAreOfTheColumn(t *testing.T) {
	for _, test := range []struct {
		of   cell.Type
		text string
		kind cell.Kind
	}{
		{cell.Float, " 2 ", cell.KindFloat}, {cell.Float, "2", cell.KindFloat}, {cell.Float, " 2.5", cell.KindFloat},
		{cell.Integer, "7.0", cell.KindInteger}, {cell.Integer, "2e1 ", cell.KindInteger}, {cell.Integer, "1.5", cell.KindFloat},
		{cell.Integer, "1e30", cell.KindFloat}, {cell.Integer, "9223372036854775808", cell.KindFloat}, {cell.Integer, " 5", cell.KindInteger},
	} {
		v := test.of.Read([]byte(test.text), false)
		if v.Kind() != test.kind || string(v.Text()) != test.text {
			t.Errorf("%q in a column of the type %v is %v, spelled %q", test.text, test.of, v.Kind(), v.Text())
		}
	}
}
