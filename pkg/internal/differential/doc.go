// Package differential owns the comparison of ReedQL with SQLite: random queries of random tables, and each difference with the
// line of reedql(7) that states it. It must never know how queries are planned and run.
package differential
