package main

import (
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/stamp"
)

func runPointInTime(c *call) error {
	at, err := c.pointInTime()
	if err != nil {
		return err
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	cuts, err := db.RestoreTo(at, c.on("dry-run"))
	if err != nil {
		return err
	}
	return c.acknowledge(!c.on("dry-run"), writeRecords(c, "table what from to", cuts, func(cut reedbase.Cut) []any {
		return []any{cut.Table, cut.What.String(), idText(cut.From), idText(cut.To)}
	}))
}

// longAgo is more hours than there are since 1970, before which nothing is; many more would overflow a duration.
const longAgo = 1 << 20

// pointInTime returns the moment that the operand or --hours-ago gives.
func (c *call) pointInTime() (time.Time, error) {
	relative := c.flags.Given("hours-ago")
	switch {
	case relative && c.operand(0) != "":
		return time.Time{}, fault.New(fault.Usage, "TIME and --hours-ago contradict each other")
	case relative:
		return time.Now().Add(-time.Duration(min(c.number("hours-ago"), longAgo)) * time.Hour), nil
	case c.operand(0) == "":
		return time.Time{}, fault.New(fault.Usage, "restore:point-in-time wants TIME or --hours-ago N")
	}
	return stamp.ParseTime(c.operands[0])
}
