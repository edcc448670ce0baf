package record

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// verifySettings checks that the versions of settings that are stored are those of which the first row speaks.
func (s *Session) verifySettings(ctx context.Context, found *VerifyError) error {
	var versions map[string]int64
	head, err := s.one(ctx, settings, headID)
	if err != nil {
		return err
	}
	if head != nil {
		if err := json.Unmarshal([]byte(head.Values[1].Text()), &versions); err != nil {
			found.add("settings: the first row is damaged")
			return nil
		}
		sum := int64(0) // each save is one version of one setting
		for _, version := range versions {
			sum += version
		}
		if sum != head.Version {
			found.add("settings: version %d, and those of each make %d", head.Version, sum)
		}
	}
	stored := map[string]int64{}
	err = s.each(ctx, storage.Query{Table: settings, Columns: []string{"name"}}, func(rows []storage.Row) error {
		for _, row := range rows {
			name := row.Values[0].Text()
			version, last := versions[name], max(0, versions[name]-keptSettings)
			for version > last && settingID(name, version) != row.ID {
				version--
			}
			switch {
			case row.ID == headID:
			case version == last:
				found.add("setting %s: a row of no version that is kept", name)
			default:
				stored[name]++
			}
		}
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		if want := min(versions[name], keptSettings); stored[name] != want && err == nil {
			found.add("setting %s: version %d, and %d of %d versions are stored", name, versions[name], stored[name], want)
		}
	}
	return err
}
