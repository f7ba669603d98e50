package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/cli"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/reedbase"
)

func runConflictResolve(c *call) error {
	ids, values, err := c.resolveOperands()
	if err != nil {
		return err
	}
	how, err := c.resolution(values)
	if err != nil {
		return err
	}
	db, err := c.open()
	if err != nil {
		return err
	}
	list, err := c.toResolve(db, ids)
	if err != nil {
		return err
	}
	if len(list) == 0 && c.format == cli.Table && !c.on("quiet") {
		c.say("no conflicts are open")
	}
	// Each table is settled by itself: what is refused in one does not keep the others open.
	var done []settledConflict
	var refused []error
	for _, of := range byTable(list) {
		one, err := c.resolveTable(db, of, how)
		done, refused = append(done, one...), append(refused, err)
	}
	return errors.Join(append(refused, c.acknowledge(len(done) > 0, c.printSettled(done)))...)
}

// resolveOperands tells ids, or with --all a table, from what belongs to --value.
func (c *call) resolveOperands() (ids, values []string, err error) {
	values = c.all("value")
	given := len(values) > 0
	for _, operand := range c.operands {
		if given && strings.Contains(operand, "=") {
			values = append(values, operand)
		} else {
			ids = append(ids, operand)
		}
	}
	switch all := c.on("all"); {
	case all && len(ids) > 1:
		return nil, nil, fault.New(fault.Usage, "with --all the operand is one TABLE; %q is one too many", ids[1])
	case !all && len(ids) == 0:
		return nil, nil, fault.New(fault.Usage, "conflict:resolve wants ID… or --all")
	}
	return ids, values, nil
}

// resolution is how conflicts are to be settled.
type resolution struct {
	reedbase.Resolution
	unsaid bool // it is what the settings say
}

func (c *call) resolution(values []string) (how resolution, err error) {
	if err := cli.Exclusive(c.flags, "ours", "theirs", "base", "both", "value", "strategy"); err != nil {
		return how, err
	}
	if err := cli.Exclusive(c.flags, "both", "column"); err != nil {
		return how, err
	}
	how.Column, how.Force = c.text("column"), c.on("force")
	switch {
	case c.on("ours"):
		how.Take = reedbase.TakeOurs
	case c.on("theirs"):
		how.Take = reedbase.TakeTheirs
	case c.on("base"):
		how.Take = reedbase.TakeBase
	case c.on("both"):
		how.Take = reedbase.TakeBoth
	case c.flags.Given("value"):
		how.Take = reedbase.TakeValue
		how.Values, err = c.values(values, how.Column)
	case c.flags.Given("strategy"):
		var word string
		word, err = c.choice("strategy", reedbase.LastWriteWins.String(), reedbase.FirstWriteWins.String())
		how.Take = byStrategy(word)
	default:
		how.unsaid = true
	}
	return how, err
}

// values reads the cells of --value, which are all in one column when there is one.
func (c *call) values(texts []string, column string) ([]reedbase.Assignment, error) {
	list, err := c.assignments(texts)
	for i, v := range list {
		switch {
		case v.Operation != reedbase.Assign:
			return nil, fault.New(fault.Usage, "--value %q is no COLUMN=VALUE", texts[i])
		case column != "" && v.Column != column:
			return nil, fault.New(fault.Usage, "--column %s and --value %q contradict each other", column, texts[i])
		}
	}
	return list, err
}

func byStrategy(word string) reedbase.Take {
	if word == reedbase.FirstWriteWins.String() {
		return reedbase.TakeEarlier
	}
	return reedbase.TakeLater
}

// toResolve returns the conflicts that are meant, each once, those of one table together and the tables by name.
func (c *call) toResolve(db *reedbase.DB, ids []string) (list []reedbase.Conflict, err error) {
	if c.on("all") {
		return openConflicts(db, strings.Join(ids, ""))
	}
	for _, id := range ids {
		k, err := db.FindConflict(id)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(other reedbase.Conflict) bool { return other.ID == k.ID }) {
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, func(a, b reedbase.Conflict) int { return strings.Compare(a.Table, b.Table) })
	return list, nil
}

// settledConflict is a conflict that was settled, and the version that did.
type settledConflict struct {
	reedbase.Resolved
	table string
	by    reedbase.Result
}

// resolveTable settles conflicts of one table.
func (c *call) resolveTable(db *reedbase.DB, list []reedbase.Conflict, how resolution) ([]settledConflict, error) {
	t, err := db.Table(list[0].Table)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if how.unsaid {
		if how.Take, err = configured(t); err != nil {
			return nil, err
		}
	}
	all := make([]reedbase.Resolution, len(list))
	for i, k := range list {
		all[i] = how.Resolution
		all[i].ID = k.ID
	}
	result, resolved, err := t.ResolveConflicts(all...)
	if err != nil {
		return nil, err
	}
	if result.PruneDue {
		c.pruneInBackground(t.Name())
	}
	done := make([]settledConflict, len(resolved))
	for i, r := range resolved {
		done[i] = settledConflict{r, t.Name(), result}
	}
	return done, nil
}

// configured returns what the settings say of conflicts of a table.
func configured(t *reedbase.Table) (reedbase.Take, error) {
	strategy, err := t.Strategy()
	if err == nil && strategy == reedbase.Manual {
		err = fault.New(fault.Usage, "the strategy of table %q is manual: it leaves the choice to you", t.Name())
		err = fault.WithHint(err, "say --ours, --theirs, --base, --both, --value COLUMN=VALUE or --strategy NAME")
	}
	return byStrategy(strategy.String()), err
}

// printSettled prints what was done, for people under a line a version.
func (c *call) printSettled(done []settledConflict) error {
	if c.on("quiet") {
		return nil
	}
	if c.format != cli.Table {
		return writeRecords(c, "id table key took columns new_key version added changed deleted bytes", done, func(d settledConflict) []any {
			return []any{
				d.ID, d.table, keyField(d.Key), d.By, words(d.Columns), keyField(d.NewKey),
				d.by.ID, d.by.Added, d.by.Changed, d.by.Deleted, d.by.DeltaSize,
			}
		})
	}
	for i, d := range done {
		if i == 0 || done[i-1].by.ID != d.by.ID {
			c.say("%s %s: %s%s, %s", d.table, d.by.ID.String(), changes(d.by.Added, d.by.Changed, d.by.Deleted), settledText(d.by), bytesText(d.by.DeltaSize))
		}
		c.say("  %s  %s", d.ID, d.describe())
	}
	return nil
}

// describe says how a conflict was settled.
func (d *settledConflict) describe() string {
	text := "the header"
	if d.Key != nil {
		text = writeKey(d.Key)
	}
	text += ": " + d.By
	if len(d.Columns) > 0 {
		text += " in " + strings.Join(d.Columns, ", ")
	}
	if d.NewKey != nil {
		text += ", theirs is " + writeKey(d.NewKey)
	}
	return text
}
