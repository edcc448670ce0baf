package relations

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/clientele-go/crm/record"
)

// loadList returns the list that a setting holds. It is not ok when none was ever saved.
func loadList[T any](ctx context.Context, s *record.Session, name string) (list []T, ok bool, err error) {
	t, err := s.Setting(ctx, name)
	if err != nil || t.Version == 0 {
		return nil, false, err
	}
	v, err := t.Value(func(body []byte) (any, error) {
		var list []T
		err := json.Unmarshal(body, &list)
		return list, err
	})
	if err != nil {
		return nil, false, err
	}
	return slices.Clone(v.([]T)), true, nil
}

// saveList stores a list of at most so many as a setting about a module, when check has nothing against it. It takes
// [record.RightCustomize].
func saveList[T any](ctx context.Context, s *record.Session, name, module string, list []T, most int, check func(*record.Session, *record.Shape) []record.FieldError) error {
	return s.Update(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, "", record.RightCustomize); err != nil {
			return err
		}
		rs, err := s.AsSystem().Records(module)
		if err != nil {
			return err
		}
		shape, err := rs.Load(ctx)
		if err != nil {
			return err
		}
		wrong := check(s, shape)
		if len(list) > most {
			wrong = append(wrong, record.FieldError{Code: record.CodeLimit, Args: record.Args{"limit": most, "length": len(list)}})
		}
		if wrong != nil {
			return &record.ValidationError{Fields: wrong}
		}
		t, err := s.Setting(ctx, name)
		if err != nil {
			return err
		}
		if list == nil {
			list = []T{}
		}
		if t.Body, err = json.Marshal(list); err != nil {
			return err
		}
		return s.SaveSetting(ctx, t)
	})
}
