package function

import (
	"strconv"

	"github.com/reedbase/reedbase/pkg/cell"
)

// strftime writes a time as a format says (https://sqlite.org/lang_datefunc.html); NULL for a format with an unknown letter.
func strftime(c *Context, args []cell.Value) (cell.Value, error) {
	if len(args) == 0 || args[0].IsNull() {
		return cell.Value{}, nil
	}
	format := c.textOf(args[0])
	m, ok := momentOf(c, args[1:])
	if m.split(); !ok || m.failed {
		return cell.Value{}, nil
	}
	m.settle()
	out := c.room(len(format) + 32)
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out = append(out, format[i])
			continue
		}
		i++
		if i == len(format) {
			return cell.Value{}, nil
		}
		if out, ok = m.appendField(out, format[i]); !ok {
			return cell.Value{}, nil
		}
		if err := c.fits("strftime", len(out)); err != nil {
			return cell.Value{}, err
		}
	}
	return c.text(out), nil
}

// appendField appends what a letter stands for, and reports whether it stands for anything.
func (m *moment) appendField(dst []byte, letter byte) ([]byte, bool) {
	switch letter {
	case '%':
		return append(dst, '%'), true
	case 'F':
		return m.appendDate(dst), true
	case 'R':
		return m.appendMinutes(dst), true
	case 'T':
		return append(m.appendMinutes(dst), ':', byte('0'+m.second()/10), byte('0'+m.second()%10)), true
	case 'f':
		return m.appendSeconds(dst), true
	case 'p':
		return append(dst, "AP"[m.hour()/12%2], 'M'), true
	case 'P':
		return append(dst, "ap"[m.hour()/12%2], 'm'), true
	case 'J':
		return directive{verb: 'g', precision: 16}.appendFloat(dst, float64(m.millis)/dayMillis), true
	case 's':
		return m.appendEpoch(dst), true
	}
	n, width, pad := m.field(letter)
	if width == 0 {
		return dst, false
	}
	if n < 0 {
		dst, n, width = append(dst, '-'), -n, width-1
	}
	return appendPadded(dst, n, width, pad), true
}

// appendEpoch appends seconds since 1970.
func (m *moment) appendEpoch(dst []byte) []byte {
	if m.subsec {
		return strconv.AppendFloat(dst, float64(m.millis-epochMillis)/1000, 'f', 3, 64)
	}
	return strconv.AppendInt(dst, m.millis/1000-epochMillis/1000, 10)
}

// field returns the number that a letter stands for, and how it is written; a width of 0 for a letter that stands for none.
func (m *moment) field(letter byte) (n, width int, pad byte) {
	switch letter {
	case 'd':
		return m.day, 2, '0'
	case 'e':
		return m.day, 2, ' '
	case 'H':
		return m.hour(), 2, '0'
	case 'k':
		return m.hour(), 2, ' '
	case 'I':
		return (m.hour()+11)%12 + 1, 2, '0'
	case 'l':
		return (m.hour()+11)%12 + 1, 2, ' '
	case 'M':
		return m.minute(), 2, '0'
	case 'S':
		return m.second(), 2, '0'
	case 'm':
		return m.month, 2, '0'
	case 'Y':
		return m.year, 4, '0'
	}
	return m.calendarField(letter)
}

// calendarField is field for what is counted in days and weeks.
func (m *moment) calendarField(letter byte) (n, width int, pad byte) {
	t := m.time()
	sinceSunday := int(t.Weekday())
	sinceMonday := (sinceSunday + 6) % 7
	switch letter {
	case 'j':
		return t.YearDay(), 3, '0'
	case 'w':
		return sinceSunday, 1, '0'
	case 'u':
		return sinceMonday + 1, 1, '0'
	case 'U':
		return (t.YearDay() + 6 - sinceSunday) / 7, 2, '0'
	case 'W':
		return (t.YearDay() + 6 - sinceMonday) / 7, 2, '0'
	}
	year, week := t.ISOWeek()
	switch letter {
	case 'V':
		return week, 2, '0'
	case 'G':
		return year, 4, '0'
	case 'g':
		return year % 100, 2, '0'
	}
	return 0, 0, 0
}
