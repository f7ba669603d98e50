package cell_test

import (
	"testing"

	"github.com/reedbase/reedbase/pkg/cell"
	"pgregory.net/rapid"
)

func TestComparison(t *testing.T) {
	for _, test := range []struct {
		left     cell.Type
		a        string
		relation string
		right    cell.Type
		b        string // of an Expression: a literal, a text in quotes
	}{
		{cell.Undeclared, "9", "<", cell.Undeclared, "18"},
		{cell.Undeclared, "18", "<", cell.Expression, "100"},
		{cell.Undeclared, "1.0", "=", cell.Expression, "1"},
		{cell.Undeclared, "1.0", "=", cell.Undeclared, "1"},
		{cell.Undeclared, "10", "<", cell.Expression, "'9'"},
		{cell.Undeclared, "007", "<", cell.Expression, "'7'"},
		{cell.Undeclared, "007", "=", cell.Expression, "'007'"},
		{cell.Undeclared, "abc", ">", cell.Expression, "9"},
		{cell.Undeclared, "abc", ">", cell.Undeclared, "9"},
		{cell.Undeclared, "", "=", cell.Expression, "''"},
		{cell.Undeclared, "", ">", cell.Expression, "0"},
		{cell.Undeclared, "10", "<", cell.String, "9"},
		{cell.Undeclared, "1.50", "=", cell.Float, "1.5"},
		{cell.Undeclared, " 7", "=", cell.Integer, "7"},
		{cell.String, "10", "<", cell.Expression, "9"},
		{cell.String, "10", "=", cell.Integer, "10"},
		{cell.String, "x", ">", cell.Integer, "10"},
		{cell.Integer, "10", "=", cell.Expression, "'10'"},
		{cell.Integer, "10", "<", cell.Expression, "'9a'"},
		{cell.Integer, "9", "<", cell.Float, "9.5"},
		{cell.Expression, "'10'", ">", cell.Expression, "9"},
		{cell.Expression, "'10'", "<", cell.Expression, "'9'"},

		{cell.Boolean, "true", "=", cell.Expression, "'true'"},
		{cell.Boolean, "true", "=", cell.Expression, "'TRUE'"},
		{cell.Boolean, "true", "=", cell.Expression, "1"},
		{cell.Boolean, "false", "<", cell.Boolean, "true"},
		{cell.Boolean, "true", "=", cell.String, "true"},
		{cell.Boolean, "yes", ">", cell.Expression, "1"},

		{cell.Timestamp, "2026-03-01T12:00:00Z", "=", cell.Timestamp, "1772366400"},
		{cell.Timestamp, "2026-03-01T12:00:00Z", "=", cell.Timestamp, "2026-03-01T13:00:00+01:00"},
		{cell.Timestamp, "2026-03-01T12:00:00.000000001Z", ">", cell.Timestamp, "2026-03-01T12:00:00Z"},
		{cell.Timestamp, "2026-03-01T12:00:00Z", ">", cell.Expression, "1772366399"},
		{cell.Timestamp, "2026-03-01T12:00:00Z", "<", cell.Expression, "1772366400.5"},
		{cell.Timestamp, "2026-03-01T12:00:00Z", ">", cell.Expression, "'2026-03-01'"},
		{cell.Timestamp, "2026-03-01T00:00:00Z", "=", cell.Expression, "'2026-03-01'"},
		{cell.Timestamp, "1772366400", "=", cell.Expression, "'2026-03-01 12:00:00'"},
		{cell.Timestamp, "1772366400", "=", cell.Expression, "'2026-03-01 12:00'"},
		{cell.Timestamp, "1772366400", "=", cell.Expression, "' 1772366400 '"},
		{cell.Timestamp, "1772366400", "<", cell.Expression, "'tomorrow'"},
		{cell.Timestamp, "2026-03-01T12:00:00Z", "=", cell.Integer, "1772366400"},
	} {
		want := map[string]int{"<": -1, "=": 0, ">": 1}[test.relation]
		a, b := operandOf(test.left, test.a), operandOf(test.right, test.b)
		if got := cell.Comparing(test.left, test.right).Compare(a, b); got != want {
			t.Errorf("%s %s %s %s %s: %d", test.left, test.a, test.relation, test.right, test.b, got)
		}
		if got := cell.Comparing(test.right, test.left).Compare(b, a); got != -want {
			t.Errorf("the other way round, %s %s %s %s %s: %d", test.left, test.a, test.relation, test.right, test.b, got)
		}
	}
}

// operandOf returns a cell's value, or that of a literal: a text in quotes, or a number without a spelling.
func operandOf(of cell.Type, text string) cell.Value {
	if of != cell.Expression {
		return of.Read([]byte(text), false)
	}
	if text[0] == '\'' {
		return cell.FromText([]byte(text[1 : len(text)-1]))
	}
	return cell.Numeric(cell.FromText([]byte(text)))
}

// Within a column of any type comparisons are an order: they are Order's.
func TestCellsOfAColumnAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.SampledFrom(types).Draw(t, "type")
		by := cell.Comparing(of, of)
		a, b := of.Read([]byte(texts().Draw(t, "a")), false), of.Read([]byte(texts().Draw(t, "b")), false)
		if by.Compare(a, b) != cell.Order(a, b) {
			t.Fatalf("%s %s and %s compare otherwise than they are ordered", of, show(a), show(b))
		}
	})
}

func TestComparingAllocatesNothing(t *testing.T) {
	texts := [][]byte{[]byte("2026-03-01T12:00:00.123456Z"), []byte("1772366400"), []byte("-12.5"), []byte("some text")}
	var sink int
	allocated := testing.AllocsPerRun(100, func() {
		for _, of := range types {
			by := cell.Comparing(of, of)
			for _, text := range texts {
				sink += by.Compare(of.Read(text, false), of.Read(texts[0], false))
			}
		}
	})
	if allocated > 0 {
		t.Errorf("%v allocations, %d", allocated, sink)
	}
}
