package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
)

// Preset is how files of one kind are imported into a module, under a name: what an organization has found out once. Like any
// setting, all of its actors can read it, so a Default of a field that is hidden from some does not belong there.
type Preset struct {
	Name    string                  `json:"name"` // at most 100 characters of one line
	Mode    Mode                    `json:"mode,omitempty"`
	Match   []string                `json:"match,omitempty"`
	Columns map[string]string       `json:"columns,omitempty"`
	Fields  map[string]FieldOptions `json:"fields,omitempty"`
}

// Options returns the options of a run that goes by the preset. Columns that the file does not have are passed over.
func (p *Preset) Options(header []string) *Options {
	o := &Options{Mode: p.Mode, Match: slices.Clone(p.Match), Columns: map[string]string{}, Fields: map[string]FieldOptions{}}
	for h, field := range p.Columns {
		if slices.Contains(header, h) {
			o.Columns[h] = field
		}
	}
	for name, f := range p.Fields {
		o.Fields[name] = f
	}
	return o
}

// The limits of presets.
const (
	maxPresets    = 100 // of a module
	maxPresetName = 100 // characters
)

func presetSetting(module string) string { return "import." + module }

// Presets returns the presets of a module, by name. It takes [record.RightImport].
func Presets(ctx context.Context, m Module) (all []*Preset, err error) {
	err = m.AsRecords().Session().View(ctx, func(s *record.Session) error {
		_, all, err = loadPresets(ctx, s, m.AsRecords().Shape().Module)
		return err
	})
	return all, err
}

// SavePreset stores a preset, in the place of one of the same name. It takes [record.RightImport], and fails with a
// *record.ValidationError for a name that is none, an unknown mode, or more than 100 presets.
func SavePreset(ctx context.Context, m Module, p *Preset) error {
	name, problem := record.TextType(maxPresetName).Parse(p.Name, nil)
	if problem.OK() {
		name, problem = record.TextType(maxPresetName).Clean(name)
	}
	if name.IsNull() || !problem.OK() {
		return badPreset("Name", record.CodeInvalid)
	}
	if p.Mode != "" && rightsOf[p.Mode] == nil {
		return badPreset("Mode", record.CodeInvalid)
	}
	saved := *p
	saved.Name = name.Text()
	return changePresets(ctx, m, func(all []*Preset) ([]*Preset, error) {
		all = slices.DeleteFunc(all, func(o *Preset) bool { return o.Name == saved.Name })
		if len(all) == maxPresets {
			return nil, badPreset("Name", record.CodeLimit)
		}
		return append(all, &saved), nil
	})
}

// DeletePreset deletes the preset of that name, if there is one. It takes [record.RightImport].
func DeletePreset(ctx context.Context, m Module, name string) error {
	return changePresets(ctx, m, func(all []*Preset) ([]*Preset, error) {
		return slices.DeleteFunc(all, func(o *Preset) bool { return o.Name == name }), nil
	})
}

func badPreset(field string, code record.Code) error {
	return &record.ValidationError{Fields: []record.FieldError{{Field: field, Code: code}}}
}

// loadPresets returns the setting of a module's presets, and what is in it.
func loadPresets(ctx context.Context, s *record.Session, module string) (t *record.Setting, all []*Preset, err error) {
	if err := s.Authorise(ctx, module, record.RightImport); err != nil {
		return nil, nil, err
	}
	if t, err = s.Setting(ctx, presetSetting(module)); err != nil || t.Body == nil {
		return t, nil, err
	}
	if err := json.Unmarshal(t.Body, &all); err != nil {
		return nil, nil, fmt.Errorf("importer: presets of %s: %w", module, err)
	}
	return t, all, nil
}

func changePresets(ctx context.Context, m Module, change func([]*Preset) ([]*Preset, error)) error {
	module := m.AsRecords().Shape().Module
	return m.AsRecords().Session().Update(ctx, func(s *record.Session) error {
		t, all, err := loadPresets(ctx, s, module)
		if err != nil {
			return err
		}
		if all, err = change(all); err != nil {
			return err
		}
		slices.SortFunc(all, func(a, b *Preset) int { return strings.Compare(a.Name, b.Name) })
		if t.Body, err = json.Marshal(all); err != nil {
			return err
		}
		return s.AsSystem().SaveSetting(ctx, t) // who imports may do so without customizing anything else
	})
}
