package table

import (
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// schemas moves files of schemas aside that cannot be read. Where the newest is such a one, or is missing, the copy for people is
// taken for it, if it says what no other version does; else the table keeps its key and no rule.
func (r *recovery) schemas() error {
	t := r.t
	names, err := t.dir.Names()
	if err != nil {
		return err
	}
	lines, err := t.readLines()
	if err != nil {
		return unlessDamage(err)
	}
	x := indexOf(lines)
	newest := newestSchema(names, stamp.Max, x)
	lost := newestLost(names, x)
	for _, name := range names {
		if !isSchema(name) {
			continue
		}
		text, err := t.dir.ReadFile(name, maxSchema)
		if err == nil {
			_, err = parseSchema(text)
		}
		if unlessDamage(err) != nil {
			return err
		}
		if err == nil {
			continue
		}
		if err := r.moveAway(name, "cannot be read"); err != nil {
			return err
		}
		if name == newest.String()+schemaSuffix {
			lost = max(lost, newest)
		}
	}
	if lost == 0 || lost < newest {
		return nil
	}
	return r.schemaFromCopy(lost, x)
}

// newestLost returns the newest version that set a schema whose file is missing; 0 when there is none.
func newestLost(names []string, x *index) (lost stamp.ID) {
	there := map[string]bool{}
	for _, name := range names {
		there[name] = true
	}
	for _, l := range x.lines {
		if l.Action == verlog.Schema && !there[l.ID.String()+schemaSuffix] {
			lost = max(lost, l.ID)
		}
	}
	return lost
}

// schemaFromCopy makes the file of a version's schema anew: of the copy or, without one, with the key alone that the table had before.
func (r *recovery) schemaFromCopy(id stamp.ID, x *index) error {
	name := id.String() + schemaSuffix
	text, err := r.t.EditedSchema()
	if err != nil {
		return err
	}
	what := "from the copy of the schema"
	if _, err := parseSchema(text); text == nil || err != nil {
		key, err := r.t.keyAt(id-1, x)
		if err := unlessDamage(err); err != nil {
			return err
		}
		if text, err = withKey(nil, key); err != nil {
			return err
		}
		if key == nil {
			text = []byte(noSchema)
		}
		what = "with the key alone: what else it asked for is lost"
	}
	if err := r.t.dir.Create(name, "delta"+tempSuffix, text); err != nil {
		return err
	}
	r.say("%s was made anew %s", name, what)
	return nil
}
