package cell

import (
	"bytes"
	"strconv"
	"time"
)

// The seconds of 0000-01-01T00:00:00Z and of 9999-12-31T23:59:59Z: what RFC 3339 can spell in UTC.
const (
	minSeconds = -62_167_219_200
	maxSeconds = 253_402_300_799
)

// parseRFC3339 reads a date and time of RFC 3339, section 5.6, that lies in the years 0 to 9999 of UTC. A fraction counts to the
// nanosecond; a 60th second is taken at the end of a month in UTC, the only time when it can be, and is the second after it.
func parseRFC3339(b []byte) (v Value, ok bool) {
	v, form := scanMoment(b)
	return v, form == full && !v.IsNull() && b[10] != ' '
}

// parseMoment reads what parseRFC3339 does, and beside it what the date functions of SQLite print: a date alone, a blank between
// date and time, a time without seconds, and no zone, which is UTC.
func parseMoment(b []byte) (v Value, ok bool) {
	b = trimBlanks(b)
	v, form := scanMoment(b[:trimmedEnd(b)])
	return v, form != malformed && !v.IsNull()
}

// form is how much of a moment is spelled.
type form uint8

const (
	malformed form = iota
	dated          // a date, perhaps a time; something of RFC 3339 is missing
	full           // date, time with seconds, zone
)

// scanMoment reads YYYY-MM-DD[(T| )HH:MM[:SS[.FRACTION]][ZONE]]. What is well-formed but beyond the years of UTC is NULL.
func scanMoment(b []byte) (v Value, f form) {
	year, ok := fixed(b, 0, 4)
	month, ok1 := fixed(b, 5, 2)
	day, ok2 := fixed(b, 8, 2)
	if !ok || !ok1 || !ok2 || b[4] != '-' || b[7] != '-' || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return v, malformed
	}
	midnight := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix()
	if len(b) == 10 {
		return FromTime(midnight, 0), dated
	}
	if b[10] != 'T' && b[10] != 't' && b[10] != ' ' {
		return v, malformed
	}
	clock, f := scanClock(b[11:])
	if f == malformed {
		return v, malformed
	}
	seconds := midnight + clock.seconds
	if clock.leap && !startsMonth(seconds) {
		return v, malformed
	}
	return FromTime(seconds, clock.nanos), f
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// startsMonth reports whether a month of UTC begins with this second.
func startsMonth(seconds int64) bool {
	t := time.Unix(seconds, 0).UTC()
	return t.Day() == 1 && seconds%86_400 == 0
}

// clock is a time of day less its offset from UTC.
type clock struct {
	seconds int64
	nanos   int32
	leap    bool // a 60th second
}

// scanClock reads HH:MM[:SS[.FRACTION]][ZONE].
func scanClock(b []byte) (c clock, f form) {
	hour, ok := fixed(b, 0, 2)
	minute, ok1 := fixed(b, 3, 2)
	if !ok || !ok1 || b[2] != ':' || hour > 23 || minute > 59 {
		return c, malformed
	}
	c.seconds = int64(hour)*3600 + int64(minute)*60
	b, f = b[5:], dated
	if len(b) > 0 && b[0] == ':' {
		second, ok := fixed(b, 1, 2)
		if !ok || second > 60 {
			return c, malformed
		}
		c.seconds, c.leap = c.seconds+int64(second), second == 60
		b, f = b[3:], full
		if len(b) > 0 && b[0] == '.' {
			n := countDigits(b[1:])
			if n == 0 {
				return c, malformed
			}
			c.nanos = fraction(b[1 : 1+n])
			b = b[1+n:]
		}
	}
	if len(b) == 0 {
		return c, dated
	}
	offset, ok := scanZone(b)
	if !ok {
		return c, malformed
	}
	c.seconds -= offset
	return c, f
}

// scanZone reads Z or an offset such as +01:00, in seconds.
func scanZone(b []byte) (offset int64, ok bool) {
	if len(b) == 1 && (b[0] == 'Z' || b[0] == 'z') {
		return 0, true
	}
	hour, ok := fixed(b, 1, 2)
	minute, ok1 := fixed(b, 4, 2)
	if !ok || !ok1 || len(b) != 6 || b[3] != ':' || hour > 23 || minute > 59 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	offset = int64(hour)*3600 + int64(minute)*60
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// fixed reads n digits at offset at.
func fixed(b []byte, at, n int) (value int, ok bool) {
	if at+n > len(b) || countDigits(b[at:at+n]) < n {
		return 0, false
	}
	for _, c := range b[at : at+n] {
		value = value*10 + int(c-'0')
	}
	return value, true
}

// fraction returns the nanoseconds of the digits behind a point, those behind the ninth left out.
func fraction(digits []byte) (nanos int32) {
	for i := range 9 {
		nanos *= 10
		if i < len(digits) {
			nanos += int32(digits[i] - '0')
		}
	}
	return nanos
}

// parseUnix reads seconds since 1970, an optional sign and digits, perhaps with a fraction, that lie in the years 0 to 9999.
func parseUnix(b []byte) (Value, bool) {
	negative := len(b) > 0 && b[0] == '-'
	digits := b
	if negative || len(b) > 0 && b[0] == '+' {
		digits = b[1:]
	}
	whole := countDigits(digits)
	if whole == 0 || whole > 18 {
		return Value{}, false
	}
	seconds, _ := parseInteger(digits[:whole])
	var nanos int32
	if rest := digits[whole:]; len(rest) > 0 {
		if rest[0] != '.' || len(rest) == 1 || countDigits(rest[1:]) < len(rest)-1 {
			return Value{}, false
		}
		nanos = fraction(rest[1:])
	}
	if negative {
		seconds, nanos = negated(seconds, nanos)
	}
	v := FromTime(seconds, nanos)
	return v, !v.IsNull()
}

// appendSeconds appends a time as parseUnix reads it, exactly.
func appendSeconds(dst []byte, seconds int64, nanos int32) []byte {
	if seconds < 0 {
		dst = append(dst, '-')
		seconds, nanos = negated(seconds, nanos)
	}
	dst = strconv.AppendInt(dst, seconds, 10)
	if nanos == 0 {
		return dst
	}
	digits := strconv.AppendInt(nil, 1_000_000_000+int64(nanos), 10) // a one before the nine digits
	return append(append(dst, '.'), bytes.TrimRight(digits[1:], "0")...)
}

// appendMoment appends a time as RFC 3339 in UTC, with as many digits of the second as it has.
func appendMoment(dst []byte, seconds int64, nanos int32) []byte {
	return time.Unix(seconds, int64(nanos)).UTC().AppendFormat(dst, time.RFC3339Nano)
}
