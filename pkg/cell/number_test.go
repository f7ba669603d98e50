package cell

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0", "0"}, {"-0", "0"}, {"+7", "7"}, {"007", "7"}, {"-12", "-12"}, {"1.50", "1.50"}, {".5", "0.5"}, {"-.05", "-0.05"},
		{"-0.0", "0.0"}, {"00.10", "0.10"}, {"12345678901234567890.123456789", "12345678901234567890.123456789"},
		{strings.Repeat("9", 1000), strings.Repeat("9", 1000)},
		{"", "no"}, {"+", "no"}, {"-", "no"}, {".", "no"}, {"5.", "no"}, {"1e3", "no"}, {"1,5", "no"}, {" 1", "no"}, {"1 ", "no"},
		{"1.2.3", "no"}, {"--1", "no"}, {"0x10", "no"}, {"1_000", "no"}, {"٣", "no"}, {"NaN", "no"}, {"1\x00", "no"},
		{strings.Repeat("9", 1001), "no"},
	} {
		n, ok := ParseNumber(c.text)
		got := "no"
		if ok {
			got = n.String()
		}
		if got != c.want {
			t.Errorf("ParseNumber(%q) = %s, want %s", c.text, got, c.want)
		}
	}
}

func TestAdd(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"0.1", "0.2", "0.3"}, {"1", "0.25", "1.25"}, {"1.10", "-0.1", "1.00"}, {"-0.5", "0.5", "0.0"}, {"9", "1", "10"},
		{"0.999", "0.001", "1.000"}, {"-1", "0.01", "-0.99"}, {"99999999999999999999", "1", "100000000000000000000"},
	} {
		a, _ := ParseNumber(c.a)
		b, _ := ParseNumber(c.b)
		if got := a.Add(b).String(); got != c.want {
			t.Errorf("%s + %s = %s, want %s", c.a, c.b, got, c.want)
		}
	}
	if got := (Number{}).Add(Number{}).String() + (Number{}).Neg().String(); got != "00" {
		t.Errorf("the zero Number doubled and negated is %s", got)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"9", "18", -1}, {"1.5", "1.50", 0}, {"-2", "-1.99", -1}, {"0", "-0.0", 0}, {"0.1", "0.09", 1}} {
		a, _ := ParseNumber(c.a)
		b, _ := ParseNumber(c.b)
		if got := a.Compare(b); got != c.want || b.Compare(a) != -c.want {
			t.Errorf("%s against %s is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestLaws holds numbers against fractions.
func TestLaws(t *testing.T) {
	number := rapid.StringMatching(`[+-]?([0-9]{1,30}(\.[0-9]{1,30})?|\.[0-9]{1,30})`)
	rapid.Check(t, func(t *rapid.T) {
		x, y := number.Draw(t, "x"), number.Draw(t, "y")
		a, aOK := ParseNumber(x)
		b, bOK := ParseNumber(y)
		p, _ := new(big.Rat).SetString(x)
		q, _ := new(big.Rat).SetString(y)
		if !aOK || !bOK {
			t.Fatalf("%q and %q are numbers", x, y)
		}
		if a.Compare(b) != p.Cmp(q) {
			t.Fatalf("%s against %s is %d", a, b, a.Compare(b))
		}
		sum := a.Add(b)
		again, ok := ParseNumber(sum.String())
		if want := new(big.Rat).Add(p, q).FloatString(sum.decimals); !ok || again.String() != sum.String() || sum.decimals != max(a.decimals, b.decimals) || sum.Compare(again) != 0 || trimZero(want) != trimZero(sum.String()) {
			t.Fatalf("%s + %s is %s, not %s", x, y, sum, want)
		}
		if back := sum.Add(b.Neg()); back.Compare(a) != 0 {
			t.Fatalf("%s + %s - %s is %s", x, y, y, back)
		}
	})
}

// trimZero drops the sign that a fraction gives zero.
func trimZero(text string) string {
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

func FuzzParseNumber(f *testing.F) {
	for _, text := range []string{"0", "-1.50", ".5", "5.", "1e9", "+007.10", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := ParseNumber(text)
		if !ok {
			return
		}
		written := n.String()
		again, ok := ParseNumber(written)
		if !ok && len(written) <= maxNumber || ok && (again.Compare(n) != 0 || again.String() != written) {
			t.Fatalf("%q is read as %s, which is read as %s", text, written, again)
		}
	})
}

func TestPlainNumbersReadAsOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,10}(\.[0-9]{0,8})?`).Draw(t, "text")
		v := Undeclared.Read([]byte(text), true)
		same := Boolean.Read([]byte(" "+text), true) // what has a blank before it is read the long way, and is no boolean
		if v.Kind() != same.Kind() || v.Kind() != KindText && Order(v, same) != 0 || v.Kind() == KindText && string(v.Text()) != text {
			t.Fatalf("%q reads as %v, with a blank before it as %v", text, v, same)
		}
	})
}
