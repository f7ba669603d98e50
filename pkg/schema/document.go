package schema

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a TOML text as values, with the place of each setting and the comments of each table. A path is such as
// "schema.level" or "columns[2].type"; "" is the document.
type document struct {
	values   map[string]any
	at       map[string]position
	comments map[string][]string
	closing  []string
}

// readDocument reads a TOML text. What is wrong with it is one problem: the rest cannot be known.
func readDocument(text []byte) (d *document, problems Problems) {
	defer func() {
		if r := recover(); r != nil { // the parser is a third party's
			d, problems = nil, Problems{{Text: fmt.Sprintf("this cannot be read as TOML: %v", r)}}
		}
	}()
	d = &document{values: map[string]any{}, at: map[string]position{}, comments: map[string][]string{}}
	w := walker{document: d, text: text, arrays: map[string]int{}}
	if w.walk(); w.crowded {
		return nil, Problems{{Text: fmt.Sprintf("this is no schema: a table has more than %d settings", mostSettings)}}
	}
	if err := toml.Unmarshal(text, &d.values); err != nil {
		return nil, Problems{syntaxProblem(err)}
	}
	return d, nil
}

// mostSettings is how many settings a table may have, and how many tables other than columns there may be. No schema comes near it;
// the time that the parser takes grows with its square.
const mostSettings = 100

func syntaxProblem(err error) Problem {
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, character := bad.Position()
		return Problem{line, character, strings.TrimPrefix(bad.Error(), "toml: ")}
	}
	return Problem{Text: err.Error()}
}

// walker goes through the expressions of a text once to find what the values alone do not tell.
type walker struct {
	*document
	text   []byte
	arrays map[string]int // how many elements of an array of tables have begun
	table  string         // the path of the table that settings belong to
	loose  []string       // comments whose table is not known yet

	tables, settings int  // tables that are no columns; settings of the table so far
	crowded          bool // there is more than a schema can have

	line, start, offset int // how many lines end before offset, and where the line begins that it lies in
}

// walk goes through the text, up to where it is no TOML.
func (w *walker) walk() {
	p := unstable.Parser{KeepComments: true}
	p.Reset(w.text)
	for !w.crowded && p.NextExpression() {
		node := p.Expression()
		switch node.Kind {
		case unstable.Comment:
			w.loose = append(w.loose, string(node.Data))
			continue
		case unstable.Table, unstable.ArrayTable:
			w.enter(node)
		case unstable.KeyValue:
			w.count(&w.settings)
			w.setting(w.table, node)
			w.comment(node.Value())
		}
		w.comments[w.table] = append(w.comments[w.table], w.loose...)
		w.loose = nil
		if after := node.Next(); after != nil && after.Kind == unstable.Comment {
			w.comments[w.table] = append(w.comments[w.table], string(after.Data))
		}
	}
	w.closing = w.loose
}

// enter begins the table that a header names.
func (w *walker) enter(node *unstable.Node) {
	path, at := "", position{}
	for key := node.Key(); key.Next(); {
		if n := w.arrays[path]; n > 0 {
			path = element(path, n-1)
		}
		path = below(path, string(key.Node().Data))
		at = w.position(key.Node().Raw)
	}
	w.settings = 0
	if path != "columns" || node.Kind != unstable.ArrayTable {
		w.count(&w.tables)
	}
	if n := w.arrays[path]; node.Kind == unstable.ArrayTable {
		w.arrays[path] = n + 1
		w.at[path] = at
		path = element(path, n)
	}
	w.at[path] = at
	w.table = path
}

func (w *walker) count(of *int) {
	*of++
	w.crowded = w.crowded || *of > mostSettings
}

// setting takes note of where the key of a setting stands, and the keys within its value.
func (w *walker) setting(table string, node *unstable.Node) {
	path, first := table, position{}
	for key := node.Key(); key.Next(); {
		path = below(path, string(key.Node().Data))
		at := w.position(key.Node().Raw)
		if first.line == 0 {
			first = at
		}
		if _, known := w.at[path]; !known {
			w.at[path] = first
		}
	}
	w.within(path, node.Value(), first)
}

func (w *walker) within(path string, value *unstable.Node, at position) {
	children, i, settings := value.Children(), 0, 0
	for children.Next() {
		switch child := children.Node(); {
		case child.Kind == unstable.Comment:
		case value.Kind == unstable.InlineTable:
			w.count(&settings)
			w.setting(path, child)
		case value.Kind == unstable.Array:
			place := at
			if child.Raw.Length > 0 {
				place = w.position(child.Raw)
			}
			w.at[element(path, i)] = place
			w.within(element(path, i), child, place)
			i++
		}
	}
}

// comment collects the comments in a value, which only arrays and inline tables can hold.
func (w *walker) comment(value *unstable.Node) {
	for children := value.Children(); children.Next(); {
		child := children.Node()
		if child.Kind == unstable.Comment {
			w.loose = append(w.loose, string(child.Data))
		}
		w.comment(child)
	}
}

// position returns where a piece of the text begins. Pieces mostly come in the order of the text.
func (w *walker) position(piece unstable.Range) position {
	at := int(piece.Offset)
	if at < w.offset {
		w.line, w.start, w.offset = 0, 0, 0
	}
	passed := w.text[w.offset:at]
	w.line += bytes.Count(passed, []byte("\n"))
	if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
		w.start = w.offset + i + 1
	}
	w.offset = at
	return position{w.line + 1, at - w.start + 1}
}

// longestPath bounds the paths that are kept apart: no setting that there is has a longer one, and a text of deep nests must
// not make many long ones.
const longestPath = 100

func below(path, key string) string {
	switch {
	case path == "":
		return key[:min(len(key), longestPath)]
	case len(path)+len(key) >= longestPath:
		return path
	}
	return path + "." + key
}

func element(path string, i int) string {
	if len(path) > longestPath {
		return path
	}
	return path + "[" + strconv.Itoa(i) + "]"
}
