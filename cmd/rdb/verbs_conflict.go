package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
	"github.com/reedbase/reedbase/pkg/row"
)

func conflictVerbs() topic {
	return topic{"Conflicts", []verb{
		{
			name: "conflict:list", operands: "[TABLE]", summary: "list the open conflicts, of one table or all",
			about: `A conflict is what two writes set differently, neither having seen the other:
what "ours" set is in the table, "theirs" is the write from an older version.`,
			shape: list,
			example: "rdb set text page.title@en value=Moin\n" +
				"rdb set text page.title@en value=Servus --base ~1 || echo a conflict\n" +
				"rdb conflict:list text",
			run: runConflictList,
		},
		{
			name: "conflict:show", operands: "ID", summary: "show a conflict's rows side by side",
			about:   "ID may be the beginning of an id. Cells that clash have a * before the column.",
			shape:   list,
			example: `rdb conflict:show "$(rdb conflict:list text --porcelain | cut -f1)"`,
			run:     runConflictShow,
		},
		{
			name: "conflict:resolve", operands: "[ID…]", summary: "settle conflicts, as one version of each table",
			about: `Say whose value it is to be. --value may be given more than once; what stands
behind it as COLUMN=VALUE belongs to it too. Without a choice the table's
strategy in config.toml decides, unless that is manual. A row that was changed
since its conflict was recorded is refused: nothing is stored and rdb exits 1.`,
			shape: writes,
			flags: []flag{
				{"--all", "", "all that are open"},
				{"--table", "TABLE", "only those of this table"},
				{"--ours", "", "what the table has"},
				{"--theirs", "", "what the write from the older version set"},
				{"--base", "", "what there was before both"},
				{"--both", "", "both rows; theirs gets a new key"},
				{"--value", "COLUMN=VALUE…", "these cells"},
				{"--strategy", "NAME", "last-write-wins or first-write-wins"},
				{"--column", "COLUMN", "only this column of those that clash"},
				{"--force", "", "also where the row was changed since"},
			},
			example: "rdb conflict:resolve --all --ours",
			run:     runConflictResolve,
		},
	}}
}

// mergeFlags are those of verbs whose write may have to be merged.
func mergeFlags() []flag {
	return []flag{
		{"--rows", "", "changes of one row conflict, also of different cells"},
		{"--on-conflict", "WHAT", "record (default as config.toml says), or fail"},
	}
}

// base returns the version that --base names; 0, the head, when it is not given.
func (c *call) base(t *reedbase.Table) (reedbase.ID, error) {
	if !c.flags.Given("base") {
		return 0, nil
	}
	if c.text("base") == "" {
		return 0, fault.New(fault.Usage, "--base wants the ID of a version")
	}
	v, err := t.Resolve(c.text("base"))
	return v.ID, err
}

// mergeOptions returns what the flags say of a merge.
func (c *call) mergeOptions() (reedbase.MergeOptions, error) {
	what, err := c.choice("on-conflict", "", "record", "fail")
	return reedbase.MergeOptions{Rows: c.on("rows"), OnConflict: what}, err
}

// merged is stored for a write that may have been merged. Conflicts that are left make an error of kind fault.Conflicts.
func (c *call) merged(table string, r reedbase.Result) error {
	if err := c.stored(table, r); err != nil || r.Conflicts == 0 {
		return err
	}
	err := fault.New(fault.Conflicts, "%s: %s; the values of the head stay until it is settled", table, count(int64(r.Conflicts), "conflict"))
	return fault.WithHint(err, "rdb conflict:list %s", cli.Quote(table))
}

// refusedBy prints the conflicts for which a write was refused.
func (c *call) refusedBy(err error) error {
	if clash, ok := asClash(err); ok {
		if err := c.listConflicts(clash.Conflicts); err != nil {
			return err
		}
	}
	return err
}

func runConflictList(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	all, err := conflictsOf(db, c.operand(0))
	if err != nil {
		return err
	}
	if len(all) == 0 && c.format == cli.Table {
		c.say("no conflicts are open")
	}
	if err := c.listConflicts(all); err != nil || c.format != cli.Table {
		return err
	}
	return c.sayStrategies(db, all, c.operand(0))
}

func conflictsOf(db *reedbase.DB, name string) ([]reedbase.Conflict, error) {
	if name == "" {
		return db.Conflicts()
	}
	t, err := db.Table(name)
	if err != nil {
		return nil, err
	}
	return t.Conflicts()
}

// sayStrategies tells how conflicts of the tables are settled from now on.
func (c *call) sayStrategies(db *reedbase.DB, all []reedbase.Conflict, name string) error {
	names := []string{}
	if name != "" {
		names = append(names, name)
	}
	for _, conflict := range all {
		if !slices.Contains(names, conflict.Table) {
			names = append(names, conflict.Table)
		}
	}
	for _, name := range names {
		t, err := db.Table(name)
		if err != nil {
			return err
		}
		strategy, err := t.Strategy()
		if err != nil {
			return err
		}
		c.say("strategy of %s: %s", name, strategy.String())
	}
	return nil
}

func (c *call) listConflicts(all []reedbase.Conflict) error {
	if c.format == cli.Table {
		return writeRecords(c, "id table key kind ours theirs", all, func(k reedbase.Conflict) []any {
			return []any{k.ID, k.Table, writeKey(k.Key), k.Kind.String(), sideText(k, k.Ours), sideText(k, k.Theirs)}
		})
	}
	columns := "id table key kind columns version base_version ours_version theirs_version ours_user theirs_user base ours theirs now"
	return writeRecords(c, columns, all, func(k reedbase.Conflict) []any {
		var key any = words(k.Key)
		if c.format != cli.JSON {
			key = writeKey(k.Key)
		}
		return []any{
			k.ID, k.Table, key, k.Kind.String(), words(k.Columns), idText(k.Version), idText(k.Base.Version.ID), idText(k.Ours.Version.ID),
			idText(k.Theirs.Version.ID), k.Ours.Version.User, k.Theirs.Version.User,
			rowObject{k.Base.Record}, rowObject{k.Ours.Record}, rowObject{k.Theirs.Record}, rowObject{k.Now},
		}
	})
}

// sideText writes what a side set, for people: "ada: price=9".
func sideText(k reedbase.Conflict, side reedbase.ConflictSide) string {
	who := side.Version.User + ": "
	switch {
	case k.Kind == reedbase.HeaderConflict:
		return who + strings.Join(side.Record.Columns, ",")
	case side.Record == nil:
		return who + "(deleted)"
	case len(k.Columns) == 0:
		return who + string(row.AppendRecord(nil, byteCells(side.Record.Cells), ""))
	}
	var parts []string
	for _, column := range k.Columns {
		cell, _ := side.Record.Cell(column)
		parts = append(parts, column+"="+cli.Quote(cell))
	}
	return who + strings.Join(parts, " ")
}

func runConflictShow(c *call) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	k, err := db.FindConflict(c.operands[0])
	if err != nil {
		return err
	}
	if c.format != cli.Table {
		return c.listConflicts([]reedbase.Conflict{k})
	}
	t, err := db.Table(k.Table)
	if err != nil {
		return err
	}
	strategy, err := t.Strategy()
	if err != nil {
		return err
	}
	err = c.writeFields(
		field{"conflict", k.ID}, field{"table", k.Table}, field{"key", writeKey(k.Key)}, field{"kind", k.Kind.String()},
		field{"recorded", c.moment(k.Version.Time())}, field{"version", k.Version}, field{"strategy", strategy},
	)
	if err != nil {
		return err
	}
	c.say("")
	return c.compareSides(k)
}

// compareSides prints the states of a conflict's row side by side.
func (c *call) compareSides(k reedbase.Conflict) error {
	sides := []reedbase.ConflictSide{k.Base, k.Ours, k.Theirs}
	records := cli.NewRecords(c.Env, c.format, "", "base", "ours", "theirs", "now")
	add := func(name string, of func(reedbase.ConflictSide) string, now string) error {
		return records.Add(name, of(sides[0]), of(sides[1]), of(sides[2]), now)
	}
	err := add("version", func(s reedbase.ConflictSide) string { return idText(s.Version.ID) }, "")
	if err == nil {
		err = add("time", func(s reedbase.ConflictSide) string { return c.moment(s.Version.Time) }, "")
	}
	if err == nil {
		err = add("user", func(s reedbase.ConflictSide) string { return s.Version.User }, "")
	}
	for _, column := range columnsOf(k) {
		mark := "  "
		if len(k.Columns) == 0 || slices.Contains(k.Columns, column) {
			mark = "* "
		}
		if err == nil {
			err = add(mark+column, func(s reedbase.ConflictSide) string { return cellOf(s.Record, column) }, cellOf(k.Now, column))
		}
	}
	if err != nil {
		return err
	}
	return records.Close()
}

// columnsOf returns the columns of all sides of a conflict, in the order of the merged ones.
func columnsOf(k reedbase.Conflict) (list []string) {
	for _, r := range []*reedbase.Record{k.Now, k.Ours.Record, k.Theirs.Record, k.Base.Record} {
		if r == nil {
			continue
		}
		for _, name := range r.Columns {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

func cellOf(r *reedbase.Record, column string) string {
	if r == nil {
		return "-"
	}
	cell, _ := r.Cell(column)
	return cell
}

func runConflictResolve(c *call) error {
	ids, values, err := c.resolveOperands()
	if err != nil {
		return err
	}
	choice, chosen, err := c.chosen()
	if err != nil {
		return err
	}
	db, err := c.openToWrite()
	if err != nil {
		return err
	}
	conflicts, err := c.toResolve(db, ids)
	if err != nil {
		return err
	}
	if len(conflicts) == 0 {
		c.say("no conflicts are open")
		return nil
	}
	for rest := conflicts; len(rest) > 0; {
		name := rest[0].Table
		n := slices.IndexFunc(rest, func(k reedbase.Conflict) bool { return k.Table != name })
		if n < 0 {
			n = len(rest)
		}
		if err := c.resolveTable(db, name, rest[:n], choice, chosen, values); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// resolveOperands tells ids from what belongs to --value.
func (c *call) resolveOperands() (ids []string, values []reedbase.Assignment, err error) {
	texts := c.all("value")
	for _, operand := range c.operands {
		if strings.Contains(operand, "=") && len(texts) > 0 {
			texts = append(texts, operand)
		} else {
			ids = append(ids, operand)
		}
	}
	for _, text := range texts {
		column, value, ok := strings.Cut(text, "=")
		if !ok || column == "" {
			return nil, nil, fault.New(fault.Usage, "%q is no COLUMN=VALUE", text)
		}
		values = append(values, reedbase.Assignment{Column: column, Value: value})
	}
	switch all := c.on("all"); {
	case all && len(ids) > 0:
		return nil, nil, fault.New(fault.Usage, "--all and %q contradict each other", ids[0])
	case !all && len(ids) == 0:
		return nil, nil, fault.New(fault.Usage, "conflict:resolve wants ID… or --all")
	}
	return ids, values, nil
}

// chosen returns the choice that the flags make; ok is false when they make none.
func (c *call) chosen() (choice reedbase.Take, ok bool, err error) {
	if err := cli.Exclusive(c.flags, "ours", "theirs", "base", "both", "value", "strategy"); err != nil {
		return 0, false, err
	}
	for name, choice := range map[string]reedbase.Take{
		"ours": reedbase.TakeOurs, "theirs": reedbase.TakeTheirs, "base": reedbase.TakeBase, "both": reedbase.TakeBoth,
	} {
		if c.on(name) {
			return choice, true, nil
		}
	}
	if len(c.all("value")) > 0 {
		return reedbase.TakeValue, true, nil
	}
	if name := c.text("strategy"); name != "" {
		s, err := reedbase.ParseStrategy(name)
		if err != nil {
			return 0, false, fault.New(fault.Usage, "--strategy: %w", err)
		}
		choice, err = byStrategy(s)
		return choice, true, err
	}
	return 0, false, nil
}

// byStrategy returns what a strategy takes.
func byStrategy(s reedbase.Strategy) (reedbase.Take, error) {
	switch s {
	case reedbase.LastWriteWins:
		return reedbase.TakeLater, nil
	case reedbase.FirstWriteWins:
		return reedbase.TakeEarlier, nil
	}
	err := fault.New(fault.Usage, "the strategy manual leaves the choice to you")
	return 0, fault.WithHint(err, "say --ours, --theirs, --base, --both or --value COLUMN=VALUE")
}

// toResolve returns the conflicts that are meant, those of one table together.
func (c *call) toResolve(db *reedbase.DB, ids []string) (list []reedbase.Conflict, err error) {
	if c.on("all") {
		return conflictsOf(db, c.text("table"))
	}
	for _, id := range ids {
		k, err := db.FindConflict(id)
		if err != nil {
			return nil, err
		}
		if only := c.text("table"); only != "" && k.Table != only {
			return nil, fault.New(fault.NotFound, "conflict %s is one of table %q, not of %q", k.ID, k.Table, only)
		}
		list = append(list, k)
	}
	slices.SortStableFunc(list, func(a, b reedbase.Conflict) int { return strings.Compare(a.Table, b.Table) })
	return list, nil
}

func (c *call) resolveTable(db *reedbase.DB, name string, conflicts []reedbase.Conflict, choice reedbase.Take, chosen bool, values []reedbase.Assignment) error {
	t, err := db.Table(name)
	if err != nil {
		return err
	}
	if !chosen {
		strategy, err := t.Strategy()
		if err == nil {
			choice, err = byStrategy(strategy)
		}
		if err != nil {
			return err
		}
	}
	list := make([]reedbase.Resolution, len(conflicts))
	for i, k := range conflicts {
		list[i] = reedbase.Resolution{ID: k.ID, Take: choice, Column: c.text("column"), Values: values, Force: c.on("force")}
	}
	result, done, err := t.ResolveConflicts(list...)
	if err != nil {
		return err
	}
	if err := c.stored(name, result); err != nil || c.on("quiet") || c.format != cli.Table {
		return err
	}
	for _, r := range done {
		if r.NewKey != nil {
			c.say("%s is kept beside %s", writeKey(r.NewKey), writeKey(r.Key))
		}
	}
	return nil
}

// settledText says how many conflicts a version settled, and left open.
func settledText(r reedbase.Result) (text string) {
	if r.Conflicts > 0 {
		text += ", " + count(int64(r.Conflicts), "conflict")
	}
	if r.Settled > 0 {
		text += fmt.Sprintf(", %s settled", count(int64(r.Settled), "conflict"))
	}
	return text
}

func asClash(err error) (*reedbase.Clash, bool) {
	var clash *reedbase.Clash
	return clash, errors.As(err, &clash)
}
