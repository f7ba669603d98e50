package syntax

import "iter"

// Class says what a token is.
type Class uint8

// The classes of tokens. InvalidToken is what can never be part of a statement: an unknown character, a number with letters behind it,
// a quote or comment that is not closed. A KeywordToken that is not reserved may stand for a name too.
const (
	EndOfText Class = iota
	InvalidToken
	CommentToken
	KeywordToken
	NameToken
	StringToken
	NumberToken
	ParameterToken
	OperatorToken
)

// Token is one word, literal, operator or comment of a text, with its offsets in bytes. The name of a table comes in pieces:
// what api.security is, a name or a table's column, only a parser can tell.
type Token struct {
	Pos, End int
	code     code
}

// Class returns what the token is.
func (t Token) Class() Class {
	switch c := t.code; {
	case c == endOfText:
		return EndOfText
	case c >= firstKeyword:
		return KeywordToken
	case c >= leftParen:
		return OperatorToken
	}
	switch t.code {
	case comment:
		return CommentToken
	case plainName, quotedName:
		return NameToken
	case stringLiteral:
		return StringToken
	case number:
		return NumberToken
	case parameter:
		return ParameterToken
	}
	return InvalidToken
}

// Keyword returns a keyword in upper case, "" for another token.
func (t Token) Keyword() string {
	if t.code < firstKeyword {
		return ""
	}
	return spelling[t.code]
}

// Tokens cuts any text into its tokens, comments and invalid ones among them, without EndOfText. Between them is only white
// space.
func Tokens(text string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		s := scanner{text: text}
		for t := s.next(); t.code != endOfText; t = s.next() {
			if !yield(t) {
				return
			}
		}
	}
}

// Cut cuts a text behind the semicolon that ends its first statement. Finished is false, and rest empty, when there is none
// outside of strings, quoted names and comments: more lines may follow.
func Cut(text string) (statement, rest string, finished bool) {
	for t := range Tokens(text) {
		if t.code == semicolon {
			return text[:t.End], text[t.End:], true
		}
	}
	return text, "", false
}
