package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/stamp"
)

func frameVerbs() topic {
	return topic{"Several tables at once", []verb{
		{
			name: "batch", operands: "[FILE]", summary: "change rows of several tables: all, or none",
			about: `FILE, or standard input, holds statements in ReedQL, reedql(7), or one JSON
object a line, with the fields op (set or delete), table, key, cells, add, if,
if-absent, if-exists, if-version; rdb(1) describes them. Each sees what those
before it did. Where one cannot be carried out nothing is stored, and the
message names the line; rdb exits 1 where a condition does not hold. Those on
one table make one version of it, and all versions together a frame.`,
			shape:   writes,
			flags:   []flag{{"-m, --message", "TEXT", "why"}},
			example: `echo '{"op":"set","table":"text","key":"n","add":{"value":1}}' | rdb batch`,
			run:     runBatch,
		},
		{
			name: "frame:list", summary: "list the frames, the newest first",
			about: `A frame is what one batch, restore:point-in-time or frame:rollback did, to all
of its tables. Times are RFC 3339, a date (its start) or @SECONDS, all UTC;
both ends are inclusive.`,
			shape: list,
			flags: []flag{
				{"--since", "TIME", "none older"},
				{"--until", "TIME", "none younger"},
				{"--user", "NAME", "only frames with a version this user made"},
				{"--table", "TABLE", "only frames with a version of this table"},
				{"--limit", "N", "at most N (default 0, all)"},
			},
			example: "rdb frame:list --limit 5",
			run:     runFrameList,
		},
		{
			name: "frame:show", operands: "ID", summary: "show a frame and its versions",
			about:   `ID is the frame's number, the beginning of one, or latest.`,
			shape:   list,
			example: "rdb frame:show latest",
			run:     runFrameShow,
		},
		{
			name: "frame:rollback", operands: "ID", summary: "take back what a frame did, as a new frame",
			about: `What came after it stays, in other rows and in other cells. Where both set a
cell, or one deleted the row, nothing is stored, the clashes are listed and rdb
exits 1; --on-conflict record keeps what the tables have there, records the
conflicts and exits 3. ID is the frame's number, the beginning of one, or
latest.`,
			shape: writes,
			flags: []flag{
				{"--confirm", "", "yes, take it back"},
				{"-n, --dry-run", "", "only say what would be done"},
				{"--on-conflict", "WHAT", "fail (default), or record"},
				{"-m, --message", "TEXT", "why"},
			},
			example: "rdb frame:rollback latest --confirm",
			run:     runFrameRollback,
		},
	}}
}

func runBatch(c *call) error {
	file := c.operand(0)
	if file == "" {
		file = "-"
	}
	in, err := cli.OpenInput(c.Env, file)
	if err != nil {
		return err
	}
	defer in.Close()
	text := bufio.NewReader(in)
	if !beginsObject(text) {
		return c.batchStatements(file, text)
	}
	lines, err := readBatch(text, maxStatements)
	if err != nil {
		return inFile(file, err)
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	list, err := resolveBatch(db, lines)
	if err != nil {
		return inFile(file, err)
	}
	result, err := db.Batch(list, c.text("message"))
	var at *reedbase.StatementError
	if errors.As(err, &at) {
		err = inFile(file, fmt.Errorf("line %d: %w", lines[at.At].line, err))
	}
	if err != nil {
		return err
	}
	return c.storedFrame(result)
}

// beginsObject reports whether a text begins as a batch of JSON does, blanks aside. An empty one does.
func beginsObject(text *bufio.Reader) bool {
	for {
		b, err := text.ReadByte()
		if err != nil {
			return true
		}
		if b > ' ' {
			text.UnreadByte()
			return b == '{'
		}
	}
}

// batchStatements carries out a batch in ReedQL.
func (c *call) batchStatements(file string, in io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(in, maxQuestion+1))
	if err == nil && len(text) > maxQuestion {
		err = fault.New(fault.Input, "it has more than %d bytes", maxQuestion)
	}
	if err != nil {
		return inFile(file, err)
	}
	db, err := c.openAsking()
	if err != nil {
		return err
	}
	w, err := db.ExecFrame(c.Context(), string(text), reedbase.Parameters{}, c.text("message"))
	if err != nil {
		return inFile(file, err)
	}
	return c.storedFrame(w.Committed)
}

// inFile names the file that an error is about.
func inFile(file string, err error) error {
	if file == "-" {
		return err
	}
	return fmt.Errorf("%s: %w", file, err)
}

// resolveBatch makes statements of lines: keys that are written as one text, and versions, are what the tables say.
func resolveBatch(db *reedbase.DB, lines []statement) ([]reedbase.Statement, error) {
	tables := map[string]*reedbase.Table{}
	defer func() {
		for _, t := range tables {
			t.Close()
		}
	}()
	list := make([]reedbase.Statement, len(lines))
	for i, line := range lines {
		if err := line.resolve(db, tables); err != nil {
			return nil, fmt.Errorf("line %d: %w", line.line, err)
		}
		list[i] = line.Statement
	}
	return list, nil
}

func (s *statement) resolve(db *reedbase.DB, tables map[string]*reedbase.Table) (err error) {
	composite := s.Key == nil && strings.Contains(s.key, "|")
	if s.Key == nil {
		s.Key = []string{s.key}
	}
	if !composite && s.version == "" {
		return nil // whatever the table is, without opening it
	}
	t := tables[s.Table]
	if t == nil {
		if t, err = db.Table(s.Table); err != nil {
			return err
		}
		tables[s.Table] = t
	}
	if composite {
		if s.Key, err = readKey(t, s.key); err != nil {
			return err
		}
	}
	if s.version != "" {
		v, err := t.Resolve(s.version)
		if err != nil {
			return err
		}
		s.If = append(s.If, reedbase.Condition{Test: reedbase.Unchanged, Version: v.ID})
	}
	return nil
}

// storedFrame prints what a write to several tables did, and starts folding old versions where that is due.
func (c *call) storedFrame(r reedbase.Committed) error {
	for _, t := range r.Tables {
		if t.PruneDue {
			c.pruneInBackground(t.Name)
		}
	}
	if c.on("quiet") {
		return nil
	}
	return c.acknowledge(r.Frame != 0, c.printFrame(r))
}

func (c *call) printFrame(r reedbase.Committed) error {
	if c.format != cli.Table {
		return c.writeCommitted(r)
	}
	if r.Frame == 0 {
		c.say("all is so already: nothing stored")
		return nil
	}
	c.say("frame %s", r.Frame.String())
	for _, t := range r.Tables {
		if t.Stored {
			c.say("  %s: %s%s, %s", t.Name, changes(t.Added, t.Changed, t.Deleted), conflicts(t), bytesText(t.DeltaSize))
		} else {
			c.say("  %s: as it was", t.Name)
		}
	}
	return nil
}

func (c *call) writeCommitted(r reedbase.Committed) error {
	columns := "frame table version stored action added changed deleted bytes conflicts"
	return writeRecords(c, columns, r.Tables, func(t reedbase.CommittedTable) []any {
		action := ""
		if t.Stored {
			action = t.Action.String()
		}
		return []any{idText(r.Frame), t.Name, t.ID, t.Stored, action, t.Added, t.Changed, t.Deleted, t.DeltaSize, t.Conflicts}
	})
}

func runFrameList(c *call) error {
	filter := reedbase.FrameFilter{Table: c.text("table"), User: c.text("user"), Limit: int(c.number("limit"))}
	var err error
	if since := c.text("since"); since != "" {
		if filter.Since, err = stamp.ParseTime(since); err != nil {
			return err
		}
	}
	if until := c.text("until"); until != "" {
		if filter.Until, err = stamp.ParseTime(until); err != nil {
			return err
		}
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	frames, err := db.Frames(filter)
	if err != nil {
		return err
	}
	return writeRecords(c, "frame time what of users tables rows state message", frames, func(f reedbase.Frame) []any {
		return []any{f.ID, c.moment(f.Time), f.Purpose.String(), c.frameOf(f), words(f.Users), words(f.Tables), f.Rows, frameState(f), f.Message}
	})
}

// frameOf returns what a frame takes back or goes back to.
func (c *call) frameOf(f reedbase.Frame) string {
	if f.Of != 0 {
		return idText(f.Of)
	}
	return c.moment(f.Moment)
}

func frameState(f reedbase.Frame) string {
	switch {
	case f.Pending:
		return "pending"
	case f.UndoneBy != 0:
		return "undone"
	}
	return ""
}

func runFrameShow(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	f, err := db.Frame(c.operands[0])
	if err != nil {
		return err
	}
	fields := []field{
		{"frame", f.ID},
		{"time", c.moment(f.Time)},
		{"what", f.Purpose.String()},
		{"of", c.frameOf(f)},
		{"users", words(f.Users)},
		{"state", frameState(f)},
		{"undone_by", idText(f.UndoneBy)},
		{"message", f.Message},
	}
	switch c.format {
	case cli.JSON:
		return c.writeFields(append(fields, field{"versions", frameVersions(f.Versions)})...)
	case cli.Table:
		if err := c.writeFields(fields...); err != nil {
			return err
		}
		c.say("")
	}
	return writeRecords(c, "table version base parent action user rows bytes", f.Versions, func(v reedbase.FrameVersion) []any {
		return []any{v.Table, v.ID, idText(v.Base), idText(v.Parent), v.ActionName, v.User, v.Rows, v.DeltaSize}
	})
}

// frameVersions are the versions of a frame in one field of JSON.
type frameVersions []reedbase.FrameVersion

// MarshalJSON returns an array of objects.
func (list frameVersions) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSON(append(b, `{"table":`...), v.Table), `,"version":`...)
		b = append(appendJSON(b, v.ID.String()), `,"base":`...)
		b = append(appendJSON(b, idText(v.Base)), `,"parent":`...)
		b = append(appendJSON(b, idText(v.Parent)), `,"action":`...)
		b = append(appendJSON(b, v.ActionName), `,"user":`...)
		b = append(appendJSON(b, v.User), `,"rows":`...)
		b = append(strconv.AppendInt(b, v.Rows, 10), `,"bytes":`...)
		b = append(strconv.AppendInt(b, v.DeltaSize, 10), '}')
	}
	return append(b, ']'), nil
}
