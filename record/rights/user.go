package rights

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/clientele-go/crm/record"
)

// User is somebody who acts. Users are made inactive rather than deleted, since records name them as their owners.
type User struct {
	ID      record.Actor
	Profile string // the id of their profile
	Role    string // the id of their role
	Active  bool
}

// rosterSetting is the setting that changes whenever users do, so that one look says whether any has.
const rosterSetting = setting + ".users"

// roster is what it has.
type roster struct {
	Saves int64 // how often users were saved
}

func readRoster(body []byte) (any, error) {
	r := &roster{}
	if err := json.Unmarshal(body, r); err != nil {
		return nil, fmt.Errorf("rights: setting %s: %w", rosterSetting, err)
	}
	return r, nil
}

// shards is how many settings the users of an organization are spread over, so that a change of one user does not rewrite
// thousands.
const shards = 16

// shardOf returns in which of them a user is.
func shardOf(id record.Actor) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % shards)
}

// shardName is the name of the setting.
func shardName(i int) string { return rosterSetting + "." + strconv.FormatInt(int64(i), shards) }

// shard is the users of one setting. It never changes.
type shard struct {
	users []*User // by id
	byID  map[record.Actor]*User
}

// newShard returns these users, the last of each id.
func newShard(users []*User) *shard {
	s := &shard{byID: make(map[record.Actor]*User, len(users))}
	for _, u := range users {
		s.byID[u.ID] = u
	}
	for _, u := range s.byID {
		s.users = append(s.users, u)
	}
	slices.SortFunc(s.users, func(a, b *User) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

// readShard reads the users of a setting.
func readShard(body []byte) (any, error) {
	var users []*User
	if err := json.Unmarshal(body, &users); err != nil {
		return nil, fmt.Errorf("rights: users: %w", err)
	}
	return newShard(users), nil
}

// with returns the users after some were changed or came to them; s may be nil.
func (s *shard) with(changed []*User) *shard {
	if s == nil {
		return newShard(changed)
	}
	return newShard(slices.Concat(s.users, changed))
}

// usersByID finds users; those of an unsaved setting are none.
type usersByID [shards]*shard

// find returns the user of that id, or nil.
func (us *usersByID) find(id record.Actor) *User {
	if s := us[shardOf(id)]; s != nil {
		return s.byID[id]
	}
	return nil
}

// all calls fn with every user, in an order that is always the same.
func (us *usersByID) all(fn func(*User)) {
	for _, s := range us {
		if s != nil {
			for _, u := range s.users {
				fn(u)
			}
		}
	}
}
