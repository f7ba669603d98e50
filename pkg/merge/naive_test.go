package merge_test

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/row"
)

// content is what a text means: its columns, and its rows by their keys, in order.
type content struct {
	columns []string
	keys    []string
	rows    map[string]map[string]string // key → column → cell
	raw     map[string]string            // key → comments, record and line end
}

type fataler interface{ Fatalf(string, ...any) }

// read takes a text apart whose rows are named by the column k.
func read(t fataler, text []byte) content { return readBy(t, text, "k") }

func readBy(t fataler, text []byte, name string) (c content) {
	c.rows, c.raw = map[string]map[string]string{}, map[string]string{}
	for at := 0; ; {
		r, err := row.Next(text, at)
		if err == io.EOF || err == nil && r.Body == r.End {
			return c
		}
		cells, cellsErr := row.Cells(nil, text[r.Body:r.End])
		if err != nil || cellsErr != nil {
			t.Fatalf("%v %v in %q", err, cellsErr, text)
		}
		at = r.End
		if c.columns == nil {
			for _, cell := range cells {
				c.columns = append(c.columns, string(cell))
			}
			continue
		}
		cellOf := map[string]string{}
		for i, column := range c.columns {
			cellOf[column] = string(cells[i])
		}
		key := cellOf[name]
		c.keys = append(c.keys, key)
		c.rows[key], c.raw[key] = cellOf, string(text[r.Start:r.End])
	}
}

// naive merges contents by maps, with ours for what clashes, and lists what does.
func naive(base, ours, theirs content, wholeRows bool) (merged content, conflicts []string) {
	merged.rows = map[string]map[string]string{}
	kept := map[string]bool{}
	for _, c := range []content{base, ours, theirs} {
		for _, column := range c.columns {
			inBase, inOurs, inTheirs := slices.Contains(base.columns, column), slices.Contains(ours.columns, column), slices.Contains(theirs.columns, column)
			kept[column] = !inBase || inOurs && inTheirs || inOurs && setAnywhere(base, ours, column)
		}
	}
	for column, keep := range kept {
		if keep {
			merged.columns = append(merged.columns, column)
		}
	}
	slices.Sort(merged.columns)
	all := map[string]bool{}
	for _, c := range []content{base, ours, theirs} {
		for key := range c.rows {
			all[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		cells, conflict := naiveRow(base.rows[key], ours.rows[key], theirs.rows[key], merged.columns, wholeRows, dropped(base, ours, theirs))
		if cells != nil {
			merged.rows[key] = cells
		}
		if conflict != "" {
			conflicts = append(conflicts, fmt.Sprintf("%q %s", key, conflict))
		}
	}
	return merged, conflicts
}

func set(was, is map[string]string, column string) bool {
	return is[column] != "" && is[column] != was[column]
}

func setAnywhere(base, side content, column string) bool {
	for key := range side.rows {
		if set(base.rows[key], side.rows[key], column) {
			return true
		}
	}
	return false
}

// dropped returns the columns that one side alone dropped, with whether ours kept them.
func dropped(base, ours, theirs content) map[string]bool {
	list := map[string]bool{}
	for _, column := range base.columns {
		inOurs, inTheirs := slices.Contains(ours.columns, column), slices.Contains(theirs.columns, column)
		if inOurs != inTheirs {
			list[column] = inOurs
		}
	}
	return list
}

func edited(was, is map[string]string) bool {
	for column, cell := range is {
		if was[column] != cell {
			return true
		}
	}
	return false
}

func naiveRow(base, ours, theirs map[string]string, columns []string, wholeRows bool, dropped map[string]bool) (cells map[string]string, conflict string) {
	switch {
	case base != nil && ours == nil && theirs == nil:
		return nil, ""
	case base != nil && ours == nil:
		if edited(base, theirs) {
			conflict = "delete"
		}
		return nil, conflict
	case base != nil && theirs == nil:
		if !edited(base, ours) {
			return nil, ""
		}
		conflict = "delete"
	}
	kind := "update"
	if base == nil && ours != nil && theirs != nil {
		kind = "insert"
	}
	cells = map[string]string{}
	var clashing []string
	differ := false
	for _, column := range columns {
		o, inOurs := ours[column]
		t, inTheirs := theirs[column]
		b := base[column]
		switch {
		case !inOurs && !inTheirs:
			cells[column] = b
		case !inOurs && base == nil:
			cells[column] = t
		case !inTheirs && base == nil:
			cells[column] = o
		default:
			if !inOurs {
				o = b
			}
			if !inTheirs {
				t = b
			}
			differ = differ || o != t
			cells[column] = o
			if base != nil && o == b {
				cells[column] = t
			}
			if o != t && (base == nil || o != b && t != b) {
				clashing = append(clashing, column)
			}
		}
	}
	if wholeRows && differ && edited(base, ours) && edited(base, theirs) {
		whole, _ := naiveRow(base, ours, nil, columns, false, nil)
		return whole, kind
	}
	for column, byOurs := range dropped {
		if keeper := map[bool]map[string]string{true: ours, false: theirs}[byOurs]; conflict == "" && set(base, keeper, column) {
			clashing = append(clashing, column)
		}
	}
	if len(clashing) > 0 {
		slices.Sort(clashing)
		conflict = fmt.Sprint(kind, clashing)
	}
	return cells, conflict
}

// told returns conflicts of rows as naive tells them.
func told(conflicts []merge.Conflict) (list []string) {
	for _, c := range conflicts {
		if c.Kind == merge.Header {
			continue
		}
		what := c.Kind.String()
		if len(c.Columns) > 0 {
			what = fmt.Sprint(what, slices.Sorted(slices.Values(c.Columns)))
		}
		list = append(list, fmt.Sprintf("%q %s", c.Key, what))
	}
	slices.Sort(list)
	return list
}

// TestNaive compares with a merge that knows nothing of bytes and order.
func TestNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawThree(t)
		rows := rapid.Bool().Draw(t, "rows")
		r, text := merged(t, base, ours, theirs, merge.Options{Key: []string{"k"}, Rows: rows})
		want, conflicts := naive(read(t, base), read(t, ours), read(t, theirs), rows)
		got := read(t, text)
		if columns := slices.Sorted(slices.Values(got.columns)); !slices.Equal(columns, want.columns) {
			t.Fatalf("columns %q, want %q", columns, want.columns)
		}
		if len(got.keys) != len(got.rows) || !maps.EqualFunc(got.rows, want.rows, maps.Equal) {
			t.Fatalf("rows %q, want %q", got.rows, want.rows)
		}
		slices.Sort(conflicts)
		if list := told(r.Conflicts); !slices.Equal(list, conflicts) {
			t.Fatalf("conflicts %q, want %q", list, conflicts)
		}
	})
}
