package function

import (
	"strconv"

	"github.com/reedbase/reedbase/pkg/cell"
)

func date(c *Context, args []cell.Value) (cell.Value, error) {
	return written(c, args, func(dst []byte, m *moment) []byte { return m.appendDate(dst) })
}

func timeOf(c *Context, args []cell.Value) (cell.Value, error) {
	return written(c, args, func(dst []byte, m *moment) []byte { return m.appendClock(dst) })
}

func datetime(c *Context, args []cell.Value) (cell.Value, error) {
	return written(c, args, func(dst []byte, m *moment) []byte { return m.appendClock(append(m.appendDate(dst), ' ')) })
}

// written returns the time that arguments name as a text; NULL if they name none.
func written(c *Context, args []cell.Value, write func(dst []byte, m *moment) []byte) (cell.Value, error) {
	m, ok := momentOf(c, args)
	if m.split(); !ok || m.failed {
		return cell.Value{}, nil
	}
	return c.text(write(c.room(32), &m)), nil
}

func (m *moment) appendDate(dst []byte) []byte {
	year := m.year
	if year < 0 {
		dst, year = append(dst, '-'), -year
	}
	dst = append(appendPadded(dst, year, 4, '0'), '-')
	dst = append(appendPadded(dst, m.month, 2, '0'), '-')
	return appendPadded(dst, m.day, 2, '0')
}

func (m *moment) appendClock(dst []byte) []byte {
	dst = append(m.appendMinutes(dst), ':')
	if m.subsec {
		return m.appendSeconds(dst)
	}
	return appendPadded(dst, m.second(), 2, '0')
}

func (m *moment) appendMinutes(dst []byte) []byte {
	return appendPadded(append(appendPadded(dst, m.hour(), 2, '0'), ':'), m.minute(), 2, '0')
}

// appendSeconds appends seconds with three decimals.
func (m *moment) appendSeconds(dst []byte) []byte {
	return appendPadded(append(appendPadded(dst, m.second(), 2, '0'), '.'), int(m.clock%1000), 3, '0')
}

func (m *moment) hour() int   { return int(m.clock / 3_600_000) }
func (m *moment) minute() int { return int(m.clock / 60_000 % 60) }
func (m *moment) second() int { return int(m.clock / 1000 % 60) }

// appendPadded appends a number, which is not below 0, in a width.
func appendPadded(dst []byte, n, width int, pad byte) []byte {
	digits := strconv.Itoa(n)
	for range width - len(digits) {
		dst = append(dst, pad)
	}
	return append(dst, digits...)
}

// julianday returns the days since noon of the 24th of November -4713.
func julianday(c *Context, args []cell.Value) (cell.Value, error) {
	m, ok := momentOf(c, args)
	if !ok {
		return cell.Value{}, nil
	}
	return cell.FromFloat(float64(m.millis) / dayMillis), nil
}

// unixepoch returns the seconds since 1970, cut, or with the modifier subsec as a float.
func unixepoch(c *Context, args []cell.Value) (cell.Value, error) {
	m, ok := momentOf(c, args)
	switch {
	case !ok:
		return cell.Value{}, nil
	case m.subsec:
		return cell.FromFloat(float64(m.millis-epochMillis) / 1000), nil
	}
	return cell.FromInteger(m.millis/1000 - epochMillis/1000), nil
}

// timediff returns what must be added to the second time to make the first, as a modifier writes it.
func timediff(c *Context, args []cell.Value) (cell.Value, error) {
	to, ok := momentOf(c, args[:1])
	from, ok1 := momentOf(c, args[1:])
	if !ok || !ok1 {
		return cell.Value{}, nil
	}
	sign := byte('+')
	if to.millis < from.millis {
		sign = '-'
	}
	months := to.monthsFrom(&from, sign)
	rest := moment{millis: yearZero + max(to.millis-from.millis, from.millis-to.millis), settled: true}
	rest.split()
	out := append(c.room(32), sign)
	out = append(appendPadded(out, months/12, 4, '0'), '-')
	out = append(appendPadded(out, months%12, 2, '0'), '-')
	out = append(appendPadded(out, rest.day-1, 2, '0'), ' ')
	return c.text(rest.appendSeconds(append(rest.appendMinutes(out), ':'))), nil
}

// monthsFrom returns how many whole months lie between two times, and moves from by them. Sign says on which side of it m is.
func (m *moment) monthsFrom(from *moment, sign byte) int {
	m.split()
	from.split()
	months := m.year*12 + m.month - from.year*12 - from.month
	step := 1
	if sign == '-' {
		months, step = -months, -1
	}
	start := *from
	for {
		*from = start
		from.addMonths(0, months*step)
		from.settle()
		if months == 0 || sign == '+' && from.millis <= m.millis || sign == '-' && from.millis >= m.millis {
			return months
		}
		months--
	}
}
