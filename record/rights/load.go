package rights

import (
	"context"

	"github.com/clientele-go/crm/record"
)

// loadConfiguration returns the configuration as the transaction of s sees it.
func loadConfiguration(ctx context.Context, s *record.Session) (*configuration, error) {
	t, err := s.Setting(ctx, setting)
	if err != nil {
		return nil, err
	}
	v, err := t.Value(readConfiguration)
	if err != nil {
		return nil, err
	}
	return v.(*configuration), nil
}

// loadUsers returns the users as the transaction of s sees them.
func loadUsers(ctx context.Context, s *record.Session) (*usersByID, error) {
	users := &usersByID{}
	for i := range users {
		t, err := s.Setting(ctx, shardName(i))
		if err != nil {
			return nil, err
		}
		if t.Version == 0 {
			continue
		}
		v, err := t.Value(readShard)
		if err != nil {
			return nil, err
		}
		users[i] = v.(*shard)
	}
	return users, nil
}

// load returns what follows from both.
func load(ctx context.Context, s *record.Session) (st *state, err error) {
	err = s.View(ctx, func(s *record.Session) error {
		c, err := loadConfiguration(ctx, s)
		if err != nil {
			return err
		}
		r, err := loadRoster(ctx, s)
		if err != nil {
			return err
		}
		st, err = c.state(r, func() (*usersByID, error) { return loadUsers(ctx, s) })
		return err
	})
	return st, err
}

// loadRoster returns the roster as the transaction of s sees it, nil when no user was ever saved.
func loadRoster(ctx context.Context, s *record.Session) (*roster, error) {
	t, err := s.Setting(ctx, rosterSetting)
	if err != nil || t.Version == 0 {
		return nil, err
	}
	v, err := t.Value(readRoster)
	if err != nil {
		return nil, err
	}
	return v.(*roster), nil
}
