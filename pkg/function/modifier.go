package function

import (
	"bytes"
	"math"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
)

// modify does to m what a modifier says, and reports whether it is one that can stand there. First says that no other was before.
func (m *moment) modify(c *Context, text []byte, first bool) bool {
	if len(text) > 0 && (text[0] == '+' || text[0] == '-' || isDigit(text[0])) {
		return m.add(text)
	}
	word := strings.ToLower(string(text[:min(len(text), 32)]))
	switch word {
	case "auto":
		return first && m.auto()
	case "julianday":
		ok := first && m.settled && m.isRaw
		m.isRaw = false
		return ok
	case "unixepoch":
		return first && m.isRaw && m.setSeconds()
	case "localtime":
		m.toLocal(c.Now.Location())
		return true
	case "utc":
		m.toUTC(c.Now.Location())
		return true
	case "subsec", "subsecond":
		m.subsec = true
		return true
	case "ceiling":
		m.shift(0)
		return true
	case "floor":
		m.shift(-int64(m.over) * dayMillis)
		return true
	}
	if of, ok := strings.CutPrefix(word, "start of "); ok {
		return m.startOf(of)
	}
	if day, ok := strings.CutPrefix(word, "weekday "); ok {
		return m.weekday(day)
	}
	return false
}

func (m *moment) toLocal(zone *time.Location) {
	if m.settle(); m.local || m.failed {
		return
	}
	_, offset := m.time().In(zone).Zone()
	m.shift(int64(offset) * 1000)
	m.local, m.isUTC = true, false
}

func (m *moment) toUTC(zone *time.Location) {
	if m.settle(); m.isUTC || m.failed {
		return
	}
	t := m.time()
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
	m.shift((local.Unix() - t.Unix()) * 1000)
	m.local, m.isUTC = false, true
}

// auto takes a number that can be no day as seconds since 1970.
func (m *moment) auto() bool {
	if m.isRaw && !m.settled {
		m.setSeconds()
		return true
	}
	m.isRaw = false
	return true
}

// setSeconds takes the number as seconds since 1970.
func (m *moment) setSeconds() bool {
	millis := m.raw*1000 + epochMillis
	if millis < 0 || millis >= maxMillis+1 {
		return false
	}
	m.forget()
	m.millis, m.settled, m.isRaw = int64(millis+0.5), true, false
	return true
}

func (m *moment) startOf(what string) bool {
	if !m.settled && !m.dated && !m.timed {
		return false
	}
	m.splitDate()
	m.clock, m.timed, m.zone, m.settled, m.isRaw = 0, true, 0, m.failed, false
	switch what {
	case "year":
		m.month, m.day = 1, 1
	case "month":
		m.day = 1
	case "day":
	default:
		return false
	}
	return true
}

// weekday goes to the next day of a number, 0 being Sunday, or stays where it is one.
func (m *moment) weekday(text string) bool {
	n, ok := number(cell.FromText([]byte(text)))
	day := float(n)
	if !ok || day < 0 || day >= 7 || day != math.Trunc(day) {
		return false
	}
	m.settle()
	m.shift(modulo(int64(day)-weekdayOf(m.millis), 7) * dayMillis)
	return true
}

// weekdayOf returns the day of the week, 0 being Sunday.
func weekdayOf(millis int64) int64 { return modulo((millis+dayMillis*3/2)/dayMillis, 7) }

// add moves m by ±YYYY-MM-DD, by ±HH:MM:SS, by both with a blank between them, or by a number of units.
func (m *moment) add(text []byte) bool {
	sign, rest := text[0], text
	if !isDigit(sign) {
		rest = text[1:]
	}
	years, months, days, after, ok := readSpan(rest)
	switch {
	case ok && isDigit(sign):
		return false
	case ok:
		if sign == '-' {
			years, months, days = -years, -months, -days
		}
		m.addMonths(years, months)
		m.shift(int64(days) * dayMillis)
		if len(after) == 0 {
			return true
		}
		rest = after[1:]
		if !isBlank(after[0]) {
			return false
		}
	default:
		number, unit := text, []byte(nil)
		if end := bytes.IndexFunc(text[1:], func(r rune) bool { return r == ':' || r < 128 && isBlank(byte(r)) }); end >= 0 {
			number, unit = text[:end+1], text[end+1:]
		}
		if len(unit) == 0 || unit[0] != ':' {
			return m.addUnits(number, skipBlanks(unit))
		}
	}
	clock, after, readable := readClock(rest)
	zone, zoned := readZone(after)
	if !readable || !zoned {
		return false
	}
	clock = modulo(clock-zone, dayMillis)
	if sign == '-' {
		clock = -clock
	}
	m.shift(clock)
	return true
}

// readSpan reads YYYY-MM-DD as a number of years, 0 to 11 months and 0 to 30 days. A year may have five digits.
func readSpan(b []byte) (years, months, days int, rest []byte, ok bool) {
	years, rest, ok = digits(b, 4, 0, 9999)
	if !ok || len(rest) > 0 && rest[0] != '-' {
		years, rest, ok = digits(b, 5, 0, 14_712)
	}
	months, rest, ok1 := marked(rest, '-', 0, 11)
	days, rest, ok2 := marked(rest, '-', 0, 30)
	return years, months, days, rest, ok && ok1 && ok2
}

// addMonths moves m, leaving the day of the month as it is, even if that month is shorter.
func (m *moment) addMonths(years, months int) {
	m.settle()
	m.split()
	m.year, m.month, m.settled = m.year+years, m.month+months, m.failed
	for ; m.month > 12; m.month -= 12 {
		m.year++
	}
	for ; m.month < 1; m.month += 12 {
		m.year--
	}
	m.over = max(0, m.day-daysIn(m.year, m.month))
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// unit is something that time is measured in.
type unit struct {
	name   string
	limit  float64 // numbers of it beyond are refused
	millis float64 // of a fraction of it
}

func unitOf(name string) (unit, bool) {
	switch name {
	case "second":
		return unit{name, 4.6427e14, 1000}, true
	case "minute":
		return unit{name, 7.7379e12, 60_000}, true
	case "hour":
		return unit{name, 1.2897e11, 3_600_000}, true
	case "day":
		return unit{name, 5_373_485, dayMillis}, true
	case "month":
		return unit{name, 176_546, 30 * dayMillis}, true
	case "year":
		return unit{name, 14_713, 365 * dayMillis}, true
	}
	return unit{}, false
}

func (m *moment) addUnits(text, name []byte) bool {
	n, ok := number(cell.FromText(text))
	u, known := unitOf(strings.TrimSuffix(strings.ToLower(string(name[:min(len(name), 10)])), "s"))
	count := float(n)
	if !ok || !known || len(name) > 10 || math.Abs(count) >= u.limit {
		return false
	}
	m.settle()
	whole := int(count)
	switch u.name {
	case "month":
		m.addMonths(0, whole)
		count -= float64(whole)
	case "year":
		m.addMonths(whole, 0)
		count -= float64(whole)
	}
	m.shift(int64(count*u.millis + math.Copysign(0.5, count)))
	return true
}
