package reedbase

import (
	"io"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/table"
)

// header returns the text of a table without rows.
func header(columns []string) ([]byte, error) {
	if len(columns) == 0 {
		return nil, fault.New(fault.Input, "a table needs at least one column")
	}
	cells := make([][]byte, len(columns))
	for i, name := range columns {
		if strings.TrimSpace(name) == "" {
			return nil, fault.New(fault.Input, "column %d has no name", i+1)
		}
		cells[i] = []byte(name)
	}
	return row.AppendRecord(nil, cells, "\n"), nil
}

// convert brings what is imported into the dialect, and leaves out second rows of the key where it is told to.
func convert(src []byte, o ImportOptions, key []string) (content []byte, err error) {
	content = src
	if o.Delimiter != 0 && o.Delimiter != '|' {
		if content, err = row.Convert(nil, src, o.Delimiter); err != nil {
			return nil, inSource(o.Source, err)
		}
	}
	switch o.Duplicates {
	case "", "fail":
		return content, nil
	case "first", "last":
		content, err = withoutTwins(content, key, o.Duplicates == "last")
		return content, inSource(o.Source, err)
	}
	return nil, fault.New(fault.Input, "duplicates can %q; not %q", []string{"fail", "first", "last"}, o.Duplicates)
}

func inSource(source string, err error) error {
	if err == nil || source == "" {
		return err
	}
	return fault.New(fault.KindOf(err), "%s: %w", source, err)
}

// withoutTwins returns the text with one row of each key: the first, or the last in the place of the last. Rows that
// repeat the header, as in tables that were pasted together, are second rows of the header's own key.
func withoutTwins(text []byte, key []string, last bool) ([]byte, error) {
	columns, end, err := row.Header(text)
	if err != nil {
		return nil, err
	}
	at, err := keyColumns(columns, key)
	if err != nil {
		return nil, err
	}
	var list []row.Row
	chosen := map[string]int{}
	for off := end; off < len(text); {
		r, err := row.Next(text, off)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		off = r.End
		k := string(row.Key(text[r.Body:r.End], at))
		if _, twin := chosen[k]; !twin || last {
			chosen[k] = len(list)
		}
		list = append(list, r)
	}
	head := row.Key(text[:end], at)
	out := append(make([]byte, 0, len(text)), text[:end]...)
	for i, r := range list {
		k := row.Key(text[r.Body:r.End], at)
		if r.Body == r.End || chosen[string(k)] == i && string(k) != string(head) {
			out = append(out, text[r.Start:r.End]...)
		}
	}
	return out, nil
}

// keyColumns is table.KeyColumns with the columns there are as a hint.
func keyColumns(columns, key []string) ([]int, error) {
	at, err := table.KeyColumns(columns, key)
	return at, fault.WithHint(err, "the columns are %s", listed(columns))
}

// listed joins names for a sentence; of many only the first.
func listed(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// nearest returns the name that was probably meant: the one with the fewest edits, at most a third of the word.
func nearest(word string, names []string) string {
	best, least := "", len(word)/3+1
	for _, name := range names {
		if d := distance(word, name, least); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, or limit when it is that or more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	line := make([]int, len(b)+1)
	for j := range line {
		line[j] = j
	}
	for i := range len(a) {
		corner := line[0]
		line[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = line[j+1]
			line[j+1] = min(cost, line[j]+1, corner+1)
		}
	}
	return min(line[len(b)], limit)
}
