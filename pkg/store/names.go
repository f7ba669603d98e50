package store

import (
	"fmt"
	"time"

	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/ledger"
)

// Dictionary reads one of the two dictionaries. Its errors are those of dict.Parse, with the entries that are right
// beside them.
func (s *Store) Dictionary(kind dict.Kind) (*dict.Dict, error) {
	dir, err := s.Registry()
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return ledger.At(dir, kind, "").Read()
}

// RecoverDictionaries makes those dictionaries again that are gone. The names of users are lost with the file: each
// code that a log holds gets the name user-CODE, so that no new user is given it.
func (s *Store) RecoverDictionaries() (done []string, err error) {
	dir, err := s.dir.MakeSub(registryFolder)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if !dir.Exists(dict.Actions.File()) {
		if err := ledger.At(dir, dict.Actions, "").Create(time.Now(), time.Second); err != nil {
			return nil, err
		}
		done = append(done, dict.Actions.File()+" was missing and has been made anew")
	}
	if dir.Exists(dict.Users.File()) {
		return done, nil
	}
	text, err := s.usersOfLogs()
	if err != nil {
		return done, err
	}
	err = dir.Create(dict.Users.File(), dict.Users.File()+tempSuffix, text)
	return append(done, dict.Users.File()+" was missing; the users in the logs are named by their codes now"), err
}

func (s *Store) usersOfLogs() ([]byte, error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	text, known := dict.Users.Default(now), map[uint64]bool{0: true}
	for _, name := range names {
		t, err := s.Table(name)
		if err != nil {
			return nil, err
		}
		lines, err := t.Lines()
		t.Close()
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		for _, l := range lines {
			if !known[l.User] {
				known[l.User] = true
				text = dict.Add(text, dict.Entry{Code: l.User, Name: fmt.Sprintf("user-%d", l.User), Note: now.UTC().Format(time.RFC3339)})
			}
		}
	}
	return text, nil
}
