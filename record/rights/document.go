package rights

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// setting is the name of the setting that has all but the users.
const setting = "rights"

// document is what that setting has. A document that was just read belongs to its reader, who may change it.
type document struct {
	Profiles []*Profile `json:",omitempty"` // these four by id
	Roles    []*Role    `json:",omitempty"`
	Groups   []*Group   `json:",omitempty"`
	Rules    []*Rule    `json:",omitempty"`
	Defaults map[string]Default
	Gone     []Principal `json:",omitempty"` // deleted, with records perhaps still shared with them: nothing may get their ids
}

func (p *Profile) id() string { return p.ID }
func (r *Role) id() string    { return r.ID }
func (g *Group) id() string   { return g.ID }
func (r *Rule) id() string    { return r.ID }

// readDocument reads the body of the setting, nil when it was never saved, and adds what is built in.
func readDocument(body []byte) (*document, error) {
	d := &document{}
	if body != nil {
		if err := json.Unmarshal(body, d); err != nil {
			return nil, fmt.Errorf("rights: setting %s: %w", setting, err)
		}
	}
	for _, p := range builtInProfiles() {
		if p.ID == Administrator || find(d.Profiles, p.ID, (*Profile).id) == nil {
			d.Profiles = put(d.Profiles, p, (*Profile).id)
		}
	}
	if find(d.Roles, CEO, (*Role).id) == nil {
		d.Roles = put(d.Roles, builtInRole(), (*Role).id)
	}
	if d.Defaults == nil {
		d.Defaults = map[string]Default{}
	}
	return d, nil
}

// find returns the one of that id, or nil. All are in the order of their ids.
func find[T any](all []*T, id string, of func(*T) string) *T {
	if i, ok := position(all, id, of); ok {
		return all[i]
	}
	return nil
}

func position[T any](all []*T, id string, of func(*T) string) (int, bool) {
	return slices.BinarySearchFunc(all, id, func(x *T, id string) int { return strings.Compare(of(x), id) })
}

// put adds x, or puts it in the place of the one that has its id.
func put[T any](all []*T, x *T, of func(*T) string) []*T {
	i, ok := position(all, of(x), of)
	if ok {
		all[i] = x
		return all
	}
	return slices.Insert(all, i, x)
}
