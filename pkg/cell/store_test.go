package cell_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
	"pgregory.net/rapid"
)

func TestCast(t *testing.T) {
	text := func(s string) cell.Value { return cell.FromText([]byte(s)) }
	noon := cell.FromTime(1772366400, 250_000_000)
	for _, test := range []struct {
		v    cell.Value
		to   cell.Type
		want string
	}{
		{text("true"), cell.Boolean, "integer 1"},
		{text("FALSE"), cell.Boolean, "integer 0"},
		{text("2x"), cell.Boolean, "integer 1"},
		{text("x"), cell.Boolean, "integer 0"},
		{cell.FromFloat(0.5), cell.Boolean, "integer 1"},
		{cell.Value{}, cell.Boolean, "null"},
		{text("2026-03-01T13:00:00.25+01:00"), cell.Timestamp, "timestamp 2026-03-01T12:00:00.25Z"},
		{text(" 2026-03-01 "), cell.Timestamp, "timestamp 2026-03-01T00:00:00Z"},
		{text("1772366400"), cell.Timestamp, "timestamp 2026-03-01T12:00:00Z"},
		{text("noon"), cell.Timestamp, "null"},
		{cell.FromInteger(-1), cell.Timestamp, "timestamp 1969-12-31T23:59:59Z"},
		{cell.FromFloat(-0.5), cell.Timestamp, "timestamp 1969-12-31T23:59:59.5Z"},
		{cell.FromFloat(-1e-20), cell.Timestamp, "timestamp 1969-12-31T23:59:59.999999999Z"},
		{cell.FromFloat(math.Inf(1)), cell.Timestamp, "null"},
		{cell.FromInteger(math.MaxInt64), cell.Timestamp, "null"},
		{cell.FromFloat(5e18), cell.Integer, "integer 5000000000000000000"},
		{cell.FromFloat(1 << 63), cell.Integer, "integer 9223372036854775807"},
		{cell.FromFloat(-1 << 63), cell.Integer, "integer -9223372036854775808"},
		{cell.FromFloat(-2.9), cell.Integer, "integer -2"},
		{noon, cell.Timestamp, "timestamp 2026-03-01T12:00:00.25Z"},
		{noon, cell.Integer, "integer 1772366400"},
		{noon, cell.Float, "real 1.77236640025e+09"},
		{noon, cell.String, `text "2026-03-01T12:00:00.25Z"`},
		{text("x"), cell.Undeclared, `text "x"`},
		{text("1"), cell.Expression, `text "1"`},
	} {
		if got := show(cell.Cast(test.v, test.to)); got != test.want {
			t.Errorf("%s as %s is %s, want %s", show(test.v), test.to, got, test.want)
		}
	}
}

func TestArithmeticAtTheEnds(t *testing.T) {
	least, most, minus := cell.FromInteger(math.MinInt64), cell.FromInteger(math.MaxInt64), cell.FromInteger(-1)
	for _, test := range []struct {
		got  cell.Value
		want string
	}{
		{cell.Div(least, minus), "real 9.223372036854776e+18"},
		{cell.Rem(least, minus), "integer 0"},
		{cell.Mul(least, minus), "real 9.223372036854776e+18"},
		{cell.Mul(least, cell.FromInteger(1)), "integer -9223372036854775808"},
		{cell.Neg(least), "real 9.223372036854776e+18"},
		{cell.Neg(most), "integer -9223372036854775807"},
		{cell.Add(most, cell.FromInteger(1)), "real 9.223372036854776e+18"},
		{cell.Sub(least, cell.FromInteger(1)), "real -9.223372036854776e+18"},
		{cell.Sub(minus, least), "integer 9223372036854775807"},
		{cell.Add(cell.FromTime(1, 500_000_000), cell.FromTime(2, 0)), "real 3.5"},
		{cell.Sub(cell.FromTime(5, 0), cell.FromTime(2, 0)), "integer 3"},
		{cell.Sub(cell.FromFloat(math.Inf(1)), cell.FromFloat(math.Inf(1))), "null"},
	} {
		if got := show(test.got); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

func TestConvert(t *testing.T) {
	const no = "no"
	for _, test := range []struct {
		from       cell.Type
		text       string
		to         cell.Type
		want, back string // back: converted once more, to the first type
	}{
		{cell.String, "12", cell.Integer, "12", "12"},
		{cell.String, " 12 ", cell.Integer, "12", "12"},
		{cell.String, " 1.50\t", cell.Float, "1.50", "1.50"},
		{cell.String, " 12 ", cell.String, " 12 ", " 12 "},
		{cell.String, "007", cell.Integer, "007", "007"},
		{cell.String, "1.0", cell.Integer, "1", "1"},
		{cell.String, "1e3", cell.Integer, "1000", "1000"},
		{cell.String, "1.5", cell.Integer, no, ""},
		{cell.String, "1e300", cell.Integer, no, ""},
		{cell.String, "9223372036854775808", cell.Integer, no, ""},
		{cell.String, "abc", cell.Integer, no, ""},
		{cell.String, "12abc", cell.Integer, no, ""},
		{cell.String, "", cell.Integer, "", ""},
		{cell.String, "TRUE", cell.Boolean, "true", "true"},
		{cell.String, "0", cell.Boolean, "false", "false"},
		{cell.String, "yes", cell.Boolean, no, ""},
		{cell.String, "2026-03-01", cell.Timestamp, "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{cell.String, "2026-03-01 12:30", cell.Timestamp, "2026-03-01T12:30:00Z", "2026-03-01T12:30:00Z"},
		{cell.String, "1700000000000", cell.Timestamp, no, ""},
		{cell.Undeclared, "NaN", cell.Float, no, ""},
		{cell.Integer, "5", cell.Float, "5", "5"},
		{cell.Integer, "1", cell.Boolean, "true", "1"},
		{cell.Integer, "5", cell.Boolean, no, ""},
		{cell.Integer, "1700000000", cell.Timestamp, "1700000000", "1700000000"},
		{cell.Float, "5.0", cell.Integer, "5", "5"},
		{cell.Boolean, "true", cell.Integer, "1", "true"},
		{cell.Boolean, "false", cell.Float, "0", "false"},
		{cell.Boolean, "true", cell.String, "true", "true"},
		{cell.Boolean, "true", cell.Timestamp, no, ""},
		{cell.Timestamp, "1", cell.Boolean, no, ""},
		{cell.Timestamp, "2026-03-01T13:00:00+01:00", cell.Integer, "1772366400", "1772366400"},
		{cell.Timestamp, "2026-03-01T12:00:00.5Z", cell.Integer, no, ""},
		{cell.Timestamp, "2026-03-01T12:00:00.123456789Z", cell.Float, "1772366400.123456789", "1772366400.123456789"},
		{cell.Timestamp, "1969-12-31T23:59:59.75Z", cell.Float, "-0.25", "-0.25"},
		{cell.Timestamp, "1969-12-31T23:59:59.75Z", cell.String, "1969-12-31T23:59:59.75Z", "1969-12-31T23:59:59.75Z"},
	} {
		converted, ok := cell.Convert([]byte(test.text), test.from, test.to)
		got := no
		if ok {
			got = string(converted)
		}
		if got != test.want {
			t.Errorf("%s %q as %s is %q, want %q", test.from, test.text, test.to, got, test.want)
		}
		if !ok {
			continue
		}
		if back, ok := cell.Convert(converted, test.to, test.from); !ok || string(back) != test.back {
			t.Errorf("%s %q as %s is %q, %v, want %q", test.to, converted, test.from, back, ok, test.back)
		}
	}
}

// What is stored reads as the value that was stored, in a column that takes it.
func TestStoredValuesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, of := numbers().Draw(t, "value"), rapid.SampledFrom(types).Draw(t, "type")
		stored := of.AppendCell([]byte("kept"), v)
		stored, prefixed := bytes.CutPrefix(stored, []byte("kept"))
		if !prefixed {
			t.Fatalf("%q was written over", stored)
		}
		read, ok := of.Parse(stored)
		if v.Kind() == cell.KindTime && of != cell.Timestamp || of == cell.String || of == cell.Boolean {
			return // it has become something else
		}
		whole := v.Kind() == cell.KindInteger || v.Kind() == cell.KindFloat && v.Float() == math.Trunc(v.Float()) && math.Abs(v.Float()) < 1<<62
		if of == cell.Integer && whole && !ok {
			t.Fatalf("%s is stored as %q", show(v), stored)
		}
		exactly := v.Kind() != cell.KindInteger || of != cell.Float // large integers are rounded by reading, not by writing
		if of == cell.Timestamp && v.Kind() == cell.KindFloat {
			exactly = false // a time ends at the nanosecond
		}
		if ok && exactly && cell.Order(read, v) != 0 {
			t.Fatalf("%s is stored as %s %q, read as %s", show(v), of, stored, show(read))
		}
	})
}

func TestSpellingsAreKept(t *testing.T) {
	for _, test := range []struct {
		of   cell.Type
		text string
	}{{cell.Undeclared, "007"}, {cell.Integer, "+7"}, {cell.Float, "1.50"}, {cell.Boolean, "true"}, {cell.Timestamp, "2026-03-01T13:00:00+01:00"}, {cell.Timestamp, "0"}} {
		v := test.of.Read([]byte(test.text), false)
		if got := string(test.of.AppendCell(nil, v)); got != test.text {
			t.Errorf("%s %q is stored as %q", test.of, test.text, got)
		}
		if got := string(v.AppendText(nil)); got != test.text {
			t.Errorf("%s %q is printed as %q", test.of, test.text, got)
		}
	}
}

func FuzzCell(f *testing.F) {
	for i, s := range []string{"", "007", "-1.5e-3", "true", "2026-03-01T12:00:00.25+01:00", "1700000000.5", "9223372036854775808", "abc", "\x00", " 12 ", "2016-12-31T23:59:60Z", "-0.000000000001"} {
		f.Add([]byte(s), []byte("1"), uint8(i))
	}
	f.Fuzz(func(t *testing.T, text, other []byte, pick uint8) {
		of := types[int(pick)%len(types)]
		v, w := of.Read(text, false), of.Read(other, false)
		if cell.Order(v, w) != -cell.Order(w, v) || bytes.Compare(cell.AppendKey(nil, v), cell.AppendKey(nil, w)) != cell.Order(v, w) {
			t.Fatalf("%s %q and %q are in no order", of, text, other)
		}
		parsed, ok := of.Parse(text)
		if ok && (cell.Order(parsed, v) != 0 && len(text) > 0 || !bytes.Equal(of.AppendCell(nil, parsed), text)) {
			t.Fatalf("%s %q is parsed as %s, read as %s, stored as %q", of, text, show(parsed), show(v), of.AppendCell(nil, parsed))
		}
		plain := cell.Numeric(v)
		if v.Kind() == cell.KindTime || v.Kind() == cell.KindText {
			plain = v
		}
		stored := of.AppendCell(nil, plain)
		if again, _ := of.Parse(stored); ok && of != cell.String && of != cell.Boolean && len(text) > 0 && cell.Order(again, v) != 0 {
			t.Fatalf("%s %q is stored as %q without its spelling", of, text, stored)
		}
		for _, to := range types {
			converted, ok := cell.Convert(text, of, to)
			if _, fits := to.Parse(converted); ok && !fits && len(text) > 0 {
				t.Fatalf("%s %q converts to %q, which is no %s", of, text, converted, to)
			}
			cell.Cast(v, to).AppendText(nil)
			cell.Comparing(of, to).Compare(v, to.Read(other, true))
		}
	})
}
