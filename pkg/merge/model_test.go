package merge_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/row"
)

// table is a text by its parts.
type table struct {
	mark    bool
	records []record // the header first
	tail    string
	ending  string // what stands for the last line end: "\n" for itself, "\r" or ""
}

type record struct {
	comments string
	cells    []string
	quoted   bool
	eol      string
}

func (t table) clone() table {
	t.records = slices.Clone(t.records)
	for i := range t.records {
		t.records[i].cells = slices.Clone(t.records[i].cells)
	}
	return t
}

// text renders t.
func (t table) text() []byte {
	var b strings.Builder
	if t.mark {
		b.WriteString("\ufeff")
	}
	for _, r := range t.records {
		b.WriteString(r.comments)
		b.WriteString(r.text() + r.eol)
	}
	b.WriteString(t.tail)
	text := b.String()
	if t.ending == "\n" {
		return []byte(text)
	}
	return []byte(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r") + t.ending)
}

func (r record) text() string {
	if !r.quoted {
		return string(row.AppendRecord(nil, cellBytes(r.cells), ""))
	}
	quoted := make([]string, len(r.cells))
	for i, c := range r.cells {
		quoted[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
	}
	return strings.Join(quoted, "|")
}

func cellBytes(cells []string) (list [][]byte) {
	for _, c := range cells {
		list = append(list, []byte(c))
	}
	return list
}

var (
	values   = []string{"", "x", "y", "z", "a|b", `say "so"`, "two\nlines", "#", "ends in CR\r", "long enough to be worth a copy of its own"}
	keys     = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i|j", "k\nl", "#m", `n"`, "long.enough.to.be.copied@en", ""}
	comments = []string{"", "", "# one\n", "# two\n", "\n", "# one\n# two\r\n", "\r\n"}
	eols     = []string{"\n", "\n", "\n", "\r\n"}
	endings  = []string{"\n", "\n", "\n", "", "\r"}
	extras   = []string{"n", "o", "p"}
)

func pick(t *rapid.T, from []string, what string) string {
	return rapid.SampledFrom(from).Draw(t, what)
}

// drawBase draws a table with the columns k, v, w and, sometimes, u.
func drawBase(t *rapid.T) table {
	columns := []string{"k", "v", "w"}
	if rapid.Bool().Draw(t, "wide") {
		columns = append(columns, "u")
	}
	b := table{ending: pick(t, endings, "ending"), mark: rapid.IntRange(0, 9).Draw(t, "mark") == 0, tail: pick(t, comments, "tail")}
	b.records = append(b.records, record{comments: pick(t, comments, "comments"), cells: columns, eol: pick(t, eols, "eol")})
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 8, rapid.ID).Draw(t, "keys") {
		b.records = append(b.records, drawRecord(t, key, len(columns)))
	}
	b.addBulk(rapid.IntRange(-20, 40).Draw(t, "bulk"))
	return b
}

// addBulk adds rows that are long enough to be copied; some have several lines, some comments.
func (b *table) addBulk(n int) {
	for i := range max(n, 0) {
		r := record{cells: []string{fmt.Sprintf("bulk.%03d", i)}, eol: "\n"}
		for j := range len(b.records[0].cells) - 1 {
			r.cells = append(r.cells, fmt.Sprintf("cell %d of the row %d", j, i))
		}
		switch i % 7 {
		case 2:
			r.comments = "# a comment of its own\n"
		case 4:
			r.cells[1] += "\n# no comment\nbulk.001|neither a row\n"
		case 5:
			r.quoted = true
		}
		b.records = append(b.records, r)
	}
}

func drawRecord(t *rapid.T, key string, width int) record {
	r := record{comments: pick(t, comments, "comments"), cells: []string{key}, eol: pick(t, eols, "eol")}
	for range width - 1 {
		r.cells = append(r.cells, pick(t, values, "value"))
	}
	r.quoted = rapid.IntRange(0, 5).Draw(t, "quoted") == 0
	return r
}

// drawEdit draws an edited form of a table. Edits of the header are made only where allowed.
func drawEdit(t *rapid.T, b table, header bool) table {
	b = b.clone()
	for range rapid.IntRange(0, 5).Draw(t, "edits") {
		n := 8
		if header {
			n = 12
		}
		b.edit(t, rapid.IntRange(0, n).Draw(t, "edit"))
	}
	return b
}

func (b *table) edit(t *rapid.T, kind int) {
	width := len(b.records[0].cells)
	at := rapid.IntRange(0, len(b.records)-1).Draw(t, "row")
	r := &b.records[at]
	switch kind {
	case 0, 1, 2:
		if at > 0 && width > 1 {
			i := rapid.IntRange(0, width-1).Draw(t, "cell")
			if b.records[0].cells[i] != "k" {
				r.cells[i] = pick(t, values, "value")
			}
		}
	case 3:
		if key := pick(t, keys, "key"); !b.has(key) {
			fresh := drawRecord(t, "", width)
			fresh.cells[width-1] = fresh.cells[0]
			fresh.cells = slices.Insert(fresh.cells, b.column("k"), key)[:width]
			b.records = slices.Insert(b.records, at+1, fresh)
		}
	case 4:
		if at > 0 {
			b.records = slices.Delete(b.records, at, at+1)
		}
	case 5:
		if at > 0 {
			to := rapid.IntRange(1, len(b.records)-1).Draw(t, "to")
			moved := b.records[at]
			b.records = slices.Insert(slices.Delete(b.records, at, at+1), to, moved)
		}
	case 6:
		r.comments = pick(t, comments, "comments")
	case 7:
		r.eol, r.quoted = pick(t, eols, "eol"), !r.quoted
	case 8:
		b.tail, b.ending, b.mark = pick(t, comments, "tail"), pick(t, endings, "ending"), rapid.IntRange(0, 9).Draw(t, "mark") == 0
	default:
		b.editHeader(t, kind)
	}
}

func (b *table) editHeader(t *rapid.T, kind int) {
	header := b.records[0].cells
	i := rapid.IntRange(0, len(header)-1).Draw(t, "column")
	name := pick(t, extras, "name")
	known := slices.Contains(header, name)
	switch {
	case kind == 9 && !known: // add
		for j := range b.records {
			r := &b.records[j]
			r.cells = slices.Insert(r.cells, i+1, pick(t, values, "value"))
		}
		b.records[0].cells[i+1] = name
	case kind == 10 && header[i] != "k": // drop
		for j := range b.records {
			b.records[j].cells = slices.Delete(b.records[j].cells, i, i+1)
		}
	case kind == 11 && header[i] != "k" && !known: // rename
		header[i] = name
	case kind == 12: // move
		to := rapid.IntRange(0, len(header)-1).Draw(t, "to")
		for j := range b.records {
			cell := b.records[j].cells[i]
			b.records[j].cells = slices.Insert(slices.Delete(b.records[j].cells, i, i+1), to, cell)
		}
	}
}

func (b *table) column(name string) int { return slices.Index(b.records[0].cells, name) }

func (b *table) has(key string) bool {
	k := b.column("k")
	return slices.ContainsFunc(b.records[1:], func(r record) bool { return r.cells[k] == key })
}
