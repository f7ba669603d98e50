package cell

import (
	"math/big"
	"strings"
)

// Number is an exact decimal number with a number of decimals, trailing zeros included: 1.50 has two. The zero Number is 0.
type Number struct {
	scaled   *big.Int // the number without its point; nil is 0
	decimals int
}

// maxNumber bounds the length of a number in bytes: reading and writing long ones takes more than linear time.
const maxNumber = 1000

// ParseNumber reads a number: an optional sign, digits, and optionally a point with digits behind it; the digits before
// the point may be missing. Anything else, a number with an exponent and one of more than 1000 bytes too, is no number.
func ParseNumber(text string) (n Number, ok bool) {
	if len(text) > maxNumber {
		return n, false
	}
	unsigned := text
	if text != "" && (text[0] == '+' || text[0] == '-') {
		unsigned = text[1:]
	}
	whole, fraction, point := strings.Cut(unsigned, ".")
	if !digits(whole) || !digits(fraction) || point && fraction == "" || whole+fraction == "" {
		return n, false
	}
	n.decimals = len(fraction)
	n.scaled, ok = new(big.Int).SetString(whole+fraction, 10)
	if ok && text[0] == '-' {
		n.scaled.Neg(n.scaled)
	}
	return n, ok
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// Add returns n + m, exact, with as many decimals as the one of them that has more.
func (n Number) Add(m Number) Number {
	decimals := max(n.decimals, m.decimals)
	return Number{new(big.Int).Add(n.at(decimals), m.at(decimals)), decimals}
}

// Neg returns -n.
func (n Number) Neg() Number { return Number{new(big.Int).Neg(n.at(n.decimals)), n.decimals} }

// Compare returns -1, 0 or 1 as n is less than m, equal or greater. Decimals do not matter: 1.5 is 1.50.
func (n Number) Compare(m Number) int {
	decimals := max(n.decimals, m.decimals)
	return n.at(decimals).Cmp(m.at(decimals))
}

// at returns n without its point when it has this many decimals, not fewer than it has. It must not be changed.
func (n Number) at(decimals int) *big.Int {
	if n.scaled == nil {
		return new(big.Int)
	}
	if decimals == n.decimals {
		return n.scaled
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals-n.decimals)), nil)
	return power.Mul(power, n.scaled)
}

// String returns the number as ParseNumber reads it: without leading zeros but one before the point, without a plus sign,
// with all its decimals.
func (n Number) String() string {
	if n.scaled == nil {
		return "0"
	}
	text := n.scaled.String()
	if n.decimals == 0 {
		return text
	}
	text, negative := strings.CutPrefix(text, "-")
	if short := n.decimals + 1 - len(text); short > 0 {
		text = strings.Repeat("0", short) + text
	}
	point := len(text) - n.decimals
	text = text[:point] + "." + text[point:]
	if negative {
		return "-" + text
	}
	return text
}
