package table

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/schema"
)

// KeyRule is the rule that a key is one of RBKS, spelled in one way alone.
const KeyRule schema.Rule = "key"

// Break is one way in which rows break the rules of their table.
type Break struct {
	schema.Violation
	Row string // the key of a row that is written by itself; "" for one of a text, whose line is known
}

// String returns the break with its place.
func (b Break) String() string {
	switch {
	case b.Row == "":
		return b.Violation.String()
	case b.Column == "":
		return fmt.Sprintf("row %q: %s", b.Row, b.Text)
	}
	return fmt.Sprintf("row %q, %s", b.Row, b.Violation)
}

// Breach is the error of a write that breaks the strict rules of a table: all that does, as far as it is kept. Its kind is
// fault.Input, and nothing was stored.
type Breach struct {
	Table, Source string // Source is what was to be stored, for messages; "" where it has no name
	List          []Break
	Total         int // more than List holds, where there are very many
}

// Error returns the breaks, one a line.
func (b *Breach) Error() string {
	head, whose := b.Source, fmt.Sprintf("the rules of table %q", b.Table)
	if head == "" {
		head, whose = fmt.Sprintf("table %q", b.Table), "its rules"
	}
	if len(b.List) == 1 && b.Total == 1 {
		return head + ": " + b.List[0].String()
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %d places break %s:", head, b.Total, whose)
	for _, one := range b.List {
		text.WriteString("\n" + one.String())
	}
	if more := b.Total - len(b.List); more > 0 {
		fmt.Fprintf(&text, "\nand %d more", more)
	}
	return text.String()
}

// maxBreaks is how many breaks of one write are kept.
const maxBreaks = 1000

// verdict is what breaks the rules of a table, by what becomes of it.
type verdict struct {
	table, source    string
	refused, allowed breaks
	hint             string // on a key that was refused
}

type breaks struct {
	list  []Break
	total int
}

func (b *breaks) add(one Break) {
	if b.total++; len(b.list) < maxBreaks {
		b.list = append(b.list, one)
	}
}

// cells takes what breaks a schema.
func (v *verdict) cells(level schema.Level, row string, list []schema.Violation) {
	to := &v.allowed
	if level == schema.Strict {
		to = &v.refused
	}
	for _, violation := range list {
		to.add(Break{violation, row})
	}
}

// key takes a key that is none, with the error of rbks.Check.
func (v *verdict) key(level rbks.Level, at Break, problem error) {
	at.Rule, at.Text = KeyRule, problem.Error()
	if level != rbks.Strict {
		v.allowed.add(at)
		return
	}
	v.refused.add(at)
	v.hint = fault.HintOf(problem)
}

// settle returns the error of a write that is refused, and else what is to be said of it.
func (v *verdict) settle() (warning string, err error) {
	if v.refused.total > 0 {
		err := fault.As(fault.Input, &Breach{v.table, v.source, v.refused.list, v.refused.total})
		if v.refused.total > 1 || v.hint == "" {
			return "", fault.WithHint(err, "'rdb schema:show %s' shows what is asked of its rows", v.table)
		}
		return "", fault.WithHint(err, "%s", v.hint)
	}
	switch total := v.allowed.total; total {
	case 0:
		return "", nil
	case 1:
		return v.allowed.list[0].String(), nil
	default:
		what := "places break its rules"
		if !slices.ContainsFunc(v.allowed.list, func(b Break) bool { return b.Rule != KeyRule }) {
			what = "keys are not as rbks(7) has them"
		}
		return fmt.Sprintf("%d %s, the first: %s; 'rdb schema:validate %s' lists them", total, what, v.allowed.list[0], v.table), nil
	}
}

// inOrder sorts breaks by their lines.
func inOrder(list []Break) []Break {
	slices.SortStableFunc(list, func(a, b Break) int { return cmp.Compare(a.Line, b.Line) })
	return list
}

// tell warns of what the authors of versions should know.
func (t *Table) tell(results []Result) {
	for _, r := range results {
		if r.warning != "" {
			t.warn(r.warning)
		}
	}
}
