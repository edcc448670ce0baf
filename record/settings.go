package record

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/clientele-go/crm/storage"
)

// settings has the organization's configuration: one row that says which version of each setting holds, and one for each
// version of each setting.
var settings = &storage.Table{Name: "crm_settings", Columns: []storage.Column{
	{Name: "name", Kind: storage.Text}, {Name: "body", Kind: storage.Text}, {Name: "at", Kind: storage.Time}, {Name: "actor", Kind: storage.Text}}}

// keptSettings is how many versions of a setting are kept.
const keptSettings = 20

// maxSetting is how many bytes a setting may have.
const maxSetting = 16 << 20

// Setting is one named document of an organization's configuration, such as a layout, or a host's own. Who writes it
// says what is in it.
type Setting struct {
	Name    string // one line of at most 100 characters
	Version int64  // 0 when it was never saved
	Body    []byte // valid UTF-8, at most 16 MB; nil when it was never saved
	Time    time.Time
	Actor   Actor

	decoded *decoded
}

// decoded is what became of a setting's body.
type decoded struct {
	once  sync.Once
	value any
	err   error
}

// Value returns what decode makes of the body, which is nil when the setting was never saved. It is called once for each
// version that is loaded, so what it returns is shared, and must not be changed.
func (t *Setting) Value(decode func(body []byte) (any, error)) (any, error) {
	if t.decoded == nil {
		return decode(t.Body) // it came from nowhere
	}
	t.decoded.once.Do(func() { t.decoded.value, t.decoded.err = decode(t.Body) })
	return t.decoded.value, t.decoded.err
}

// configuration is the settings of one tenant at one time, and what follows from them. It never changes.
type configuration struct {
	version  int64 // of the first row; 0 when nothing was ever saved
	settings map[string]*Setting
	shapes   map[*Schema]*Shape
	links    map[string][]backLink // by the module that they lead to
	refuses  bool                  // some lookup refuses the delete of its target
	locale   *Locale               // of the organization; nil when it has none of its own
}

// settled is how long a View goes by a configuration without looking whether there is a newer one.
const settled = 5 * time.Second

// maxConfigurations is how many tenants' configurations are kept.
const maxConfigurations = 10_000

// configurations are those of the tenants that a store's sessions have seen lately. It is safe for concurrent use.
type configurations struct {
	mu   sync.RWMutex
	of   map[string]known
	base *configuration // of who has saved nothing
}

type known struct {
	*configuration
	at time.Time // when it was last seen to be the newest
}

// latest returns the last configuration that was seen, and whether that was a moment ago.
func (c *configurations) latest(tenant string) (conf *configuration, fresh bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, ok := c.of[tenant]
	if !ok {
		return c.base, false
	}
	return k.configuration, time.Since(k.at) < settled
}

// put notes that conf was the newest at a time. One that is older than what is known stays out, unless sure.
func (c *configurations) put(tenant string, conf *configuration, at time.Time, sure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.of[tenant]; ok && !sure && conf.version < k.version {
		return
	}
	for other := range c.of {
		if len(c.of) < maxConfigurations {
			break
		}
		delete(c.of, other)
	}
	c.of[tenant] = known{conf, at}
}

// headID is the id of the first row, whose body is the version of each setting.
var headID = hashID("settings")

func settingID(name string, version int64) ID {
	return hashID("setting", name, fmt.Sprint(version))
}

// configure sees to it that the transaction goes by the newest configuration: in a View, by one that was the newest a
// moment ago.
func (s *Session) configure(ctx context.Context, view bool) error {
	if conf, fresh := s.confs.latest(s.o.Tenant); view && fresh {
		s.tx.conf = conf
		return nil
	}
	return s.renew(ctx, !view)
}

// renew lets the transaction go by the configuration of the state that it reads, which is sure to be the newest in an Update.
func (s *Session) renew(ctx context.Context, sure bool) error {
	at := time.Now()
	conf, _ := s.confs.latest(s.o.Tenant)
	rows, err := s.tx.Find(ctx, &storage.Query{Table: settings, Columns: []string{"body"}, Where: byID(headID), Limit: 1, Index: "id"})
	if err != nil {
		return err
	}
	switch {
	case len(rows) == 0:
		conf = s.confs.base
	case rows[0].Version != conf.version:
		if conf, err = s.load(ctx, &rows[0], conf); err != nil {
			return err
		}
	}
	s.tx.conf, s.tx.rights, s.tx.grants = conf, nil, nil
	s.confs.put(s.o.Tenant, conf, at, sure)
	return nil
}

// load reads the configuration that the first row speaks of, as far as it is not known yet.
func (s *Session) load(ctx context.Context, head *storage.Row, old *configuration) (*configuration, error) {
	var versions map[string]int64
	if err := json.Unmarshal([]byte(head.Values[0].Text()), &versions); err != nil {
		return nil, fmt.Errorf("record: settings: %w", err)
	}
	all := make(map[string]*Setting, len(versions))
	var missing []ID
	for name, version := range versions {
		if t := old.settings[name]; t != nil && t.Version == version {
			all[name] = t
		} else {
			missing = append(missing, settingID(name, version))
		}
	}
	if missing != nil {
		err := s.each(ctx, storage.Query{Table: settings, Where: among("id", missing...), Index: "id"}, func(rows []storage.Row) error {
			for i := range rows {
				t := readSetting(&rows[i])
				t.Version = versions[t.Name]
				all[t.Name] = t
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(all) < len(versions) {
		return nil, fmt.Errorf("record: settings: %d of %d are missing", len(versions)-len(all), len(versions))
	}
	return s.cat.configure(head.Version, all, old)
}

func readSetting(row *storage.Row) *Setting {
	v := row.Values
	return &Setting{Name: v[0].Text(), Body: []byte(v[1].Text()), Time: v[2].Time(), Actor: Actor(v[3].Text()), decoded: &decoded{}}
}

// policySetting is the setting of a policy. With those whose names begin with it and a dot it says who may do what, so that
// whoever writes one can give themselves every right.
const policySetting = "rights"

// rightsOfSetting returns what a setting takes: to be read, "" where everybody may, and to be saved.
func rightsOfSetting(name string) (read, save Right) {
	switch {
	case name == policySetting, strings.HasPrefix(name, policySetting+"."):
		return RightManageUsers, RightManageUsers
	case strings.HasPrefix(name, layoutSetting("")):
		return RightCustomize, RightCustomize
	}
	return "", RightCustomize
}

// mayRead asks for what a setting takes to be read.
func (s *Session) mayRead(ctx context.Context, name string) error {
	if right, _ := rightsOfSetting(name); right != "" {
		return s.Authorise(ctx, "", right)
	}
	return nil
}

// Setting returns the setting of that name, as the transaction sees it. One that was never saved has the version 0. A
// layout takes [RightCustomize], and what a policy keeps, "rights" and what begins with "rights.", [RightManageUsers]; the
// others are for everybody, or for the host to guard.
func (s *Session) Setting(ctx context.Context, name string) (t *Setting, err error) {
	err = s.View(ctx, func(s *Session) error {
		if err := s.mayRead(ctx, name); err != nil {
			return err
		}
		if found := s.tx.conf.settings[name]; found != nil {
			copied := *found
			t = &copied
			return nil
		}
		t = &Setting{Name: name, decoded: &decoded{}}
		return nil
	})
	return t, err
}

// SaveSetting stores a new version of a setting, and sets its Version. Every Update goes by it at once, and every View
// within 5 seconds. The last 20 versions are kept. It fails with ErrStale when t's version is not the stored one by now,
// with a *ValidationError, and with a *ForbiddenError, since it takes [RightCustomize]: of what a policy keeps (see
// [Session.Setting]), [RightManageUsers].
func (s *Session) SaveSetting(ctx context.Context, t *Setting) error {
	if err := s.usable(); err != nil {
		return err
	}
	if p := exactly(TextType(100), t.Name); !p.OK() || t.Name == "" {
		return invalid("name", CodeInvalid, Args{"expected": expectedLine})
	}
	if p := badText(string(t.Body)); !p.OK() {
		return invalid(t.Name, p.Code, p.Args)
	}
	if len(t.Body) > maxSetting {
		return invalid(t.Name, CodeLimit, Args{"limit": maxSetting, "length": len(t.Body)})
	}
	var saved *Setting
	err := s.Update(ctx, func(s *Session) error {
		_, right := rightsOfSetting(t.Name)
		if err := s.Authorise(ctx, "", right); err != nil {
			return err
		}
		conf, version := s.tx.conf, int64(0)
		if old := conf.settings[t.Name]; old != nil {
			version = old.Version
		}
		if t.Version != version {
			return fmt.Errorf("setting %s: version %d: %w", t.Name, t.Version, ErrStale)
		}
		saved = &Setting{Name: t.Name, Version: version + 1, Body: t.Body, Time: s.Now(), Actor: s.o.Actor, decoded: &decoded{}}
		all := map[string]*Setting{t.Name: saved}
		versions := map[string]int64{t.Name: saved.Version}
		for name, old := range conf.settings {
			if name != t.Name {
				all[name], versions[name] = old, old.Version
			}
		}
		next, err := s.cat.configure(conf.version+1, all, conf)
		if err != nil {
			return err
		}
		if err := s.storeSetting(ctx, saved, next.version, versions); err != nil {
			return err
		}
		s.tx.reconfigured(next)
		return nil
	})
	if err == nil {
		t.Version, t.Time, t.Actor, t.decoded = saved.Version, saved.Time, saved.Actor, saved.decoded
	}
	return err
}

func (s *Session) storeSetting(ctx context.Context, t *Setting, version int64, versions map[string]int64) error {
	row := storage.Row{ID: settingID(t.Name, t.Version), Version: 1, Values: []storage.Value{storage.TextValue(t.Name),
		storage.TextValue(string(t.Body)), timeValue(t.Time), textValue(string(t.Actor))}}
	if err := s.insert(ctx, settings, row); err != nil {
		return err
	}
	if old := t.Version - keptSettings; old > 0 {
		if err := s.delete(ctx, settings, storage.Key{ID: settingID(t.Name, old), Version: 1}); err != nil {
			return err
		}
	}
	body, err := json.Marshal(versions)
	if err != nil {
		return err
	}
	head := storage.Row{ID: headID, Version: version, Values: []storage.Value{storage.TextValue(""),
		storage.TextValue(string(body)), timeValue(t.Time), textValue(string(t.Actor))}}
	if version == 1 {
		return s.insert(ctx, settings, head)
	}
	return s.update(ctx, settings, head)
}

// SettingHistory returns the versions of a setting that are kept, newest first. It takes what [Session.Setting] does.
func (s *Session) SettingHistory(ctx context.Context, name string) (history []*Setting, err error) {
	err = s.View(ctx, func(s *Session) error {
		if err := s.mayRead(ctx, name); err != nil {
			return err
		}
		history = nil
		now := s.tx.conf.settings[name]
		if now == nil {
			return nil
		}
		for version := now.Version; version > max(0, now.Version-keptSettings); version-- {
			row, err := s.one(ctx, settings, settingID(name, version))
			if err != nil {
				return err
			}
			if row == nil {
				return fmt.Errorf("setting %s: version %d: %w", name, version, ErrNotFound)
			}
			t := readSetting(row)
			t.Version = version
			history = append(history, t)
		}
		return nil
	})
	return history, err
}

// configuration returns what the session goes by: in a transaction, that of the transaction, and otherwise the last one
// that was seen.
func (s *Session) configuration() *configuration {
	if s.tx != nil {
		return s.tx.conf
	}
	conf, _ := s.confs.latest(s.o.Tenant)
	return conf
}
