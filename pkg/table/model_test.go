package table

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// sheet is a table's content as the model has it: cells by the key of their row and the name of their column.
type sheet struct {
	columns []string
	order   []string // keys
	rows    map[string]map[string]string
}

func (s sheet) clone() sheet {
	c := sheet{slices.Clone(s.columns), slices.Clone(s.order), map[string]map[string]string{}}
	for k, r := range s.rows {
		c.rows[k] = map[string]string{}
		for name, v := range r {
			c.rows[k][name] = v
		}
	}
	return c
}

// difference is a change as the model tells it: cells by column, empty ones left out; nil for a row that is not there.
type difference struct {
	Key      string
	Old, New map[string]string
}

// differences compares two sheets row by row, in the order of their keys.
func differences(a, b sheet) (list []difference) {
	keys := map[string]bool{}
	for _, k := range slices.Concat(a.order, b.order) {
		keys[k] = true
	}
	for k := range keys {
		d := difference{k, filled(a.rows[k]), filled(b.rows[k])}
		if (d.Old == nil) != (d.New == nil) || !cmp.Equal(d.Old, d.New) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b difference) int { return strings.Compare(a.Key, b.Key) })
	return list
}

func filled(cells map[string]string) map[string]string {
	if cells == nil {
		return nil
	}
	full := map[string]string{}
	for name, v := range cells {
		if v != "" {
			full[name] = v
		}
	}
	return full
}

// told turns what the table says of a change into the model's words.
func told(t *rapid.T, c *Changes, names []string) (list []difference) {
	cells := func(columns []string, record []byte) map[string]string {
		if record == nil {
			return nil
		}
		raw, err := row.Cells(nil, record)
		if err != nil || len(raw) != len(columns) {
			t.Fatalf("record %q under %q: %v", record, columns, err)
		}
		m := map[string]string{}
		for i, v := range raw {
			m[columns[i]] = string(v)
		}
		return filled(m)
	}
	for _, r := range c.Rows {
		list = append(list, difference{string(r.Key), cells(c.OldColumns, r.Old), cells(c.NewColumns, r.New)})
	}
	slices.SortFunc(list, func(a, b difference) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// past is a version as the model remembers it.
type past struct {
	id      stamp.ID
	text    string
	sheet   sheet
	deleted bool
}

// history is a table under a model.
type history struct {
	*fixture
	key   []string
	now   sheet
	past  []past // oldest first
	first int    // of past, the oldest that can be read
	tags  map[string]int
	named map[int]bool // versions that ever had a name
}

var (
	someCells = []string{"", "v", "w|x", "one\ntwo", "\n", "q\"q", "\"", "# no comment", "\r", "x\r\ny", "é", " ", "long long long long long long text"}
	someKeys  = []string{"a", "b", "c", "", "a|b", "x\ny", "#k", "\"q\"", "page.title@de", "k7", "k8", "k9"}
)

func (h *history) names() []string {
	if len(h.key) > 0 {
		return h.key
	}
	return h.now.columns[:1]
}

func (h *history) keyOf(cells []string) string {
	parts := make([][]byte, len(cells))
	for i, c := range cells {
		parts[i] = []byte(c)
	}
	return string(row.JoinKey(parts))
}

func (h *history) drawKey(t *rapid.T) []string {
	key := make([]string, max(1, len(h.key)))
	for i := range key {
		key[i] = rapid.SampledFrom(someKeys).Draw(t, "key")
	}
	return key
}

// render writes a sheet with line ends, quotes and comments as they fall.
func render(t *rapid.T, s sheet) string {
	var b strings.Builder
	eol := rapid.SampledFrom([]string{"\n", "\n", "\r\n"}).Draw(t, "eol")
	odd := rapid.IntRange(0, 3).Draw(t, "odd")
	line := func(cells []string) {
		for i, v := range cells {
			if i > 0 {
				b.WriteByte('|')
			}
			quoted := strings.ContainsAny(v, "|\"\r\n") || i == 0 && (strings.HasPrefix(v, "#") || v == "" && len(cells) == 1)
			if quoted || odd == 1 && len(v)%2 == 1 {
				v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
			}
			b.WriteString(v)
		}
		b.WriteString(eol)
	}
	line(s.columns)
	for i, k := range s.order {
		if odd >= 2 && i%3 == odd {
			b.WriteString([]string{"# a \"comment\"", "", "#|x"}[i%3] + eol)
		}
		cells := make([]string, len(s.columns))
		for j, name := range s.columns {
			cells[j] = s.rows[k][name]
		}
		line(cells)
	}
	text := b.String()
	if rapid.IntRange(0, 4).Draw(t, "end") == 0 && len(s.order) > 0 {
		text = strings.TrimSuffix(text, eol)
	}
	return text
}

// rewrite changes a sheet as somebody would who has the whole of it in an editor.
func (h *history) rewrite(t *rapid.T) sheet {
	s := h.now.clone()
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0:
			slices.Reverse(s.order)
		case 1:
			name := rapid.SampledFrom([]string{"c1", "c2", "c3", "c|4"}).Draw(t, "column")
			if at := slices.Index(s.columns, name); at < 0 {
				s.columns = append(s.columns, name)
				for _, k := range s.order {
					s.rows[k][name] = rapid.SampledFrom(someCells).Draw(t, "cell")
				}
			} else if !slices.Contains(h.names(), name) {
				s.columns = slices.Delete(s.columns, at, at+1)
				for _, r := range s.rows {
					delete(r, name)
				}
			}
		case 2:
			key := h.drawKey(t)
			k := h.keyOf(key)
			if s.rows[k] == nil {
				s.order = slices.Insert(s.order, rapid.IntRange(0, len(s.order)).Draw(t, "at"), k)
				s.rows[k] = map[string]string{}
				for i, name := range h.names() {
					s.rows[k][name] = key[i]
				}
			}
			h.fill(t, s, k)
		case 3:
			if len(s.order) > 0 {
				at := rapid.IntRange(0, len(s.order)-1).Draw(t, "row")
				delete(s.rows, s.order[at])
				s.order = slices.Delete(s.order, at, at+1)
			}
		case 4:
			for _, k := range s.order {
				h.fill(t, s, k)
			}
		case 5: // only the way it is written changes
		}
	}
	return s
}

func (h *history) fill(t *rapid.T, s sheet, k string) {
	for _, name := range s.columns {
		if !slices.Contains(h.names(), name) {
			s.rows[k][name] = rapid.SampledFrom(someCells).Draw(t, "cell")
		}
	}
}

// wrote takes note of a write.
func (h *history) wrote(t *rapid.T, r Result, err error, next sheet, deleted bool) {
	if err != nil {
		t.Fatal(err)
	}
	if !r.Stored {
		if head, err := h.Head(); err != nil || r.ID != head.ID {
			t.Fatalf("nothing was stored, and the head is said to be %s: %v", r.ID, err)
		}
		return
	}
	p := past{id: r.ID, sheet: next, deleted: deleted}
	if !deleted {
		c, err := h.Read()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		b, err := c.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		p.text = string(b)
	}
	last := past{sheet: sheet{}}
	if len(h.past) > 0 {
		last = h.past[len(h.past)-1]
	}
	var n Counts
	for _, d := range differences(last.sheet, next) {
		switch {
		case d.Old == nil:
			n.Added++
		case d.New == nil:
			n.Deleted++
		default:
			n.Changed++
		}
	}
	if r.Counts != n {
		t.Fatalf("counted %+v, not %+v\nfrom %q\nto   %q", r.Counts, n, last.text, p.text)
	}
	h.now = next
	h.past = append(h.past, p)
}

func (h *history) there() bool { return !h.past[len(h.past)-1].deleted }

// step makes one random write.
func (h *history) step(t *rapid.T) {
	const user = 1001
	what := rapid.SampledFrom([]string{"set", "set", "set", "delete", "replace", "replace", "drop", "rollback", "row", "prune", "tag"}).Draw(t, "step")
	if !h.there() && what != "rollback" {
		return
	}
	switch what {
	case "set":
		key, next := h.drawKey(t), h.now.clone()
		k := h.keyOf(key)
		if next.rows[k] == nil {
			next.order, next.rows[k] = append(next.order, k), map[string]string{}
			for i, name := range h.names() {
				next.rows[k][name] = key[i]
			}
		}
		var cells []Assignment
		for _, name := range next.columns {
			if !slices.Contains(h.names(), name) && rapid.Bool().Draw(t, "set") {
				cells = append(cells, Assignment{Column: name, Value: rapid.SampledFrom(someCells).Draw(t, "cell")})
				next.rows[k][name] = cells[len(cells)-1].Value
			}
		}
		r, err := h.Set(user, key, cells)
		h.wrote(t, r, err, next, false)
	case "delete":
		key, next := h.drawKey(t), h.now.clone()
		k := h.keyOf(key)
		r, err := h.Table.Delete(user, key)
		if next.rows[k] == nil {
			if fault.KindOf(err) != fault.NotFound {
				t.Fatalf("deleting what is not there: %v", err)
			}
			return
		}
		delete(next.rows, k)
		next.order = slices.DeleteFunc(next.order, func(o string) bool { return o == k })
		h.wrote(t, r, err, next, false)
	case "replace":
		next := h.rewrite(t)
		text := render(t, next)
		r, err := h.Replace(Replacement{Content: []byte(text), Action: verlog.Update, User: user})
		h.wrote(t, r, err, next, false)
		if got := h.past[len(h.past)-1].text; got != text {
			t.Fatalf("wrote %q, read %q", text, got)
		}
	case "drop":
		r, err := h.Drop(user)
		h.wrote(t, r, err, sheet{}, true)
	case "rollback":
		to := rapid.IntRange(0, len(h.past)-1).Draw(t, "version")
		if h.lingers(to) {
			return
		}
		p := h.past[to]
		r, err := h.Rollback(user, p.id)
		if p.deleted || !h.readable(to) {
			if kind := fault.KindOf(err); kind != fault.Input && kind != fault.NotFound {
				t.Fatalf("rollback to what cannot be had: %v", err)
			}
			return
		}
		h.wrote(t, r, err, p.sheet.clone(), false)
		if got := h.past[len(h.past)-1].text; got != p.text {
			t.Fatalf("rolled back to %q, not %q", got, p.text)
		}
	case "row":
		h.rollbackRow(t)
	case "prune":
		keep := rapid.IntRange(1, 6).Draw(t, "keep")
		if _, err := h.Prune(user, keep); err != nil {
			t.Fatal(err)
		}
		h.first = max(h.first, len(h.past)-keep)
	case "tag":
		to := rapid.IntRange(0, len(h.past)-1).Draw(t, "version")
		name := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "name")
		if h.lingers(to) {
			return
		}
		if err := h.Tag(name, h.past[to].id); (err == nil) != h.readable(to) {
			t.Fatalf("tag version %d of %d: %v", to, h.first, err)
		} else if err == nil {
			h.tags[name], h.named[to] = to, true
		}
	}
}

func (h *history) rollbackRow(t *rapid.T) {
	to := rapid.IntRange(h.first, len(h.past)-1).Draw(t, "version")
	key, next := h.drawKey(t), h.now.clone()
	k := h.keyOf(key)
	was := h.past[to].sheet.rows[k]
	r, err := h.RollbackRow(1001, h.past[to].id, key)
	switch {
	case was == nil && next.rows[k] == nil:
		if fault.KindOf(err) != fault.NotFound {
			t.Fatalf("a row that never was: %v", err)
		}
		return
	case was == nil:
		delete(next.rows, k)
		next.order = slices.DeleteFunc(next.order, func(o string) bool { return o == k })
	default:
		if next.rows[k] == nil {
			next.order = append(next.order, k)
		}
		next.rows[k] = map[string]string{}
		for _, name := range next.columns {
			next.rows[k][name] = was[name]
		}
	}
	h.wrote(t, r, err, next, false)
}

// lingers reports whether version i was folded away while it had a name, which has gone to another since: it can be read until
// somebody clears up.
func (h *history) lingers(i int) bool { return !h.readable(i) && h.named[i] }

// readable reports whether version i can be had: it was not folded away, or has a name.
func (h *history) readable(i int) bool {
	if i >= h.first {
		return true
	}
	for _, to := range h.tags {
		if to == i {
			return true
		}
	}
	return false
}

// check holds everything the table says of its history against the model.
func (h *history) check(t *rapid.T) {
	for i, p := range h.past {
		got, err := h.tryAt(p.id)
		if h.readable(i) && (err != nil || got != p.text) {
			t.Fatalf("version %d is %q, not %q: %v", i, got, p.text, err)
		}
		if !h.readable(i) && err != nil && fault.KindOf(err) != fault.NotFound {
			t.Fatalf("version %d, which was folded away: %v", i, err)
		}
	}
	h.checkDiffs(t)
	h.checkHistory(t)
	h.checkBlame(t)
	if problems, _, err := h.Verify(nil); err != nil || len(problems) > 0 {
		t.Fatalf("verify: %v %v", problems, err)
	}
}

func (h *history) checkDiffs(t *rapid.T) {
	for range 6 {
		a, b := rapid.IntRange(h.first, len(h.past)-1).Draw(t, "from"), rapid.IntRange(h.first, len(h.past)-1).Draw(t, "to")
		from, to := h.past[a], h.past[b]
		c, err := h.Diff(from.id, to.id)
		if err != nil {
			t.Fatalf("diff of %q and %q: %v", from.text, to.text, err)
		}
		if diff := cmp.Diff(differences(from.sheet, to.sheet), told(t, c, h.key)); diff != "" {
			t.Fatalf("diff of versions %d and %d\n%q\n%q\n(-want +got):\n%s", a, b, from.text, to.text, diff)
		}
	}
}

// changesOf returns, for each readable version after the first, what it changed.
func (h *history) changesOf(i int) []difference {
	return differences(h.past[i-1].sheet, h.past[i].sheet)
}

func (h *history) checkHistory(t *rapid.T) {
	type moment struct {
		ID      stamp.ID
		Cells   map[string]string
		Changed string
	}
	for _, key := range [][]string{h.drawKey(t), h.drawKey(t)} {
		k := h.keyOf(key)
		var want []moment
		if r := h.past[h.first].sheet.rows[k]; r != nil {
			want = append(want, moment{ID: h.past[h.first].id, Cells: filled(r)})
		}
		for i := h.first + 1; i < len(h.past); i++ {
			for _, d := range h.changesOf(i) {
				if d.Key == k {
					want = append(want, moment{h.past[i].id, d.New, changed(d)})
				}
			}
		}
		slices.Reverse(want)
		got, err := h.History(key)
		if len(want) == 0 {
			if fault.KindOf(err) != fault.NotFound {
				t.Fatalf("history of a row that never was: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var list []moment
		for _, m := range got {
			x := moment{ID: m.Line.ID}
			if m.Record != nil {
				cells, _ := row.Cells(nil, m.Record)
				x.Cells = map[string]string{}
				for i, v := range cells {
					if len(v) > 0 {
						x.Cells[m.Columns[i]] = string(v)
					}
				}
				slices.Sort(m.Changed)
				x.Changed = strings.Join(m.Changed, ",")
			}
			list = append(list, x)
		}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Fatalf("history of %q (-want +got):\n%s", key, diff)
		}
	}
}

// changed names the columns whose cells differ; none where the row came to be or went.
func changed(d difference) string {
	if d.Old == nil || d.New == nil {
		return ""
	}
	var names []string
	for name, v := range d.Old {
		if d.New[name] != v {
			names = append(names, name)
		}
	}
	for name := range d.New {
		if d.Old[name] == "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ",")
}

func (h *history) checkBlame(t *rapid.T) {
	if !h.there() {
		return
	}
	byKey, root, err := h.Blame()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range h.now.order {
		want := h.past[h.first].id
		for i := h.first + 1; i < len(h.past); i++ {
			if slices.ContainsFunc(h.changesOf(i), func(d difference) bool { return d.Key == k }) {
				want = h.past[i].id
			}
		}
		got, ok := byKey[k]
		if !ok {
			got = root
		}
		if got.ID != want {
			t.Fatalf("row %q was last set by %s, not %s", k, got.ID, want)
		}
		h.checkCells(t, k)
	}
}

// checkCells holds who set each cell of a row against the model: the last version that changed it since the row came to be.
func (h *history) checkCells(t *rapid.T, k string) {
	parts, err := row.SplitKey([]byte(k), max(1, len(h.key)))
	if err != nil {
		t.Fatal(err)
	}
	key := make([]string, len(parts))
	for i, p := range parts {
		key[i] = string(p)
	}
	byColumn, err := h.BlameCells(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range h.now.columns {
		want := h.past[h.first].id
		for i := h.first + 1; i < len(h.past); i++ {
			for _, d := range h.changesOf(i) {
				if d.Key == k && (d.Old == nil || d.Old[name] != d.New[name]) {
					want = h.past[i].id
				}
			}
		}
		if got := byColumn[name].ID; got != want {
			t.Fatalf("cell %q of row %q was last set by %s, not %s", name, k, got, want)
		}
	}
}

// TestRandomHistories writes at random and holds all that a table says of its past against a model that remembers it.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{fixture: newFixture(t, ""), tags: map[string]int{}, named: map[int]bool{}}
		defer h.Close()
		columns := []string{"k1"}
		if rapid.Bool().Draw(rt, "composite") {
			columns = append(columns, "k2")
			h.key = []string{"k1", "k2"}
		}
		if rapid.IntRange(0, 4).Draw(rt, "narrow") > 0 {
			columns = append(columns, "c1", "c2")
		}
		h.now = sheet{columns: columns, rows: map[string]map[string]string{}}
		h.now = h.rewrite(rt)
		r, err := h.Replace(Replacement{Content: []byte(render(rt, h.now)), Action: verlog.Import, User: 1001, Key: h.key})
		if err != nil {
			rt.Fatal(err)
		}
		h.wrote(rt, r, err, h.now, false)
		for range rapid.IntRange(1, 15).Draw(rt, "writes") {
			h.step(rt)
		}
		h.check(rt)
		if len(h.warned) > 0 {
			rt.Fatal(fmt.Sprint(h.warned))
		}
	})
}
