package differential

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// differ says how an answer differs from the right one, or returns "". The order of rows counts as far as the query sets it.
func differ(q *syntax.Query, got, want answer) string {
	if got.broken != "" {
		return got.broken
	}
	if (got.err == "") != (want.err == "") {
		return fmt.Sprintf("error %q; sqlite3: %q", got.err, want.err)
	}
	if len(got.rows) != len(want.rows) {
		return fmt.Sprintf("%d rows; sqlite3: %d\n%s", len(got.rows), len(want.rows), beside(got, want))
	}
	for i, terms := 0, orderOf(q); i < len(got.rows); i++ {
		for _, column := range terms {
			if !alike(got.rows[i][column], want.rows[i][column]) {
				return fmt.Sprintf("row %d is in another order\n%s", i+1, beside(got, want))
			}
		}
	}
	if !sameRows(got.rows, want.rows, same) {
		return "other rows\n" + beside(got, want)
	}
	return ""
}

// orderOf returns the columns of the result that the query orders by.
func orderOf(q *syntax.Query) (columns []int) {
	for _, o := range q.OrderBy {
		switch x := o.Expression.(type) {
		case *syntax.Number:
			n, _ := x.Int(false)
			columns = append(columns, int(n)-1)
		case *syntax.Column:
			at := slices.IndexFunc(q.First.(*syntax.Select).Items, func(i syntax.Item) bool { return i.Alias != nil && i.Alias.Name == x.Path[0].Name })
			columns = append(columns, at)
		}
	}
	return columns
}

// sameRows reports whether both hold the same rows, each as often.
func sameRows(a, b [][]cell.Value, same func(a, b cell.Value) bool) bool {
	a, b = sorted(a), sorted(b)
	for i := range a {
		if !slices.EqualFunc(a[i], b[i], same) {
			return paired(a[i:], b[i:], same)
		}
	}
	return true
}

// paired finds a partner for each row, where values that are nearly equal have come in another order.
func paired(a, b [][]cell.Value, same func(a, b cell.Value) bool) bool {
	b = slices.Clone(b)
	for _, r := range a {
		at := slices.IndexFunc(b, func(s []cell.Value) bool { return slices.EqualFunc(r, s, same) })
		if at < 0 {
			return false
		}
		b = slices.Delete(b, at, at+1)
	}
	return true
}

func sorted(rows [][]cell.Value) [][]cell.Value {
	return slices.SortedFunc(slices.Values(rows), func(a, b []cell.Value) int { return slices.CompareFunc(a, b, cell.Order) })
}

// alike reports whether values are equal but for the kind of the number that they are or hold.
func alike(a, b cell.Value) bool {
	if a.IsNumber() && b.IsNumber() && a.Kind() != b.Kind() {
		a, b = cell.Cast(a, cell.Float), cell.Cast(b, cell.Float)
	}
	if a.Kind() == cell.KindText && b.Kind() == cell.KindText {
		a, b = blurred(a), blurred(b)
	}
	return same(a, b)
}

// blurred returns a text that does not say which numbers are integers.
func blurred(v cell.Value) cell.Value {
	text := bytes.ReplaceAll(v.Text(), []byte(".0"), nil)
	return cell.FromText(bytes.ReplaceAll(text, []byte("integer"), []byte("real")))
}

// same reports whether values are of one kind and equal, floats up to their last digits.
func same(a, b cell.Value) bool {
	switch {
	case a.Kind() != b.Kind():
		return false
	case a.Kind() == cell.KindText:
		return bytes.Equal(a.Text(), b.Text())
	case a.Kind() == cell.KindFloat:
		return near(a.Float(), b.Float())
	}
	return cell.Order(a, b) == 0
}

func near(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-12*math.Abs(b) }

// beside shows both answers.
func beside(got, want answer) string {
	var b strings.Builder
	for i := range max(len(got.rows), len(want.rows)) {
		if i == 12 {
			b.WriteString("  ...\n")
			break
		}
		fmt.Fprintf(&b, "  %-40s %s\n", show(got.rows, i), show(want.rows, i))
	}
	return b.String()
}

func show(rows [][]cell.Value, i int) string {
	if i >= len(rows) {
		return "-"
	}
	var cells []string
	for _, v := range rows[i] {
		text := string(v.AppendText(nil))
		switch v.Kind() {
		case cell.KindNull:
			text = "NULL"
		case cell.KindText:
			text = strconv.Quote(text)
		}
		cells = append(cells, text)
	}
	return strings.Join(cells, " | ")
}
