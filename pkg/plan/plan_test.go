package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/rbks"
	"github.com/reedbase/reedbase/pkg/syntax"
)

// catalogue has tables of which nothing but columns and numbers of rows is known.
type catalogue map[string]relation

type relation struct {
	columns []plan.Column
	rows    int64
}

func (r relation) Columns() []plan.Column           { return r.columns }
func (r relation) Key() []int                       { return []int{0} }
func (r relation) Words() rbks.Words                { return rbks.Words{} }
func (r relation) Rows() int64                      { return r.rows }
func (r relation) Indices(plan.Wanted) []plan.Index { return nil }
func (r relation) Open() (plan.Source, error)       { panic("a plan was run while it was made") }
func (c catalogue) Names() (tables, f []string)     { return []string{"large", "small", "tiny"}, nil }

func (c catalogue) Table(name string, _ cell.Value) (plan.Relation, error) {
	if r, ok := c[name]; ok {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "there is no table %q", name)
}

func (c catalogue) File(path string) (plan.Relation, error) { return c.Table(path, cell.Value{}) }
func (c catalogue) Stdin() (plan.Relation, error)           { return c.Table("-", cell.Value{}) }
func (c catalogue) Call(name string, _ []cell.Value) (plan.Relation, error) {
	return c.Table(name, cell.Value{})
}

func tables() catalogue {
	columns := func(names ...string) (list []plan.Column) {
		for _, name := range names {
			list = append(list, plan.Column{Name: name})
		}
		return list
	}
	return catalogue{
		"large": {columns("key", "a", "b"), 1_000_000},
		"small": {columns("key", "a", "c"), 1000},
		"tiny":  {columns("key", "c", "d"), 10},
	}
}

func planned(text string) (*plan.Plan, error) {
	statements, err := syntax.Parse(text, syntax.Options{})
	if err != nil {
		return nil, err
	}
	return plan.Make(statements[0].(*syntax.Query), tables(), plan.Parameters{}, plan.Options{Text: text})
}

func TestRulesImprovePlans(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{"SELECT key FROM large WHERE 2 * 3 = 6 AND a > 1 + 1", `
project key  (about 300000 rows)
└─ scan large where (a > 2)  (about 300000 rows)
rules: fold constants, push conditions down, read needed columns only
`},
		{"SELECT key FROM large WHERE 1 = 1 ORDER BY key", `
sort by key  (about 1000000 rows)
└─ project key  (about 1000000 rows)
   └─ scan large  (about 1000000 rows)
rules: fold constants, read needed columns only
`},
		{"SELECT count(*) FROM large WHERE a = 1 AND NULL", `
project count(*)  (about 1 row)
└─ one group: count(*)  (about 1 row)
   └─ limit 0  (about 0 rows)
      └─ scan large  (about 1000000 rows)
rules: fold constants, read needed columns only
`},
		{"SELECT * FROM (SELECT a AS x, b || 'z' AS y FROM large) WHERE x = 1 AND y = 'bz'", `
project x, y  (about 100 rows)
└─ filter (y = 'bz')  (about 100 rows)
   └─ project x, y  (about 10000 rows)
      └─ scan large where (a = 1)  (about 10000 rows)
rules: push conditions down, read needed columns only
hint: an index of large.a would find these rows
`},
		{"SELECT l.key FROM large l JOIN small s ON l.a = s.a AND s.c = 'x' WHERE l.b = 'y'", `
project key  (about 10000 rows)
└─ join by hash on a = a  (about 10000 rows)
   ├─ scan large where (b = 'y')  (about 10000 rows)
   └─ scan small where (c = 'x')  (about 10 rows)
rules: push conditions down, join by keys, read needed columns only
hint: an index of large.b would find these rows
`},
		{"SELECT l.key FROM tiny t JOIN large l ON l.a = t.c", `
project key  (about 1000000 rows)
└─ join by hash on c = a, left side in memory  (about 1000000 rows)
   ├─ scan tiny  (about 10 rows)
   └─ scan large  (about 1000000 rows)
rules: join by keys, read needed columns only
`},
		{"SELECT l.a, l.b FROM large l JOIN large m ON l.key = m.a", `
project a, b  (about 1000000 rows)
└─ join by hash on key = a  (about 1000000 rows)
   ├─ scan large  (about 1000000 rows)
   └─ scan large  (about 1000000 rows)
rules: join by keys, read needed columns only
`},
		{"SELECT m.a, m.b FROM large l JOIN large m ON l.key = m.a", `
project a, b  (about 1000000 rows)
└─ join by hash on key = a, left side in memory  (about 1000000 rows)
   ├─ scan large  (about 1000000 rows)
   └─ scan large  (about 1000000 rows)
rules: join by keys, read needed columns only, keep the narrower side in memory
`},
		{"SELECT t.d FROM large l, tiny t, small s WHERE l.a = s.a AND s.c = t.c", `
project d  (about 1000000 rows)
└─ project key, a, b, key, c, d, key, a, c  (about 1000000 rows)
   └─ join by hash on c = c  (about 1000000 rows)
      ├─ join by hash on a = a  (about 1000000 rows)
      │  ├─ scan large  (about 1000000 rows)
      │  └─ scan small  (about 1000 rows)
      └─ scan tiny  (about 10 rows)
rules: push conditions down, order joins, join by keys, read needed columns only
`},
		{"SELECT l.key FROM large l LEFT JOIN small s ON l.a = s.a AND l.b = 1 AND s.c = 2 WHERE l.key > 'k' AND s.key IS NULL", `
project key  (about 3000 rows)
└─ filter (key IS NULL)  (about 3000 rows)
   └─ left join by hash on a = a where (b = 1)  (about 300000 rows)
      ├─ scan large where (key > 'k')  (about 300000 rows)
      └─ scan small where (c = 2)  (about 10 rows)
rules: push conditions down, join by keys, read needed columns only
`},
		{"SELECT a, count(*) FROM large GROUP BY a HAVING a > 3 AND count(*) > 1 ORDER BY a LIMIT 3 OFFSET 2", `
limit 3 offset 2  (about 3 rows)
└─ first 5 by a  (about 5 rows)
   └─ project a, count(*)  (about 3846 rows)
      └─ filter (count(*) > 1)  (about 3846 rows)
         └─ group by a: count(*)  (about 12819 rows)
            └─ scan large where (a > 3)  (about 300000 rows)
rules: push conditions down, sort what is wanted only, read needed columns only
`},
		{"WITH x AS (SELECT key FROM small), y AS (SELECT key FROM tiny) SELECT x.key FROM x JOIN y USING (key) JOIN y z USING (key)", `
project key  (about 1000 rows)
└─ join by hash on key = key  (about 1000 rows)
   ├─ join by hash on key = key  (about 1000 rows)
   │  ├─ project key  (about 1000 rows)
   │  │  └─ project key  (about 1000 rows)
   │  │     └─ scan small  (about 1000 rows)
   │  └─ project key  (about 10 rows)
   │     └─ with y  (about 10 rows)
   │        └─ project key  (about 10 rows)
   │           └─ scan tiny  (about 10 rows)
   └─ project key  (about 10 rows)
      └─ with y  (about 10 rows)
rules: run single uses in place, join by keys, read needed columns only
`},
		{"SELECT key FROM large WHERE random() > 0 AND (SELECT max(d) FROM tiny WHERE c = large.a) > 3", `
project key  (about 90000 rows)
└─ scan large where (random() > 0) AND ((query) > 3)  (about 90000 rows)
   └─ query: project max(d)  (about 1 row)
      └─ one group: max(d)  (about 1 row)
         └─ look up by c = large.a  (about 4 rows)
            └─ scan tiny  (about 10 rows)
rules: push conditions down, look up correlated rows, read needed columns only
`},
	} {
		p, err := planned(test.query)
		if err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		if diff := cmp.Diff(test.want, "\n"+p.Explain()); diff != "" {
			t.Errorf("%s: %s", test.query, diff)
		}
	}
}

func TestColumnsAreCalledAsTheQuerySays(t *testing.T) {
	for _, test := range []struct{ query, want string }{
		{"SELECT *, a + 1, a+1 AS x, KEY, l.b, key.language FROM large l", "key a b a + 1 x KEY b key.language"},
		{"SELECT s.* FROM large l JOIN small AS s USING (key, a)", "key a c"},
		{"SELECT * FROM large l JOIN small AS s USING (key, a)", "key a b c"},
		{"VALUES (1, 2)", "column1 column2"},
		{"SELECT c FROM tiny UNION SELECT a FROM large", "c"},
		{"WITH w (x, y) AS (SELECT a, b FROM large) SELECT * FROM w", "x y"},
		{"SELECT (a) + 1, count(*), -1 FROM large", "(a) + 1 count(*) -1"},
	} {
		p, err := planned(test.query)
		if err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		var names []string
		for _, c := range p.Columns() {
			names = append(names, c.Name)
		}
		if diff := cmp.Diff(test.want, strings.Join(names, " ")); diff != "" {
			t.Errorf("%s: %s", test.query, diff)
		}
	}
}

func TestErrorsHaveKindsAndHints(t *testing.T) {
	for _, test := range []struct {
		query, text, hint string
		kind              fault.Kind
	}{
		{"SELECT x FROM tiny", "line 1, column 8: there is no column \"x\"\nSELECT x FROM tiny\n       ^", "the columns are c, d, key", fault.NotFound},
		{"SELECT kye FROM tiny", "line 1, column 8: there is no column \"kye\"\nSELECT kye FROM tiny\n       ^", `did you mean "key"?`, fault.NotFound},
		{"SELECT tiny.key.languag FROM tiny", "line 1, column 8: there is no column \"tiny.key.languag\"\nSELECT tiny.key.languag FROM tiny\n       ^", `did you mean "tiny.key.language"?`, fault.NotFound},
		{"SELECT key.pat FROM tiny", "line 1, column 8: there is no column \"key.pat\"\nSELECT key.pat FROM tiny\n       ^", `did you mean "key.path"?`, fault.NotFound},
		{"SELECT key.zone FROM tiny", "line 1, column 8: there is no column \"key.zone\"\nSELECT key.zone FROM tiny\n       ^", "the parts of a column are language, environment, season, variant, namespace, path", fault.NotFound},
		{"SELECT 1 FROM tinny", "line 1, column 15: there is no table \"tinny\"\nSELECT 1 FROM tinny\n              ^", `did you mean "tiny"?`, fault.NotFound},
		{"SELECT 1 FROM what", "line 1, column 15: there is no table \"what\"\nSELECT 1 FROM what\n              ^", "the tables are large, small, tiny", fault.NotFound},
		{"SELECT c FROM tiny t, small s", "line 1, column 8: the name \"c\" is ambiguous\nSELECT c FROM tiny t, small s\n       ^", "write the table before it: t.c, s.c", fault.Input},
	} {
		_, err := planned(test.query)
		if err == nil || err.Error() != test.text || fault.HintOf(err) != test.hint || fault.KindOf(err) != test.kind {
			t.Errorf("%s: %v\nhint: %s\nkind: %s", test.query, err, fault.HintOf(err), fault.KindOf(err))
		}
	}
}

// Texts that are short beside what they ask for are refused, quickly.
func TestPlansAreBounded(t *testing.T) {
	wide := "(SELECT 1 AS a)"
	for range 12 {
		wide = "(SELECT *, *, * FROM " + wide + ")"
	}
	doubled := "WITH t0 AS (SELECT 1 AS a)"
	for i := range 30 {
		doubled += fmt.Sprintf(", t%d AS (SELECT x.*, y.* FROM t%d x, t%d y)", i+1, i, i)
	}
	long := strings.Repeat("a + ", 900) + "a"
	for _, test := range []struct{ query, want string }{
		{"SELECT 1 FROM tiny t0" + strings.Repeat(", tiny", 64), "65 tables, more than 64"},
		{"SELECT 1" + strings.Repeat(" UNION SELECT 1", 500), "501 queries, more than 500"},
		{"SELECT 1" + strings.Repeat(", 1", 2000), "2001 columns, more than 2000"},
		{"VALUES (1" + strings.Repeat(", 1", 2000) + ")", "2001 columns, more than 2000"},
		{"SELECT * FROM " + wide, "columns, more than 2000"},
		{doubled + " SELECT * FROM t30", "columns, more than 2000"},
		{"SELECT rank() OVER (PARTITION BY 1" + strings.Repeat(", 1", 64) + ") FROM tiny", "65 expressions, more than 64"},
		{"SELECT " + long + " AS x FROM large WHERE 1 IN (x" + strings.Repeat(", x", 9000) + ")", "stand for more than 1000000 operands"},
		{"SELECT 1 FROM large WHERE key IN ('a.b@de'" + strings.Repeat(", 'a.b@de@prod@summer@mobile'", 5000) + ")", "more than 200000 other spellings"},
	} {
		if _, err := planned(test.query); err == nil || !strings.Contains(err.Error(), test.want) || fault.KindOf(err) != fault.Input {
			t.Errorf("%.60s: %v, want %s", test.query, err, test.want)
		}
	}
}

// What a group has is looked for in long expressions in a time that grows with their length.
func TestLongItemsOfAGroupArePlannedSoon(t *testing.T) {
	item := "(a" + strings.Repeat("+1", 900) + ")"
	start := time.Now()
	if _, err := planned("SELECT a, " + item + strings.Repeat(", "+item, 400) + " FROM large GROUP BY a, b + 1"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}
