package syntax

import (
	"fmt"
	"strings"
)

// badToken returns the error for a token at hand that is wrong whatever was asked for: no token of the language, or a word that
// begins a construct which ReedQL does not have.
func (p *parser) badToken() (Error, bool) {
	text := clip(p.text())
	switch p.tok.code {
	case openString:
		return Error{Reason: Incomplete, Text: "the string is not closed", Hint: "write ' behind it, and '' for a quote within"}, true
	case openName:
		return Error{Reason: Incomplete, Text: "the quoted name is not closed", Hint: `write " behind it, and "" for a quote within`}, true
	case openComment:
		return Error{Reason: Incomplete, Text: "the comment is not closed", Hint: "write */ behind it"}, true
	case badNumber:
		return Error{Text: fmt.Sprintf("%q is no number", text), Hint: "a name that begins with a digit is written in double quotes"}, true
	case bigNumber:
		return Error{Text: fmt.Sprintf("%s is no number of 64 bits", text)}, true
	case badCharacter:
		return Error{Text: fmt.Sprintf("%q means nothing here", text), Hint: quoteHint(text)}, true
	}
	if what, hint := p.foreign(); what != "" {
		return Error{Reason: Unsupported, Text: what + " is not supported", Hint: hint}, true
	}
	return Error{}, false
}

// quoteHint helps whose editor has turned quotes into typographic ones.
func quoteHint(text string) string {
	if text != "" && strings.Contains("‘’‚“”„´", text) {
		return `strings are written in '', names in ""`
	}
	return ""
}

// foreign returns the construct that the token at hand begins, and what to write instead.
func (p *parser) foreign() (construct, hint string) {
	switch p.tok.code {
	case badQuote:
		return "a name in " + p.text(), `write it in double quotes: "name"`
	case badParameter:
		return "the parameter " + clip(p.text()), "write :name or ?"
	case badArrow:
		return "->", ""
	case badColons:
		return "::", "write CAST(value AS type)"
	case badBlob:
		return "a blob such as " + shown(clip(p.text())), "a cell is text: write a string"
	case plainName:
		word := strings.ToUpper(firstBytes(p.text(), 32))
		if p.tok.Pos == p.start {
			return foreignStatement(word)
		}
		return foreignClause(word)
	}
	return "", ""
}

// foreignStatement knows the first words of statements that others have.
func foreignStatement(word string) (construct, hint string) {
	switch word {
	case "ALTER":
		return "ALTER TABLE", "the columns of a table are those of its header: edit the table, or its schema"
	case "REPLACE":
		return "REPLACE", "write INSERT INTO … ON CONFLICT DO UPDATE SET …"
	case "TRUNCATE":
		return "TRUNCATE", "write DELETE FROM … ALL"
	case "SHOW", "DESCRIBE":
		return word, "write SELECT * FROM rdb_tables()"
	case "START":
		return "START", "write BEGIN"
	case "SAVEPOINT", "RELEASE":
		return word, "write BEGIN and COMMIT, which do not nest"
	case "PRAGMA", "ATTACH", "DETACH", "VACUUM", "ANALYZE", "REINDEX", "MERGE", "GRANT", "REVOKE", "CALL", "USE", "COPY", "DECLARE":
		return word, ""
	}
	return "", ""
}

// foreignClause knows the words that begin clauses and operators that others have. None of them is an alias without AS.
func foreignClause(word string) (construct, hint string) {
	switch word {
	case "RIGHT":
		return "RIGHT JOIN", "swap the tables and write LEFT JOIN"
	case "FULL":
		return "FULL JOIN", ""
	case "NATURAL":
		return "NATURAL JOIN", "write JOIN … USING (column, …)"
	case "LATERAL":
		return "LATERAL", ""
	case "COLLATE":
		return "COLLATE", "write lower(value) to compare without case"
	case "MATCH":
		return "MATCH", "write LIKE, GLOB or REGEXP"
	case "ILIKE":
		return "ILIKE", "write LIKE, which takes ASCII letters of both cases for one"
	case "SIMILAR":
		return "SIMILAR TO", "write REGEXP"
	case "FETCH":
		return "FETCH", "write LIMIT"
	case "FOR":
		return "FOR", ""
	case "RETURNING":
		return "RETURNING", "ask with a SELECT"
	case "INDEXED":
		return "INDEXED BY", "EXPLAIN says which index is used"
	case "RECURSIVE":
		return "WITH RECURSIVE", ""
	case "MATERIALIZED":
		return "MATERIALIZED", ""
	case "EXCLUDE":
		return "EXCLUDE in a window", ""
	}
	return "", ""
}
