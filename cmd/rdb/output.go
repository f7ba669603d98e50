package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// field is one named value of a record that is printed alone.
type field struct {
	name  string
	value any
}

// writeFields prints one record: as aligned lines "name  value" for people, else in the record format asked for.
func (c *call) writeFields(fields ...field) error {
	if c.format == cli.Table {
		wide := 0
		for _, f := range fields {
			wide = max(wide, len(f.name))
		}
		for _, f := range fields {
			if value := fmt.Sprint(f.value); value != "" {
				fmt.Fprintf(c.Out, "%-*s  %s\n", wide, f.name, cli.Escape(value))
			}
		}
		return nil
	}
	names, values := make([]string, len(fields)), make([]any, len(fields))
	for i, f := range fields {
		names[i], values[i] = f.name, f.value
	}
	records := cli.NewRecords(c.Env, c.format, names...)
	if err := records.Add(values...); err != nil {
		return err
	}
	return records.Close()
}

// raw is text that say prints as it is: it has been escaped, and may hold colours.
type raw string

// writeRecords prints a list: the names of its columns, separated by spaces, and for each item the values in them.
func writeRecords[T any](c *call, columns string, items []T, values func(T) []any) error {
	records := cli.NewRecords(c.Env, c.format, strings.Fields(columns)...)
	for _, item := range items {
		if err := records.Add(values(item)...); err != nil {
			return err
		}
	}
	return records.Close()
}

// say prints a line for people. Strings among the values are escaped.
func (c *call) say(format string, args ...any) { sayTo(c.Out, format, args) }

// tell is say on standard error, where standard output is for data.
func (c *call) tell(format string, args ...any) { sayTo(c.Err, format, args) }

func sayTo(w io.Writer, format string, args []any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = cli.Escape(s)
		}
	}
	fmt.Fprintf(w, format+"\n", args...)
}

// stored prints what a write did, and starts folding old versions when that is due. A write that left conflicts open is
// fault.Conflicts.
func (c *call) stored(table string, r reedbase.Result) error {
	if r.PruneDue {
		c.pruneInBackground(table)
	}
	if !c.on("quiet") {
		if err := c.acknowledge(r.Stored, c.printStored(table, r)); err != nil {
			return err
		}
	}
	if r.Conflicts == 0 {
		return nil
	}
	err := fault.New(fault.Conflicts, "table %q: stored, with %s: the table keeps what others wrote there", table, openText(r.Conflicts))
	return fault.WithHint(err, "'rdb conflict:list %s' lists them", cli.Quote(table))
}

// acknowledge sees to it that what a write did is printed. Where that fails the write is done all the same, and who takes it for
// refused would do it twice: it is a warning.
func (c *call) acknowledge(stored bool, printed error) error {
	if printed == nil {
		printed = c.Out.Flush()
	}
	if printed == nil || !stored {
		return printed
	}
	c.Warn("it is stored, but that could not be written to standard output: %v", printed)
	c.Out.Reset(io.Discard)
	return nil
}

func (c *call) printStored(table string, r reedbase.Result) error {
	if c.format != cli.Table {
		action := ""
		if r.Stored {
			action = r.Action.String()
		}
		return c.writeFields(field{"table", table}, field{"version", r.ID}, field{"stored", r.Stored},
			field{"action", action}, field{"added", r.Added}, field{"changed", r.Changed}, field{"deleted", r.Deleted},
			field{"bytes", r.DeltaSize}, field{"side", idText(r.Side)}, field{"conflicts", r.Conflicts}, field{"settled", r.Settled})
	}
	switch rows := changes(r.Added, r.Changed, r.Deleted); {
	case !r.Stored:
		c.say("%s is so already, at %s: nothing stored", table, r.ID.String())
	case r.Action == verlog.Create && r.Added == 0:
		c.say("%s %s: an empty table", table, r.ID.String())
	case r.Action == verlog.Schema && r.Added+r.Changed+r.Deleted == 0:
		c.say("%s %s: another schema", table, r.ID.String())
	case r.Side != 0:
		c.say("%s %s: merged with what others wrote, %s%s", table, r.ID.String(), rows, settledText(r))
	default:
		c.say("%s %s: %s, %s", table, r.ID.String(), rows, bytesText(r.DeltaSize))
	}
	return nil
}

// whatChanged says what a version did to its table.
func whatChanged(r reedbase.Result) string {
	switch {
	case r.Action == verlog.Create && r.Added == 0:
		return "an empty table"
	case r.Action == verlog.Delete:
		return "deleted, " + changes(r.Added, r.Changed, r.Deleted)
	}
	return changes(r.Added, r.Changed, r.Deleted)
}

// changes writes numbers of rows as "+1 ~2 -3 rows", those that are 0 left out.
func changes(added, changed, deleted int64) string {
	var parts []string
	for i, n := range []int64{added, changed, deleted} {
		if n != 0 {
			parts = append(parts, string("+~-"[i])+strconv.FormatInt(n, 10))
		}
	}
	switch added + changed + deleted {
	case 0:
		return "no row changed"
	case 1:
		return parts[0] + " row"
	}
	return strings.Join(parts, " ") + " rows"
}

// settledText says how many conflicts a version left open, and settled.
func settledText(r reedbase.Result) (text string) {
	if r.Conflicts > 0 {
		text += ", " + count(int64(r.Conflicts), "conflict")
	}
	if r.Settled > 0 {
		text += ", " + count(int64(r.Settled), "conflict") + " settled"
	}
	return text
}

// count writes a number with its noun: "1 row", "2 rows".
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.FormatInt(n, 10) + " " + noun + "s"
}

// bytesText writes a size for people.
func bytesText(n int64) string {
	switch {
	case n < 10_000:
		return count(n, "byte")
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// moment returns t as the format has it: to the second for people, exact for programs, both in UTC.
func (c *call) moment(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case c.format == cli.Table:
		return t.UTC().Format("2006-01-02 15:04:05Z")
	}
	return t.UTC().Format(stamp.Layout)
}

// words are several names in one field: an array in JSON, joined by commas elsewhere.
type words []string

func (w words) String() string { return strings.Join(w, ",") }

func (w words) MarshalJSON() ([]byte, error) {
	if w == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]string(w))
}

// idText writes a version's id, and nothing for none.
func idText(id reedbase.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

// paint returns s escaped, and coloured on a terminal that wants it.
func (c *call) paint(colour, s string) raw {
	s = cli.Escape(s)
	if !c.Colour() {
		return raw(s)
	}
	return raw("\x1b[" + colour + "m" + s + "\x1b[0m")
}

// The colours, as the numbers of the terminal's escape sequence.
const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
)
