package importer

import (
	"context"
	"errors"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// loadNames finds the names of some records of a module. Those that the actor does not see keep "".
func (e *export) loadNames(ctx context.Context, by lookup, names map[record.ID]string) error {
	targets, err := e.rs.Session().Records(by.module)
	if err != nil {
		return err
	}
	match := record.Match{Field: idField, Values: make([]storage.Value, 0, len(names))}
	for id := range names {
		match.Values = append(match.Values, storage.RefValue(id))
	}
	err = targets.Matching(ctx, []record.Match{match}, func(rec *record.Record) error {
		names[rec.ID] = rec.Value(by.field).Text()
		return nil
	})
	if errors.Is(err, record.ErrForbidden) {
		return nil
	}
	return err
}
