package cell_test

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
	"pgregory.net/rapid"
)

// numbers draws integers, floats and times that lie near each other, where rounding would show.
func numbers() *rapid.Generator[cell.Value] {
	anchors := []int64{0, 1, -1, 1 << 52, 1 << 53, 1<<53 + 1, -(1 << 53), 1<<62 + 3, math.MaxInt64, math.MinInt64, 1_700_000_000, -1, -62_167_219_200, 253_402_300_799}
	return rapid.Custom(func(t *rapid.T) cell.Value {
		n := rapid.SampledFrom(anchors).Draw(t, "anchor") + rapid.Int64Range(-3, 3).Draw(t, "near")
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return cell.FromInteger(n)
		case 1:
			f := float64(n) + rapid.SampledFrom([]float64{0, 0, 0.5, 1e-9, 0.999999999, 1e-20, -1e-20, 0.1}).Draw(t, "fraction")
			for range rapid.IntRange(0, 2).Draw(t, "steps") {
				f = math.Nextafter(f, rapid.SampledFrom([]float64{math.Inf(1), math.Inf(-1)}).Draw(t, "towards"))
			}
			return cell.FromFloat(f)
		case 2:
			return cell.FromFloat(rapid.SampledFrom([]float64{math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.MaxFloat64, 5e-324, -5e-324}).Draw(t, "odd"))
		}
		nanos := rapid.SampledFrom([]int32{0, 1, 2, 499_999_999, 500_000_000, 500_000_001, 100_000_000, 999_999_999}).Draw(t, "nanos")
		return cell.FromTime(min(max(n, -62_167_219_200), 253_402_300_799), nanos)
	})
}

// landmarks are values where an order could go wrong: ends of ranges, neighbours, decimals that no float is, what a key writes
// in a way of its own.
func landmarks() []cell.Value {
	list := []cell.Value{{}}
	for _, n := range []int64{math.MinInt64, math.MinInt64 + 1, -1<<53 - 1, -1 << 53, -1, 0, 1, 1 << 53, 1<<53 + 1, 1<<53 + 2, 1<<62 + 1, math.MaxInt64 - 1, math.MaxInt64} {
		list = append(list, cell.FromInteger(n), cell.FromFloat(float64(n)), cell.FromFloat(math.Nextafter(float64(n), math.Inf(1))))
	}
	for _, tenths := range []int64{-3, -1, 1, 2, 3, 4, 6, 7, 9} {
		f := float64(tenths) / 10
		list = append(list, cell.FromFloat(f), cell.FromTime((tenths-10)/10, int32((tenths+10)%10*100_000_000)), cell.FromFloat(1_700_000_000+f), cell.FromTime(1_700_000_000, int32((tenths+10)%10*100_000_000)))
	}
	for _, f := range []float64{math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, -5e-324, -1e-9} {
		list = append(list, cell.FromFloat(f))
	}
	list = append(list, cell.FromTime(-1, 999_999_999), cell.FromTime(0, 1), cell.FromTime(0, 0), cell.FromTime(253_402_300_799, 999_999_999))
	for _, s := range []string{"", "\x00", "\x00\x00", "\x00\x01", "\x00\xff", "\x01", "a", "a\x00", "a\x00\x01", "a\x01", "ab", "\xff", "ä"} {
		list = append(list, cell.FromText([]byte(s)))
	}
	return list
}

func TestLandmarks(t *testing.T) {
	list := landmarks()
	for _, a := range list {
		for _, b := range list {
			got := cell.Order(a, b)
			if a.IsNumber() && b.IsNumber() && exact(a) != nil && exact(b) != nil && got != exact(a).Cmp(exact(b)) {
				t.Errorf("%s against %s is %d", show(a), show(b), got)
			}
			if got != -cell.Order(b, a) {
				t.Errorf("%s against %s is %d both ways", show(a), show(b), got)
			}
			// Behind each key stands another, as in an index of two columns.
			k, l := cell.AppendKey(cell.AppendKey(nil, a), cell.FromInteger(2)), cell.AppendKey(cell.AppendKey(nil, b), cell.FromInteger(1))
			if want := cmp.Or(got, 1); bytes.Compare(k, l) != want {
				t.Errorf("the keys of %s and %s are %x and %x, not %d", show(a), show(b), k, l, want)
			}
		}
	}
}

func values() *rapid.Generator[cell.Value] {
	texts := rapid.Map(rapid.SampledFrom([]string{"", "a", "a\x00", "a\x00\x01", "a\x00b", "ab", "b", "\x00", "\xff", "ä", "10", "9"}), func(s string) cell.Value {
		return cell.FromText([]byte(s))
	})
	return rapid.OneOf(rapid.Just(cell.Value{}), numbers(), numbers(), numbers(), texts)
}

func TestOrderIsTotalAndTransitive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := values().Draw(t, "a"), values().Draw(t, "b"), values().Draw(t, "c")
		if cell.Order(a, a) != 0 || cell.Order(a, b) != -cell.Order(b, a) {
			t.Fatalf("%s and %s: %d, %d, %d", show(a), show(b), cell.Order(a, a), cell.Order(a, b), cell.Order(b, a))
		}
		if cell.Order(a, b) <= 0 && cell.Order(b, c) <= 0 && cell.Order(a, c) > 0 {
			t.Fatalf("%s, %s, %s go in a circle", show(a), show(b), show(c))
		}
		if cell.Order(a, b) == 0 && cell.Order(a, c) != cell.Order(b, c) {
			t.Fatalf("%s is %s, but not beside %s", show(a), show(b), show(c))
		}
	})
}

func TestKinds(t *testing.T) {
	ascending := []cell.Value{{}, cell.FromFloat(math.Inf(-1)), cell.FromInteger(-1), cell.FromTime(0, 0), cell.FromTime(0, 1), cell.FromFloat(0.5), cell.FromText(nil), cell.FromText([]byte("0"))}
	for i, a := range ascending {
		for j, b := range ascending {
			if got := cell.Order(a, b); got != min(max(i-j, -1), 1) {
				t.Errorf("%s against %s: %d", show(a), show(b), got)
			}
		}
	}
}

// exact returns a finite number as a fraction.
func exact(v cell.Value) *big.Rat {
	switch v.Kind() {
	case cell.KindInteger:
		return new(big.Rat).SetInt64(v.Integer())
	case cell.KindTime:
		seconds, nanos := v.Time()
		return new(big.Rat).Add(new(big.Rat).SetInt64(seconds), big.NewRat(int64(nanos), 1_000_000_000))
	}
	return new(big.Rat).SetFloat64(v.Float())
}

// A time just before 1970 is a small difference of large numbers.
func TestKeysOfTimesNearZero(t *testing.T) {
	for nanos := int32(999_999_990); nanos < 999_999_999; nanos++ {
		a, b := cell.AppendKey(nil, cell.FromTime(-1, nanos)), cell.AppendKey(nil, cell.FromTime(-1, nanos+1))
		if bytes.Compare(a, b) >= 0 {
			t.Errorf("%x is not before %x", a, b)
		}
	}
}

func TestNumbersCompareExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := numbers().Draw(t, "a"), numbers().Draw(t, "b")
		p, q := exact(a), exact(b)
		if p == nil || q == nil {
			return // an infinity
		}
		if got := cell.Order(a, b); got != p.Cmp(q) {
			t.Fatalf("%s against %s is %d", show(a), show(b), got)
		}
	})
}

func TestKeysCompareAsValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3).Draw(t, "columns")
		var a, b []byte
		want := 0
		for range n {
			v, w := values().Draw(t, "v"), values().Draw(t, "w")
			a, b = cell.AppendKey(a, v), cell.AppendKey(b, w)
			if want == 0 {
				want = cell.Order(v, w)
			}
		}
		if got := bytes.Compare(a, b); got != want {
			t.Fatalf("%x against %x is %d, want %d", a, b, got, want)
		}
	})
}
