package stamp

import (
	"strconv"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Layout is how times are printed: RFC 3339 in UTC with all six digits of the microsecond, so that printed times sort.
const Layout = "2006-01-02T15:04:05.000000Z07:00"

// ParseTime reads a point in time: RFC 3339 ("2026-03-01T12:00:00Z", any zone, with or without fractions), a date
// ("2026-03-01", the start of that day in UTC), or "@SECONDS" since 1970. The result is in UTC. Anything else is
// refused with fault.Input.
func ParseTime(s string) (time.Time, error) {
	if seconds, ok := strings.CutPrefix(s, "@"); ok {
		n, err := strconv.ParseUint(seconds, 10, 63)
		if err == nil && n <= uint64(Max.Time().Unix()) && seconds[0] != '+' {
			return time.Unix(int64(n), 0).UTC(), nil
		}
		return time.Time{}, badTime(s)
	}
	for _, layout := range [...]string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, badTime(s)
}

func badTime(s string) error {
	return fault.WithHint(fault.New(fault.Input, "%q is no point in time", s),
		"write 2026-03-01T12:00:00Z, 2026-03-01 (its start, UTC) or @SECONDS since 1970")
}
