package syntax

// code names a token, or something that the parser expects and that is no one token.
type code uint8

const (
	endOfText code = iota

	// What is expected.
	aStatement
	aQuery
	anExpression
	anOperator
	aTable
	aSource  // a table to select from, or what stands for one
	aName    // of a column
	aNewName // of something that comes into being
	anAlias
	aType
	aVersion
	aBound
	endOfStatement

	// Tokens of no meaning, each for another reason.
	badCharacter
	badNumber
	bigNumber
	badQuote // ` or [
	badParameter
	badArrow
	badColons
	badBlob
	openString
	openName
	openComment

	comment
	plainName
	quotedName
	stringLiteral
	number
	parameter

	leftParen
	rightParen
	comma
	semicolon
	dot
	star
	plus
	minus
	slash
	percent
	concat
	ampersand
	pipe
	shiftLeft
	shiftRight
	tilde
	equal
	notEqual
	less
	lessEqual
	greater
	greaterEqual

	// The words of the grammar, in the order of the alphabet.
	kwAll
	kwAnd
	kwAs
	kwAsc
	kwBegin
	kwBetween
	kwBy
	kwCase
	kwCast
	kwCommit
	kwConfirm
	kwConflict
	kwCreate
	kwCross
	kwCurrent
	kwDelete
	kwDesc
	kwDistinct
	kwDo
	kwDrop
	kwElse
	kwEnd
	kwEscape
	kwExcept
	kwExists
	kwExplain
	kwFalse
	kwFilter
	kwFirst
	kwFollowing
	kwFrom
	kwGlob
	kwGroup
	kwGroups
	kwHaving
	kwIf
	kwIn
	kwInner
	kwInsert
	kwIntersect
	kwInto
	kwIs
	kwIsNull
	kwJoin
	kwKey
	kwLast
	kwLeft
	kwLike
	kwLimit
	kwNot
	kwNothing
	kwNotNull
	kwNull
	kwNulls
	kwOf
	kwOffset
	kwOn
	kwOr
	kwOrder
	kwOuter
	kwOver
	kwPartition
	kwPlan
	kwPreceding
	kwPrimary
	kwQuery
	kwRange
	kwRegexp
	kwRollback
	kwRow
	kwRows
	kwSelect
	kwSet
	kwTable
	kwThen
	kwTransaction
	kwTrue
	kwUnbounded
	kwUnion
	kwUpdate
	kwUsing
	kwValues
	kwWhen
	kwWhere
	kwWindow
	kwWith

	codes // how many there are
)

const firstKeyword = kwAll

// spelling holds how an error names each code; a keyword or operator is its own name.
var spelling = [codes]string{
	endOfText: "the end of the text", aStatement: "a statement", aQuery: "a query", anExpression: "an expression", anOperator: "an operator",
	aTable: "a table", aSource: "a table", aName: "a name", aNewName: "a name", anAlias: "an alias", aType: "a type", aVersion: "a time or version",
	aBound: "a number or parameter", endOfStatement: "the end of the statement",

	comment: "a comment", plainName: "a name", quotedName: "a name", stringLiteral: "a string", number: "a number", parameter: "a parameter",

	leftParen: "(", rightParen: ")", comma: ",", semicolon: ";", dot: ".", star: "*", plus: "+", minus: "-", slash: "/", percent: "%",
	concat: "||", ampersand: "&", pipe: "|", shiftLeft: "<<", shiftRight: ">>", tilde: "~", equal: "=", notEqual: "<>", less: "<",
	lessEqual: "<=", greater: ">", greaterEqual: ">=",

	kwAll: "ALL", kwAnd: "AND", kwAs: "AS", kwAsc: "ASC", kwBegin: "BEGIN", kwBetween: "BETWEEN", kwBy: "BY", kwCase: "CASE",
	kwCast: "CAST", kwCommit: "COMMIT", kwConfirm: "CONFIRM", kwConflict: "CONFLICT", kwCreate: "CREATE", kwCross: "CROSS",
	kwCurrent: "CURRENT", kwDelete: "DELETE", kwDesc: "DESC", kwDistinct: "DISTINCT", kwDo: "DO", kwDrop: "DROP", kwElse: "ELSE",
	kwEnd: "END", kwEscape: "ESCAPE", kwExcept: "EXCEPT", kwExists: "EXISTS", kwExplain: "EXPLAIN", kwFalse: "FALSE",
	kwFilter: "FILTER", kwFirst: "FIRST", kwFollowing: "FOLLOWING", kwFrom: "FROM", kwGlob: "GLOB", kwGroup: "GROUP",
	kwGroups: "GROUPS", kwHaving: "HAVING", kwIf: "IF", kwIn: "IN", kwInner: "INNER", kwInsert: "INSERT", kwIntersect: "INTERSECT",
	kwInto: "INTO", kwIs: "IS", kwIsNull: "ISNULL", kwJoin: "JOIN", kwKey: "KEY", kwLast: "LAST", kwLeft: "LEFT", kwLike: "LIKE",
	kwLimit: "LIMIT", kwNot: "NOT", kwNothing: "NOTHING", kwNotNull: "NOTNULL", kwNull: "NULL", kwNulls: "NULLS", kwOf: "OF",
	kwOffset: "OFFSET", kwOn: "ON", kwOr: "OR", kwOrder: "ORDER", kwOuter: "OUTER", kwOver: "OVER", kwPartition: "PARTITION",
	kwPlan: "PLAN", kwPreceding: "PRECEDING", kwPrimary: "PRIMARY", kwQuery: "QUERY", kwRange: "RANGE", kwRegexp: "REGEXP",
	kwRollback: "ROLLBACK", kwRow: "ROW", kwRows: "ROWS", kwSelect: "SELECT", kwSet: "SET", kwTable: "TABLE", kwThen: "THEN",
	kwTransaction: "TRANSACTION", kwTrue: "TRUE", kwUnbounded: "UNBOUNDED", kwUnion: "UNION", kwUpdate: "UPDATE",
	kwUsing: "USING", kwValues: "VALUES", kwWhen: "WHEN", kwWhere: "WHERE", kwWindow: "WINDOW", kwWith: "WITH",
}

// keyword returns the code of a word in any case, or 0 when it is none of the grammar's.
func keyword(word string) code {
	low, high := firstKeyword, codes
	for low < high {
		middle := low + (high-low)/2
		switch order := compareUpper(word, spelling[middle]); {
		case order == 0:
			return middle
		case order < 0:
			high = middle
		default:
			low = middle + 1
		}
	}
	return 0
}

// compareUpper compares word, with its ASCII letters in upper case, to upper.
func compareUpper(word, upper string) int {
	for i := range min(len(word), len(upper)) {
		c := word[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != upper[i] {
			return int(c) - int(upper[i])
		}
	}
	return len(word) - len(upper)
}

// reserved reports whether a keyword has to be quoted to be a name, because it could mean something else where it stands.
func (c code) reserved() bool {
	switch c {
	case kwAll, kwAnd, kwAs, kwBetween, kwCase, kwCast, kwConflict, kwCross, kwDistinct, kwElse, kwEnd, kwEscape, kwExcept, kwExists,
		kwFalse, kwFrom, kwGlob, kwGroup, kwHaving, kwIn, kwInner, kwIntersect, kwInto, kwIs, kwIsNull, kwJoin, kwLeft, kwLike, kwLimit,
		kwNot, kwNotNull, kwNull, kwOf, kwOn, kwOr, kwOrder, kwOuter, kwPrimary, kwRegexp, kwSelect, kwThen, kwTrue, kwUnion, kwUsing,
		kwValues, kwWhen, kwWhere, kwWith:
		return true
	}
	return false
}

// set is a set of codes.
type set [(codes + 63) / 64]uint64

func (s *set) add(list ...code) {
	for _, c := range list {
		s[c/64] |= 1 << (c % 64)
	}
}

func (s *set) has(c code) bool { return s[c/64]&(1<<(c%64)) != 0 }

// infixWords are the keywords that can follow an operand as operators.
var infixWords = [...]code{kwAnd, kwBetween, kwGlob, kwIn, kwIs, kwIsNull, kwLike, kwNot, kwNotNull, kwOr, kwRegexp}

// starters are the keywords that begin a statement.
var starters = [...]code{kwBegin, kwCommit, kwCreate, kwDelete, kwDrop, kwExplain, kwInsert, kwRollback, kwSelect, kwUpdate,
	kwValues, kwWith}
