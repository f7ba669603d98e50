package reedbase

import (
	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Name is an entry of a dictionary: of an action with its description, or of a user with the time it was added.
type Name struct {
	Code uint64
	Name string
	Note string
}

// Actions returns the names of actions, by code.
func (db *DB) Actions() ([]Name, error) { return db.entries(dict.Actions) }

// Users returns the names of users, by code.
func (db *DB) Users() ([]Name, error) { return db.entries(dict.Users) }

func (db *DB) entries(kind dict.Kind) ([]Name, error) {
	d, err := db.store.Dictionary(kind)
	if err != nil {
		return nil, err
	}
	var list []Name
	for _, e := range d.Entries() {
		list = append(list, Name(e))
	}
	return list, nil
}

// labels name the codes in a log. A dictionary that is missing or damaged costs names, not history.
type labels struct{ actions, users *dict.Dict }

func (db *DB) labels() labels {
	actions, _ := db.store.Dictionary(dict.Actions)
	users, _ := db.store.Dictionary(dict.Users)
	return labels{actions, users}
}

func (l labels) action(a Action) string {
	if l.actions != nil {
		if e, ok := l.actions.Code(uint64(a)); ok {
			return e.Name
		}
	}
	return a.String()
}

func (l labels) user(code uint64) string {
	if l.users != nil {
		return l.users.Label(code)
	}
	return "user " + stamp.ID(code).String()
}

// CheckDictionaries returns all that is wrong with the dictionaries.
func (db *DB) CheckDictionaries() ([]Problem, error) {
	var list []Problem
	for _, p := range db.store.CheckDictionaries() {
		list = append(list, problem("", p))
	}
	return list, nil
}
