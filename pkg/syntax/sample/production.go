package sample

import "strings"

// What Count counts: the productions that SQLite has too, and those of ReedQL alone.
const (
	shared = `
%, &, (query), *, +, + operand, -, - operand, /, :name, <, <<, <=, <>, =, >, >=, >>, ?, AND, AS, BETWEEN, CASE, CASE operand,
CAST, CREATE TABLE, CROSS JOIN, CURRENT ROW, DELETE, DESC, DISTINCT, ELSE, ESCAPE, EXCEPT, EXISTS, FALSE, FILTER, FOLLOWING,
FROM, FROM (query), GLOB, GROUP BY, GROUPS, HAVING, IF NOT EXISTS, IN (), IN (list), IN (query), INNER JOIN, INSERT,
INSERT columns, INTERSECT, IS, IS NOT, LEFT JOIN, LIKE, LIMIT, NOT BETWEEN, NOT GLOB, NOT IN (), NOT IN (list), NOT IN (query),
NOT LIKE, NOT REGEXP, NOT operand, NULL, NULLS FIRST, NULLS LAST, OFFSET, ON, ON CONFLICT DO NOTHING, ON CONFLICT DO UPDATE,
ON CONFLICT WHERE, ON CONFLICT columns, OR, ORDER BY, OVER name, PARTITION BY, PRECEDING, PRIMARY KEY, PRIMARY KEY columns,
RANGE, REGEXP, ROWS, SELECT, TRUE, UNBOUNDED FOLLOWING, UNBOUNDED PRECEDING, UNION, UNION ALL, UPDATE, USING, VALUES, WHERE,
WINDOW, WITH, WITH columns, call, call (*), call (DISTINCT), column, number, query, string, table, table AS, table.*,
table.column, type, window, window ORDER BY, |, ||, ~ operand`
	own = `
AS OF, BEGIN, COMMIT, DELETE ALL, DROP TABLE, EXPLAIN, IF EXISTS, ROLLBACK, UPDATE ALL, file, standard input, table function`
)

// Productions returns the names of all productions that Count counts, or of those that shared statements can have.
func Productions(onlyShared bool) []string {
	text := shared
	if !onlyShared {
		text += "," + own
	}
	names := strings.Split(text, ",")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}
