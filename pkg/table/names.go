package table

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Tag is a name for a version, which is then never folded away.
type Tag struct {
	Name string
	ID   stamp.ID
}

// maxNames bounds the files tags and notes, in bytes.
const maxNames = 256 << 20

// CheckTag refuses what is no name for a version with fault.Input. A name begins with a letter, so that it is never
// taken for an id, a step or a time.
func CheckTag(name string) error {
	ok := len(name) >= 1 && len(name) <= 128 && name != "head"
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		ok = letter || i > 0 && (c >= '0' && c <= '9' || strings.IndexByte("._-/", c) >= 0)
	}
	if ok {
		return nil
	}
	err := fault.New(fault.Input, "%q is not a name for a version", name)
	return fault.WithHint(err, "a letter, then up to 127 letters, digits and . _ - /; not \"head\"")
}

// Tags returns the names of versions, sorted by name.
func (t *Table) Tags() ([]Tag, error) {
	b, err := t.dir.ReadFile(tagsFile, maxNames)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return nil, err
	}
	tags, err := parseTags(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.dir.Path(tagsFile), err)
	}
	return tags, nil
}

// parseTags reads lines of NAME|VERSION and sorts them by name.
func parseTags(text string) (tags []Tag, err error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, whole := strings.CutSuffix(line, "\n")
		name, id, ok := strings.Cut(line, "|")
		n, err := stamp.Parse(id)
		if !whole || !ok || err != nil || CheckTag(name) != nil {
			return nil, fault.New(fault.Corrupt, "line %d: %q is not NAME|VERSION", number, line)
		}
		tags = append(tags, Tag{name, n})
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(tags); i++ {
		if tags[i].Name == tags[i-1].Name {
			return nil, fault.New(fault.Corrupt, "name %q stands there twice", tags[i].Name)
		}
	}
	return tags, nil
}

// encodeTags writes what parseTags reads.
func encodeTags(tags []Tag) (b []byte) {
	for _, x := range tags {
		b = fmt.Appendf(b, "%s|%s\n", x.Name, x.ID)
	}
	return b
}

// Tag names a version that can be read; a name that stands for another version moves.
func (t *Table) Tag(name string, id stamp.ID) error {
	if err := CheckTag(name); err != nil {
		return err
	}
	return t.changeTags(func(tags []Tag) ([]Tag, error) {
		c, err := t.content(id, nil)
		if err != nil {
			return nil, err
		}
		c.Close()
		tags = slices.DeleteFunc(tags, func(x Tag) bool { return x.Name == name })
		return append(tags, Tag{name, id}), nil
	})
}

// Untag takes a name away; fault.NotFound when there is none.
func (t *Table) Untag(name string) error {
	return t.changeTags(func(tags []Tag) ([]Tag, error) {
		left := slices.DeleteFunc(slices.Clone(tags), func(x Tag) bool { return x.Name == name })
		if len(left) == len(tags) {
			return nil, fault.New(fault.NotFound, "table %q has no version named %q", t.name, name)
		}
		return left, nil
	})
}

func (t *Table) changeTags(change func([]Tag) ([]Tag, error)) error {
	s, err := t.Begin()
	if err != nil {
		return err
	}
	defer s.Close()
	tags, err := t.Tags()
	if err != nil {
		return err
	}
	if tags, err = change(tags); err != nil {
		return err
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
	return t.dir.Replace(tagsFile, tagsFile+tempSuffix, encodeTags(tags))
}

// addNote keeps what the author says about version id, durably, before the version is logged: a note of a version that
// never came to be is nobody's. The lock must be held.
func (t *Table) addNote(id stamp.ID, note string) error {
	f, err := t.dir.OpenFile(notesFile, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return err
	}
	defer f.Close()
	stat, err := durable.StatOf(f)
	if err != nil {
		return err
	}
	old, err := readRange(f, 0, stat.Size)
	if err != nil {
		return err
	}
	end := int64(bytes.LastIndexByte(old, '\n') + 1)
	if end < stat.Size {
		if err := durable.Cut(f, end); err != nil {
			return err
		}
	}
	if err := durable.Append(f, end, noteLine(id, note)); err != nil {
		return err
	}
	if end == 0 {
		return t.dir.Sync()
	}
	return nil
}

// Notes returns what authors said about versions. A line that is no note is passed over: notes are remarks, not data.
func (t *Table) Notes() (map[stamp.ID]string, error) {
	b, err := t.dir.ReadFile(notesFile, maxNames)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return nil, err
	}
	return parseNotes(string(b)), nil
}

func noteLine(id stamp.ID, note string) []byte {
	return fmt.Appendf(nil, "%s|%s\n", id, strconv.Quote(note))
}

func parseNotes(text string) map[stamp.ID]string {
	notes := map[stamp.ID]string{}
	for line := range strings.Lines(text) {
		id, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		n, err1 := stamp.Parse(id)
		note, err2 := strconv.Unquote(text)
		if err1 == nil && err2 == nil {
			notes[n] = note
		}
	}
	return notes
}
