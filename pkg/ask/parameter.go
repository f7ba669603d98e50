package ask

import (
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
)

// maxPosition bounds the number of a question mark.
const maxPosition = 10_000

// ReadParameters reads operands NAME=VALUE: a name is that of a parameter :name, a number that of a question mark, counted from 1. A
// value that is written as a number is one where no leading zero or sign would be lost; any other is a text, exact.
func ReadParameters(list []string) (p plan.Parameters, err error) {
	p.Named = map[string]cell.Value{}
	var given []int
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return p, fault.New(fault.Usage, "--param: %q is no NAME=VALUE", text)
		}
		at, err := strconv.Atoi(name)
		if err != nil {
			p.Named[strings.TrimPrefix(name, ":")] = readValue(value)
			continue
		}
		if at < 1 || at > maxPosition {
			return p, fault.New(fault.Usage, "--param: question marks are counted from 1, not %s", name)
		}
		p.Positional = append(p.Positional, make([]cell.Value, max(0, at-len(p.Positional)))...)
		p.Positional[at-1] = readValue(value)
		given = append(given, at)
	}
	for at := range p.Positional {
		if !slices.Contains(given, at+1) {
			return p, fault.New(fault.Usage, "--param: question mark %d has a value, but not %d", len(p.Positional), at+1)
		}
	}
	return p, nil
}

// readValue returns the number that a text spells as a number is printed, or the text.
func readValue(text string) cell.Value {
	v := cell.Numeric(cell.Undeclared.Read([]byte(text), false))
	if v.IsNumber() && string(v.AppendText(nil)) == text {
		return v
	}
	return cell.FromText([]byte(text))
}
