package table

import (
	"bytes"
	"fmt"
	"io"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
	"github.com/reedbase/reedbase/pkg/schema"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Replacement is a whole new content for a table.
type Replacement struct {
	Content []byte
	Action  verlog.Action
	User    uint64
	Key     []string     // names of the key's columns; nil keeps what the table has
	Schema  []byte       // the schema that it gets; nil keeps what it has
	Base    stamp.ID     // the version it was made from; 0 is the head
	Merge   MergeOptions // how it is merged where the head is another version
	Note    string
	Source  string // what the content is, for messages
	Create  bool   // the table must not exist yet

	// Existing refuses a table that is not there, instead of making it.
	Existing bool
}

// Replace stores a whole new content: of an existing table, or as the first version of a new one. Content that is no
// table is refused, naming every problem with its line. One that was made from a version that is not the head any more is
// kept as its own version and merged with the head; see MergeOptions and Clash.
func (t *Table) Replace(r Replacement) (Result, error) {
	return t.commit(func(s *Session) error { return s.Replace(r) })
}

func (s *Session) replacement(r Replacement) (*Draft, error) {
	if err := s.admit(r); err != nil {
		return nil, err
	}
	now, err := s.schemaText()
	if err != nil {
		return nil, err
	}
	next := now
	if !s.Exists() {
		next = nil
	}
	if next, err = r.schema(next); err != nil {
		return nil, err
	}
	return s.newContent(r, next, !sameSchema(now, next))
}

// schema returns the text of the schema that a table gets which has this one.
func (r *Replacement) schema(now []byte) ([]byte, error) {
	switch {
	case r.Schema != nil:
		_, err := schema.Parse(r.Schema)
		return r.Schema, err
	case r.Key != nil:
		return withKey(now, r.Key)
	}
	return now, nil
}

// newContent makes the draft of a content under a schema, which the version sets where it is a new one; nil when nothing changes.
func (s *Session) newContent(r Replacement, text []byte, fresh bool) (*Draft, error) {
	rules, err := rulesOf(s.t.name, text)
	if err != nil {
		return nil, err
	}
	key := rules.Schema.Key()
	if err := checkTable(r.Source, r.Content, key); err != nil {
		return nil, err
	}
	d, err := s.against(r.Content, key)
	if err != nil || d == nil && !fresh {
		return nil, err
	}
	if d == nil {
		if d, err = s.unchanged(); err != nil {
			return nil, err
		}
	}
	if fresh {
		d.changes = nil // the rules are others for all rows
	}
	warning, err := judgeText(s.t.name, r.Source, rules, r.Content, d.changes)
	if err != nil {
		return nil, err
	}
	d.Action, d.User, d.Note, d.warning = r.Action, r.User, r.Note, warning
	if fresh {
		d.Schema = orNone(text)
	}
	return d, nil
}

// unchanged is the draft of a version that leaves every byte of the head as it is.
func (s *Session) unchanged() (*Draft, error) {
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	return &Draft{Delta: delta.Edit(head.Size, nil), Hash: s.Head().Hash}, nil
}

// admit refuses what does not fit the table's state.
func (s *Session) admit(r Replacement) error {
	if r.Create && s.Exists() {
		return fault.New(fault.Input, "table %q exists", s.t.name)
	}
	if r.Existing && !s.Exists() {
		return s.t.notFound()
	}
	return nil
}

// against makes the draft that turns the head into content; nil when they are equal.
func (s *Session) against(content []byte, key []string) (*Draft, error) {
	hash := verlog.Sum(content)
	if s.Exists() && s.Head().Hash == hash {
		return nil, nil
	}
	if s.Head().ID == 0 || !s.Exists() {
		rows, err := row.Count(content)
		if err != nil {
			return nil, err
		}
		return &Draft{Delta: delta.Snapshot(content), Hash: hash, Counts: Counts{Added: int64(rows)}}, nil
	}
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	old, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	d := delta.Diff(old, content)
	c, err := compareBytes(old, content, d.Ops, key)
	if err != nil {
		return nil, err
	}
	patch, err := smallest(&d, content)
	return &Draft{Delta: d, Patch: patch, Hash: hash, Counts: c.Counts(), changes: c}, err
}

// smallest encodes d, which makes content; d becomes a snapshot where that is smaller.
func smallest(d **delta.Delta, content []byte) ([]byte, error) {
	patch := (*d).Encode()
	best, err := delta.OrSnapshot(patch, io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content))))
	if len(best) < len(patch) {
		*d = delta.Snapshot(content)
	}
	return best, err
}

// compareBytes is compare for texts in memory.
func compareBytes(old, next []byte, ops []delta.Op, key []string) (*Changes, error) {
	plain := !holdsNewlines(old) && !holdsNewlines(next)
	return compare(memoryText(old), memoryText(next), ops, key, plain)
}

func memoryText(b []byte) text { return text{ReaderAt: bytes.NewReader(b), size: int64(len(b))} }

// holdsNewlines reports whether a cell of the text may hold a newline, so that its lines are not its rows. Only lines
// with a quote are looked at, those of a large text on two cores: where the cut is no end of a row, the first half says
// yes by itself.
func holdsNewlines(b []byte) bool {
	const large = 1 << 20
	if len(b) < large {
		return quotesNewline(b)
	}
	middle := len(b)/2 + bytes.IndexByte(b[len(b)/2:], '\n') + 1
	second := make(chan bool, 1)
	go func() { second <- quotesNewline(b[middle:]) }()
	first := quotesNewline(b[:middle])
	return <-second || first
}

func quotesNewline(b []byte) bool {
	for at := 0; ; {
		quote := bytes.IndexByte(b[at:], '"')
		if quote < 0 {
			return false
		}
		line := at + bytes.LastIndexByte(b[at:at+quote], '\n') + 1
		if b[line] == '#' {
			end := bytes.IndexByte(b[line:], '\n')
			if end < 0 {
				return false
			}
			at = line + end + 1
			continue
		}
		r, err := row.Next(b, line)
		if err != nil || bytes.IndexByte(trimEOL(b[r.Body:r.End]), '\n') >= 0 {
			return true
		}
		at = r.End
	}
}

// CheckNew refuses what Replace would refuse of a table of this name that is not there yet.
func CheckNew(name string, r Replacement) error {
	text, err := r.schema(nil)
	if err != nil {
		return err
	}
	rules, err := rulesOf(name, text)
	if err != nil {
		return err
	}
	if err := checkTable(r.Source, r.Content, rules.Schema.Key()); err != nil {
		return err
	}
	_, err = judgeText(name, r.Source, rules, r.Content, nil)
	return err
}

// checkTable refuses content that is no table; source says what it is, for the message.
func checkTable(source string, content []byte, key []string) error {
	columns, _, err := row.Header(content)
	if err != nil {
		return inSource(source, err)
	}
	keyAt, err := keyColumns(columns, key)
	if err != nil {
		return inSource(source, err)
	}
	return inSource(source, row.Check(content, keyAt))
}

func inSource(source string, err error) error {
	if err == nil || source == "" {
		return err
	}
	return fmt.Errorf("%s: %w", source, err)
}

// Commit records what somebody wrote into current.csv, or into the copy of the schema, by hand. An emptied file is refused
// unless force is given.
func (t *Table) Commit(user uint64, note string, force bool) (Result, error) {
	return t.write(func(s *Session) (*Draft, error) {
		if s.Head().ID == 0 {
			return nil, t.notFound()
		}
		r := Replacement{Action: verlog.Update, User: user, Note: note, Source: t.dir.Path(currentFile)}
		next, err := s.editedSchema()
		if err != nil {
			return nil, err
		}
		if !s.Dirty() {
			return s.draftSchema(SchemaChange{Text: next, User: user, Note: note})
		}
		b, err := s.t.readEdited(s.v)
		if err != nil {
			return nil, err
		}
		if len(b) == 0 && !force {
			err := fault.New(fault.Input, "table %q: current.csv is empty", t.name)
			return nil, fault.WithHint(err, "'rdb commit --force %s' empties the table, 'rdb restore %s' brings it back", t.name, t.name)
		}
		if len(b) == 0 {
			d, err := s.against(b, s.KeyNames())
			if d != nil {
				d.Action, d.User, d.Note = r.Action, user, note
			}
			return d, err
		}
		r.Content = b
		if next != nil {
			return s.newContent(r, next, true)
		}
		now, err := s.schemaText()
		if err != nil {
			return nil, err
		}
		return s.newContent(r, now, false)
	}, true)
}

// Restore drops an edit by hand: current.csv, and the copy of the schema, is as the head says again. The edited file is kept in aside/, and the result says
// where; it is "" when there was no edit. Once the edit is there, not being able to rebuild current.csv is a warning.
func (t *Table) Restore() (kept string, err error) {
	s, err := t.Begin()
	if err != nil {
		return "", err
	}
	defer s.Close()
	if s.Head().ID == 0 {
		return "", t.notFound()
	}
	schema, err := s.dropEditedSchema()
	if err != nil || !s.Dirty() {
		return schema, err
	}
	if schema != "" {
		t.warn("the edited schema is kept in " + schema)
	}
	if kept, err = t.moveAside(currentFile, currentFile); err != nil {
		return "", err
	}
	s.v.current.Close()
	s.v.current, s.v.state = nil, Missing
	if err := t.rebuild(s.v, nil); err != nil {
		t.warn("the edit is dropped; current.csv could not be brought up to date: " + err.Error())
		return kept, nil
	}
	t.refresh(s.v)
	return kept, nil
}

// Drop deletes the table by a version that says so. Its history stays, and Rollback brings it back.
func (t *Table) Drop(user uint64) (Result, error) {
	return t.Write(func(s *Session) (*Draft, error) {
		if !s.Exists() {
			return nil, t.notFound()
		}
		return s.drop(user)
	})
}

func (s *Session) drop(user uint64) (*Draft, error) {
	head, err := s.Content()
	if err != nil {
		return nil, err
	}
	b, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	rows, err := row.Count(b)
	if err != nil {
		return nil, err
	}
	return &Draft{Action: verlog.Delete, User: user, Delta: delta.Snapshot(nil), Hash: verlog.Sum(nil), Counts: Counts{Deleted: int64(rows)}}, nil
}
