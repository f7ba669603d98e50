package schema

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/cell"
)

// A setter puts one value of a TOML table where it belongs. Its error says, without the setting's name, what is wrong with
// the value; errUnknown says that there is no such setting.
type setter func(name string, value any) error

var errUnknown = errors.New("unknown setting")

// reader reads the tables of a document and collects what is wrong with them.
type reader struct {
	*document
	problems Problems
}

// table reads a table of settings. what names it in messages; known lists the settings that it can have.
func (r *reader) table(path, what string, value any, known string, set setter) {
	table, ok := value.(map[string]any)
	if !ok {
		r.problems.add(r.at[path], "%s has to be a table of settings", what)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		err := set(name, table[name])
		at := r.at[below(path, name)]
		switch {
		case err == errUnknown:
			r.problems.add(at, "unknown setting %q: %s has %s", clip(name), what, known)
		case err != nil:
			r.problems.add(at, "%s: %s %v", what, name, err)
		}
	}
}

func assignString(to *string, value any) error {
	s, ok := value.(string)
	if !ok {
		return errors.New("has to be a string")
	}
	*to = s
	return refuseNUL(s)
}

// refuseNUL refuses what no table can hold.
func refuseNUL(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return errors.New("has a NUL")
	}
	return nil
}

func assignBool(to *bool, value any) error {
	b, ok := value.(bool)
	if !ok {
		return errors.New("has to be true or false")
	}
	*to = b
	return nil
}

// assignLength takes a number of characters from least on.
func assignLength(to *int, value any, least int64) error {
	n, ok := value.(int64)
	if !ok || n < least || n > math.MaxInt32 {
		return fmt.Errorf("has to be a number of characters from %d on", least)
	}
	*to = int(n)
	return nil
}

func assignLevel(to *Level, value any) error {
	s, _ := value.(string)
	l, ok := ParseLevel(s)
	if !ok {
		return fmt.Errorf("has to be strict, warn or off, not %s", literal(value))
	}
	*to = l
	return nil
}

func assignMerge(to *Merge, value any) error {
	s, _ := value.(string)
	i := slices.Index(mergeNames[:], s)
	if i < 0 {
		return fmt.Errorf("has to be cells or rows, not %s", literal(value))
	}
	*to = Merge(i)
	return nil
}

func assignType(to *cell.Type, value any) error {
	s, _ := value.(string)
	t, ok := cell.ParseType(s)
	if !ok {
		return fmt.Errorf("%s is unknown: a type is %s", literal(value), either(cell.TypeNames()))
	}
	*to = t
	return nil
}

// assignCell takes what a cell may hold: a string as it is, or a number, a truth or a time, which has a zone, as a cell spells
// it. An empty string is refused: it would be as good as no setting.
func assignCell(to *string, value any) error {
	switch v := value.(type) {
	case string:
		*to = v
	case int64:
		*to = strconv.FormatInt(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errors.New("has to be a finite number")
		}
		*to = string(cell.Float.AppendCell(nil, cell.FromFloat(v)))
	case bool:
		*to = strconv.FormatBool(v)
	case time.Time:
		*to = v.Format(time.RFC3339Nano)
	default:
		return errors.New("has to be a string, a number, true or false, or a date and time with a zone")
	}
	if *to == "" {
		return errors.New("is empty")
	}
	return refuseNUL(*to)
}

// assignList takes an array of strings, or of what assignCell takes.
func assignList(to *[]string, value any, assign func(to *string, value any) error) error {
	array, ok := value.([]any)
	if !ok {
		return errors.New("has to be a list in square brackets")
	}
	list := make([]string, len(array))
	for i, v := range array {
		if err := assign(&list[i], v); err != nil {
			return fmt.Errorf("is a list whose element %d %w", i+1, err)
		}
	}
	if len(list) == 0 {
		return errors.New("is an empty list")
	}
	*to = list
	return nil
}

// literal writes a value as a message quotes it.
func literal(value any) string {
	switch v := value.(type) {
	case string:
		return strconv.Quote(clip(v))
	case int64, float64, bool:
		return fmt.Sprint(v)
	}
	return "a value of another kind"
}

// either writes a list of words as "a, b or c".
func either(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
