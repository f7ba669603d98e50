package cell_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/cell"
)

// packable draws values of every kind, numbers with and without a spelling.
func packable() *rapid.Generator[cell.Value] {
	return rapid.OneOf(
		rapid.Just(cell.Value{}),
		rapid.Map(rapid.Int64(), cell.FromInteger),
		rapid.Map(rapid.Float64(), cell.FromFloat),
		rapid.Map(rapid.IntRange(-3, 3), func(n int) cell.Value { return cell.FromFloat(float64(n) / 2) }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), cell.FromText),
		rapid.Map(rapid.StringMatching(`[+-]?0?[0-9]{0,3}(\.[05]?)?`), func(s string) cell.Value { return cell.Undeclared.Read([]byte(s), true) }),
		rapid.Map(rapid.Int64Range(-5, 5), func(n int64) cell.Value { return cell.FromTime(n, int32(n&1)*500_000_000) }),
	)
}

func TestPackedValuesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(packable(), 1, 5).Draw(t, "values")
		var packed []byte
		for _, v := range values {
			packed = cell.AppendPacked(packed, v)
		}
		for _, want := range values {
			if rest := cell.SkipPacked(packed); true {
				var v cell.Value
				v, packed = cell.Unpack(packed)
				if v.Kind() != want.Kind() || cell.Order(v, want) != 0 || !bytes.Equal(v.Text(), want.Text()) || len(rest) != len(packed) {
					t.Fatalf("%v came back as %v", want, v)
				}
			}
		}
		if len(packed) > 0 {
			t.Fatalf("%d bytes are left", len(packed))
		}
	})
}

func TestEqualBytesAreEqualValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := packable().Draw(t, "a"), packable().Draw(t, "b")
		x, y := cell.AppendEqual(nil, a), cell.AppendEqual(nil, b)
		if bytes.Equal(x, y) != (cell.Order(a, b) == 0) {
			t.Fatalf("%v and %v: %x and %x", a, b, x, y)
		}
		if len(x) < len(y) && bytes.HasPrefix(y, x) {
			t.Fatalf("%x begins with %x", y, x)
		}
	})
}

func TestPlainValuesComeBackFromEqualBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := packable().Draw(t, "value")
		v, rest, ok := cell.FromEqual(cell.AppendEqual(nil, want))
		if ok && (len(rest) > 0 || cell.Order(v, want) != 0) {
			t.Fatalf("%v came back as %v", want, v)
		}
		if want.IsPlain() && (!ok || v.Kind() != want.Kind() || !bytes.Equal(v.AppendText(nil), want.AppendText(nil))) {
			t.Fatalf("%v is plain and came back as %v", want, v)
		}
	})
}
