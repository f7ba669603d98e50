package main

import (
	"slices"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/stamp"
)

func historyVerbs() topic {
	return topic{"History", []verb{
		{
			name: "version:list", operands: "TABLE", summary: "list the versions of a table, the newest first",
			about: "Times are RFC 3339, a date (its start) or @SECONDS, all UTC; both ends are\ninclusive.",
			shape: list,
			flags: []flag{
				{"--key", "KEY", "only versions that changed this row"},
				{"--since", "TIME", "none older"},
				{"--until", "TIME", "none younger"},
				{"--action", "NAME", "only update, import, rollback, …"},
				{"--user", "NAME", "only versions this user made"},
				{"--limit", "N", "at most N (default 0, all)"},
			},
			example: "rdb version:list text --limit 5",
			run:     runVersionList,
		},
		{
			name: "version:show", operands: "TABLE [ID]", summary: "show a version and what it changed",
			shape:   list,
			example: "rdb version:show text ~1",
			run:     runVersionShow,
		},
		{
			name: "version:diff", operands: "TABLE [ID [ID]]", summary: "show what changed between versions, by cell",
			about: `From the first ID (default head) to the second (default: current.csv as it
is, hand edits too).`,
			shape: list,
			flags: []flag{
				{"-f, --format", "FORMAT", "table (for people), jsonl, csv or reedql"},
				{"--stat", "", "only how many rows and cells"},
				{"-e, --exit-code", "", "exit 1 when they differ"},
			},
			example: "rdb version:diff text ~2 head",
			run:     runVersionDiff,
		},
		{
			name: "version:blame", operands: "TABLE [KEY]", summary: "say who last set each row, or a row's cells",
			shape:   list,
			example: "rdb version:blame text page.title@en",
			run:     runVersionBlame,
		},
		{
			name: "version:history", operands: "TABLE KEY", summary: "show one row's values, the newest first",
			shape:   list,
			example: "rdb version:history text page.title@en",
			run:     runVersionHistory,
		},
		{
			name: "version:tag", operands: "TABLE [NAME [ID]]", summary: "name a version, or list the names",
			about:   "A version with a name is never folded by version:prune.",
			shape:   list,
			flags:   []flag{{"-d, --delete", "", "forget the name; the version stays"}},
			example: "rdb version:tag text launch ~1",
			run:     runVersionTag,
		},
		{
			name: "version:rollback", operands: "TABLE ID", summary: "bring an older content back, as a new version",
			shape:   writes,
			flags:   []flag{{"--key", "KEY", "only this row"}},
			example: "rdb version:rollback text ~1 --key page.title@en",
			run:     runVersionRollback,
		},
		{
			name: "version:prune", operands: "TABLE", summary: "fold old versions into one, to save space",
			about: `Who changed what and when stays listed; what the folded versions held cannot
be read any more. Named versions stay. Of a deleted table the content that it
had last stays too.`,
			flags: []flag{
				{"--keep", "N", "keep the newest N readable (default max-versions of config.toml)"},
				{"--auto", "", "as writes start it when it is due: silent, to max-versions"},
				{"-q, --quiet", "", "print nothing when all went well"},
			},
			example: "rdb version:prune text --keep 100",
			run:     runVersionPrune,
		},
		{
			name: "restore:point-in-time", operands: "[TIME]", summary: "bring all tables back to one moment",
			about: `TIME is RFC 3339, a date or @SECONDS, all UTC. Every table gets a new version
with its content of then: tables made later are deleted, tables deleted later
come back; all of them, or none on an error.`,
			shape: list,
			flags: []flag{
				{"--hours-ago", "N", "the moment N hours before now, instead of TIME"},
				{"-n, --dry-run", "", "only say what would change"},
			},
			example: "rdb restore:point-in-time --hours-ago 0 --dry-run",
			run:     runPointInTime,
		},
	}}
}

func runVersionList(c *call) error {
	filter, err := c.versionFilter()
	if err != nil {
		return err
	}
	t, err := c.table()
	if err != nil {
		return err
	}
	versions, err := c.versions(t, filter)
	if err != nil {
		return err
	}
	merges := slices.ContainsFunc(versions, func(v reedbase.Version) bool { return v.Parent != 0 })
	columns := "version time action user rows bytes tags message"
	if c.format != cli.Table || merges {
		columns += " base parent"
	}
	return writeRecords(c, columns, versions, func(v reedbase.Version) []any {
		values := []any{v.ID, c.moment(v.Time), v.ActionName, v.User, v.Rows, v.DeltaSize, words(v.Tags), v.Message}
		if c.format != cli.Table || merges {
			values = append(values, idText(v.Base), idText(v.Parent))
		}
		return values
	})
}

func (c *call) versionFilter() (reedbase.Filter, error) {
	filter := reedbase.Filter{Action: c.text("action"), User: c.text("user"), Limit: int(c.number("limit"))}
	var err error
	if since := c.text("since"); since != "" {
		if filter.Since, err = stamp.ParseTime(since); err != nil {
			return filter, err
		}
	}
	if until := c.text("until"); until != "" {
		if filter.Until, err = stamp.ParseTime(until); err != nil {
			return filter, err
		}
	}
	return filter, nil
}

// versions returns the versions that the filter and --key let through.
func (c *call) versions(t *reedbase.Table, filter reedbase.Filter) ([]reedbase.Version, error) {
	if !c.flags.Given("key") {
		return t.Versions(filter)
	}
	key, err := readKey(t, c.text("key"))
	if err != nil {
		return nil, err
	}
	moments, err := t.History(key...)
	if err != nil {
		return nil, err
	}
	touched := map[reedbase.ID]bool{}
	for _, m := range moments {
		touched[m.Version.ID] = true
	}
	limit := filter.Limit
	filter.Limit = 0
	all, err := t.Versions(filter)
	var some []reedbase.Version
	for _, v := range all {
		if touched[v.ID] && (limit == 0 || len(some) < limit) {
			some = append(some, v)
		}
	}
	return some, err
}

func runVersionShow(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	v, err := t.Resolve(c.operand(1))
	if err != nil {
		return err
	}
	if err := c.writeFields(versionFields(c, v)...); err != nil || c.format != cli.Table || v.Pruned || v.Base == 0 {
		return err
	}
	diff, err := t.Diff(v.Base, v.ID)
	if err != nil {
		return err
	}
	c.say("")
	c.writeDiff(diff)
	return nil
}

func versionFields(c *call, v reedbase.Version) []field {
	state := ""
	if v.Pruned {
		state = "folded: its content cannot be read any more"
	}
	return []field{
		{"version", v.ID},
		{"base", idText(v.Base)},
		{"parent", idText(v.Parent)},
		{"time", c.moment(v.Time)},
		{"user", v.User},
		{"action", v.ActionName},
		{"rows", v.Rows},
		{"bytes", v.DeltaSize},
		{"hash", v.Hash},
		{"tags", words(v.Tags)},
		{"message", v.Message},
		{"state", state},
	}
}

func runVersionTag(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	name := c.operand(1)
	switch {
	case c.on("delete") && name == "":
		return fault.New(fault.Usage, "--delete wants the NAME to forget")
	case c.on("delete"):
		return t.Untag(name)
	case name == "":
		return c.listTags(t)
	}
	v, err := t.Resolve(c.operand(2))
	if err != nil {
		return err
	}
	if err := t.Tag(name, v.ID); err != nil {
		return err
	}
	if c.format == cli.Table {
		c.say("%s is %s", name, v.ID.String())
		return nil
	}
	return c.writeFields(field{"tag", name}, field{"version", v.ID})
}

func (c *call) listTags(t *reedbase.Table) error {
	tags, err := t.Tags()
	if err != nil {
		return err
	}
	return writeRecords(c, "tag version time", tags, func(tag reedbase.Tag) []any {
		return []any{tag.Name, tag.ID, c.moment(tag.ID.Time())}
	})
}

func runVersionRollback(c *call) error {
	t, err := c.table()
	if err != nil {
		return err
	}
	v, err := t.Resolve(c.operands[1])
	if err != nil {
		return err
	}
	var key []string
	if c.flags.Given("key") {
		if key, err = readKey(t, c.text("key")); err != nil {
			return err
		}
	}
	result, err := t.Rollback(v.ID, key...)
	if err != nil {
		return err
	}
	return c.stored(t.Name(), result)
}
