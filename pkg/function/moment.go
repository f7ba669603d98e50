package function

import (
	"math"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
)

// Milliseconds of the Julian day, which begins at noon of the 24th of November -4713.
const (
	dayMillis   = 86_400_000
	epochMillis = 210_866_760_000_000 // of 1970
	maxMillis   = 464_269_060_799_999 // of the last of the year 9999
	yearZero    = 148_699_540_800_000 // of the first of the year 0
)

// moment is a point in time while modifiers are applied to it, in the way of SQLite's date.c: either a number of milliseconds, or a
// date that need not be one of the calendar, with a time of day, until somebody asks what it is.
type moment struct {
	millis  int64 // of the Julian day, if settled
	settled bool

	year, month, day int // if dated; else the date is that of millis, or 2000-01-01
	dated            bool
	clock            int64 // milliseconds of the day, if timed
	timed            bool
	zone             int64 // milliseconds by which clock is ahead of UTC

	raw    float64 // a number that may be days or seconds, if isRaw
	isRaw  bool
	over   int // days by which the last change of months went over the end of a month
	subsec bool
	isUTC  bool // said so, by a zone or a modifier
	local  bool // made so by a modifier
	failed bool
}

// setRaw takes a number, which is days unless a modifier says otherwise.
func (m *moment) setRaw(n float64) {
	m.raw, m.isRaw = n, true
	if n >= 0 && n < 5_373_484.5 {
		m.millis, m.settled = int64(n*dayMillis+0.5), true
	}
}

// setTime takes a time, to the millisecond.
func (m *moment) setTime(t time.Time) { m.millis, m.settled = epochMillis+t.UnixMilli(), true }

// valid reports whether milliseconds lie within the years that can be written.
func valid(millis int64) bool { return millis >= 0 && millis <= maxMillis }

// settle computes milliseconds from date and time.
func (m *moment) settle() {
	if m.settled {
		return
	}
	if !m.dated {
		m.year, m.month, m.day = 2000, 1, 1
	}
	if m.isRaw || m.year < -4713 || m.year > 9999 {
		m.fail()
		return
	}
	m.millis, m.settled = millisOf(m.year, m.month, m.day), true
	if m.timed {
		m.millis += m.clock - m.zone
		if m.zone != 0 {
			m.forget()
		}
	}
}

// millisOf returns the milliseconds of the beginning of a day; day 31 of a shorter month is one of the next.
func millisOf(year, month, day int) int64 {
	return epochMillis + time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix()*1000
}

func (m *moment) fail() { *m = moment{failed: true, settled: true} }

// forget leaves milliseconds alone.
func (m *moment) forget() { m.dated, m.timed, m.zone = false, false, 0 }

// shift settles m and moves it.
func (m *moment) shift(millis int64) {
	m.settle()
	m.forget()
	m.millis += millis
}

// split computes date and time from milliseconds, where they are not there.
func (m *moment) split() {
	m.splitDate()
	if !m.timed {
		m.settle()
		m.clock, m.timed, m.isRaw = modulo(m.millis+dayMillis/2, dayMillis), true, false
	}
}

func (m *moment) splitDate() {
	switch {
	case m.dated:
	case !m.settled:
		m.year, m.month, m.day = 2000, 1, 1
	case !valid(m.millis):
		m.fail()
		return
	default:
		t := m.time()
		m.year, m.month, m.day = t.Year(), int(t.Month()), t.Day()
	}
	m.dated = true
}

// time returns a settled moment as a time of UTC.
func (m *moment) time() time.Time { return time.UnixMilli(m.millis - epochMillis).UTC() }

// modulo returns the rest of n that is not below 0.
func modulo(n, of int64) int64 { return ((n % of) + of) % of }

// momentOf reads the time that arguments name, the first being the time and the others what is done to it; none is now.
func momentOf(c *Context, args []cell.Value) (m moment, ok bool) {
	if len(args) == 0 {
		m.setTime(c.Now)
		return m, valid(m.millis)
	}
	if !m.read(c, args[0]) {
		return m, false
	}
	for i, v := range args[1:] {
		if v.IsNull() || !m.modify(c, c.textOf(v), i == 0) {
			return m, false
		}
	}
	m.settle()
	m.forget() // the day need not be one of its month, nor the hour one of the day
	return m, !m.failed && valid(m.millis)
}

// read takes a time in any form that a query has one in.
func (m *moment) read(c *Context, v cell.Value) bool {
	switch v.Kind() {
	case cell.KindNull:
		return false
	case cell.KindTime:
		seconds, nanos := v.Time()
		m.setTime(time.Unix(seconds, int64(nanos)))
		return true
	case cell.KindText:
		return m.parse(c, v.Text())
	}
	m.setRaw(float(v))
	return !math.IsInf(m.raw, 0)
}
