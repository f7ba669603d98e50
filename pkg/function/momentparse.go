package function

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/cell"
)

// parse reads YYYY-MM-DD with or without a time behind it, a time alone, "now", or a number.
func (m *moment) parse(c *Context, text []byte) bool {
	if m.parseDate(text) || m.parseClock(text) {
		return true
	}
	if bytes.EqualFold(text, []byte("now")) {
		m.setTime(c.Now)
		return true
	}
	if isSubsec(text) {
		m.setTime(c.Now)
		m.subsec = true
		return true
	}
	n, ok := number(cell.FromText(text))
	if ok {
		m.setRaw(float(n))
	}
	return ok
}

func isSubsec(text []byte) bool {
	return bytes.EqualFold(text, []byte("subsec")) || bytes.EqualFold(text, []byte("subsecond"))
}

// parseDate reads [-]YYYY-MM-DD, and behind blanks or a T perhaps a time.
func (m *moment) parseDate(b []byte) bool {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	year, b, ok := digits(b, 4, 0, 9999)
	month, b, ok1 := marked(b, '-', 1, 12)
	day, b, ok2 := marked(b, '-', 1, 31)
	if !ok || !ok1 || !ok2 {
		return false
	}
	for len(b) > 0 && (isBlank(b[0]) || b[0] == 'T') {
		b = b[1:]
	}
	if len(b) > 0 && !m.parseClock(b) {
		return false
	}
	if negative {
		year = -year
	}
	m.year, m.month, m.day, m.dated = year, month, day, true
	if m.zone != 0 {
		m.settle()
	}
	return true
}

// parseClock reads HH:MM[:SS[.FRACTION]][ZONE], to the millisecond.
func (m *moment) parseClock(b []byte) bool {
	clock, b, ok := readClock(b)
	if !ok {
		return false
	}
	zone, ok := readZone(b)
	if !ok {
		return false
	}
	m.clock, m.timed, m.zone, m.isUTC = clock, true, zone, len(skipBlanks(b)) > 0
	return true
}

// readClock reads HH:MM[:SS[.FRACTION]] in milliseconds.
func readClock(b []byte) (millis int64, rest []byte, ok bool) {
	hour, b, ok := digits(b, 2, 0, 24)
	minute, b, ok1 := marked(b, ':', 0, 59)
	if !ok || !ok1 {
		return 0, b, false
	}
	millis = int64(hour)*3_600_000 + int64(minute)*60_000
	if len(b) == 0 || b[0] != ':' {
		return millis, b, true
	}
	second, b, ok := marked(b, ':', 0, 59)
	if !ok {
		return 0, b, false
	}
	millis += int64(second) * 1000
	if len(b) > 1 && b[0] == '.' && isDigit(b[1]) {
		fraction, scale := 0.0, 1.0
		for b = b[1:]; len(b) > 0 && isDigit(b[0]); b = b[1:] {
			fraction, scale = fraction*10+float64(b[0]-'0'), scale*10
		}
		millis += min(int64(fraction/scale*1000+0.5), 999)
	}
	return millis, b, true
}

// readZone reads nothing, Z, or an offset such as +01:00, blanks around it, in milliseconds.
func readZone(b []byte) (millis int64, ok bool) {
	b = skipBlanks(b)
	if len(b) == 0 {
		return 0, true
	}
	sign := b[0]
	b = b[1:]
	switch sign {
	case 'Z', 'z':
	case '+', '-':
		var hour, minute int
		var ok1 bool
		hour, b, ok = digits(b, 2, 0, 14)
		minute, b, ok1 = marked(b, ':', 0, 59)
		if !ok || !ok1 {
			return 0, false
		}
		millis = int64(hour*60+minute) * 60_000
		if sign == '-' {
			millis = -millis
		}
	default:
		return 0, false
	}
	return millis, len(skipBlanks(b)) == 0
}

// digits reads n digits that make a number from low to high.
func digits(b []byte, n, low, high int) (value int, rest []byte, ok bool) {
	if len(b) < n {
		return 0, b, false
	}
	for _, d := range b[:n] {
		if !isDigit(d) {
			return 0, b, false
		}
		value = value*10 + int(d-'0')
	}
	return value, b[n:], value >= low && value <= high
}

// marked reads a mark and two digits.
func marked(b []byte, mark byte, low, high int) (value int, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != mark {
		return 0, b, false
	}
	return digits(b[1:], 2, low, high)
}

func skipBlanks(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	return b
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isBlank(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }
