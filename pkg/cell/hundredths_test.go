package cell

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestHundredths holds floats with few digits to the way that all others are written in.
func TestHundredths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := float64(rapid.Int64Range(-2e15, 2e15).Draw(t, "digits")) / math.Pow10(rapid.IntRange(0, 4).Draw(t, "decimals"))
		if rapid.Bool().Draw(t, "next") {
			f = math.Nextafter(f, math.Inf(1))
		}
		want := strconv.FormatFloat(f, 'g', 15, 64)
		if strings.Contains(want, "e") {
			return // of another layout
		}
		if !strings.Contains(want, ".") {
			want += ".0"
		}
		if got := string(FromFloat(f).AppendText(nil)); got != want {
			t.Fatalf("%v is written %s, not %s", f, got, want)
		}
	})
	for f, want := range map[float64]string{0: "0.0", math.Copysign(0, -1): "0.0", 0.01: "0.01", -0.1: "-0.1", 100: "100.0", 0.07: "0.07", 1.005: "1.005", 23564.93: "23564.93"} {
		if got := string(FromFloat(f).AppendText(nil)); got != want {
			t.Errorf("%v is written %s, not %s", f, got, want)
		}
	}
}
