package exec_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/exec"
)

func TestExplainTellsEstimatesAndRows(t *testing.T) {
	a, _ := large(1, 5_000)
	a.rows = 5_000
	tables := catalogue{"a": a, "people": newTable(people), "visits": newTable(visits)}
	for _, test := range []struct{ query, want string }{
		{"SELECT kind, count(*) AS c FROM a WHERE 1 + 1 > n AND kind <> '' GROUP BY kind ORDER BY c LIMIT 2", `
limit 2  (about 2 rows, in fact 2)
└─ first 2 by c  (about 2 rows, in fact 2)
   └─ project kind, c  (about 240 rows, in fact 3)
      └─ group by kind: count(*)  (about 240 rows, in fact 3)
         └─ scan a where (2 > n) AND (kind <> '')  (about 1485 rows, in fact N)
rules: fold constants, push conditions down, sort what is wanted only, read needed columns only
`},
		{"SELECT name FROM people p WHERE EXISTS (SELECT 1 FROM visits v WHERE v.who = p.key AND v.place = 'Rome')", `
project name  (about 5000 rows, in fact 2)
└─ scan people where EXISTS (query)  (about 5000 rows, in fact 2)
   └─ query: project 1  (about 10 rows, in fact 2 in 5 runs)
      └─ look up by who = p.key  (about 10 rows, in fact 2 in 5 runs)
         └─ scan visits where (place = 'Rome')  (about 100 rows, in fact 2)
rules: push conditions down, look up correlated rows, read needed columns only
`},
		{"SELECT p.key, v.n FROM people p LEFT JOIN visits v ON v.who = p.key AND v.n > p.age", `
project key, n  (about 10000 rows, in fact 5)
└─ left join by hash on key = who where (n > age)  (about 10000 rows, in fact 5)
   ├─ scan people  (about 10000 rows, in fact 5)
   └─ scan visits  (about 10000 rows, in fact 5)
rules: join by keys, read needed columns only
`},
		{"SELECT name AS \"a\nb\" FROM people WHERE name > '\x1b[2J'", `
project a\nb  (about 3000 rows, in fact 4)
└─ scan people where (name > '\x1b[2J')  (about 3000 rows, in fact 4)
rules: push conditions down, read needed columns only
`},
	} {
		_, p, err := run(context.Background(), tables, test.query, exec.Options{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		got := "\n" + p.Explain()
		if at := strings.Index(got, "scan a where"); at >= 0 { // the rows of a random table
			line, rest, _ := strings.Cut(got[at:], "\n")
			got = got[:at] + line[:strings.LastIndex(line, " ")] + " N)\n" + rest
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.query, diff)
		}
	}
}
