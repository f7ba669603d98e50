package schema

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/reedbase/reedbase/pkg/cell"
)

// Rule is the name of a setting that a table can break.
type Rule string

// The rules. Columns is broken by a header that has not the schema's columns, or by a row that has not the header's cells.
const (
	Columns    Rule = "columns"
	PrimaryKey Rule = "primary_key"
	Type       Rule = "type"
	Required   Rule = "required"
	Unique     Rule = "unique"
	Min        Rule = "min"
	Max        Rule = "max"
	MinLength  Rule = "min_length"
	MaxLength  Rule = "max_length"
	Pattern    Rule = "pattern"
	Values     Rule = "values"
)

// rule is what a column asks of a cell, ready to be checked. Any number of goroutines may use it.
type rule struct {
	*Column             // nil: nothing is asked
	min, max cell.Value // NULL: no bound
	pattern  *regexp.Regexp
	values   map[string]bool // the identities of all that a cell may hold; nil is no limit
}

// rule compiles the pattern. An error says what is wrong with that.
func (c *Column) rule() (r rule, err error) {
	r.Column = c
	r.min, _ = c.Type.Parse([]byte(c.Min))
	r.max, _ = c.Type.Parse([]byte(c.Max))
	if c.Min == "" {
		r.min = cell.Value{}
	}
	if c.Max == "" {
		r.max = cell.Value{}
	}
	if c.Pattern != "" {
		if r.pattern, err = compile(c.Pattern); err != nil {
			return r, err
		}
	}
	for _, v := range c.Values {
		if r.values == nil {
			r.values = map[string]bool{}
		}
		r.values[string(r.identity(nil, []byte(v)))] = true
	}
	return r, nil
}

// identity appends what cells that hold one value have in common. Of a column without a type that is the text.
func (r *rule) identity(dst, text []byte) []byte {
	if r.Type == cell.Undeclared {
		return cell.AppendKey(dst, cell.FromText(text))
	}
	return cell.AppendKey(dst, r.Type.Read(text, false))
}

// check reports what the content of a cell breaks. An empty cell that is not quoted breaks no rule but that it is required.
func (r *rule) check(text []byte, quoted bool, report func(broken Rule, text string)) {
	if r.Column == nil {
		return
	}
	if len(text) == 0 && (!quoted || r.Type == cell.String || r.Type == cell.Undeclared || r.Required) {
		if r.Required {
			report(Required, "the cell is empty")
		}
		return
	}
	v, ok := r.Type.Parse(text)
	if !ok {
		report(Type, quote(text)+" "+r.Type.Why(text))
		return
	}
	if !r.min.IsNull() && cell.Order(v, r.min) < 0 {
		report(Min, quote(text)+" is less than "+r.Min)
	}
	if !r.max.IsNull() && cell.Order(v, r.max) > 0 {
		report(Max, quote(text)+" is more than "+r.Max)
	}
	r.checkText(text, report)
}

func (r *rule) checkText(text []byte, report func(broken Rule, text string)) {
	if r.MinLength > 0 || r.MaxLength > 0 {
		switch n := utf8.RuneCount(text); {
		case n < r.MinLength:
			report(MinLength, fmt.Sprintf("%s has %d of at least %d characters", quote(text), n, r.MinLength))
		case r.MaxLength > 0 && n > r.MaxLength:
			report(MaxLength, fmt.Sprintf("%s has %d characters, more than %d", quote(text), n, r.MaxLength))
		}
	}
	if r.pattern != nil && !r.pattern.Match(text) {
		report(Pattern, quote(text)+" does not match "+clip(r.Pattern))
	}
	var buf [64]byte
	if r.values != nil && !r.values[string(r.identity(buf[:0], text))] {
		report(Values, quote(text)+" is none of "+clip(strings.Join(r.Values, ", ")))
	}
}

// quote writes the content of a cell as a message shows it.
func quote(text []byte) string { return fmt.Sprintf("%q", clip(string(text[:min(len(text), 100)]))) }
