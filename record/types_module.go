package record

import (
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// moduleType is the API name of a module.
type moduleType struct{ modules []string }

// ModuleType is the API name of a module, of these or, without any, of those that there are. With [AnyModule] among them it is
// all of those, and the named ones where they would be left out: see [ModuleOptions].
func ModuleType(modules ...string) Type { return &moduleType{modules} }

func (*moduleType) Name() string       { return "module" }
func (*moduleType) Kind() storage.Kind { return storage.Text }

// any reports whether it depends on which modules there are.
func (t *moduleType) any() bool { return t.modules == nil || slices.Contains(t.modules, AnyModule) }

func (t *moduleType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	text = trim(text)
	for _, m := range t.modules {
		if strings.EqualFold(m, text) {
			text = m
		}
	}
	return textValue(text), Problem{}
}

func (t *moduleType) Clean(v storage.Value) (storage.Value, Problem) {
	switch {
	case v.IsNull():
		return v, Problem{}
	case v.Kind() != storage.Text, !t.any() && !slices.Contains(t.modules, v.Text()):
		return v, refuse(expectedModule)
	}
	name, p := cleanLine(v.Text(), maxModuleName)
	return textValue(name), p
}

// maxModuleName is how many characters the API name of a module may have.
const maxModuleName = 100

func (*moduleType) Format(v storage.Value, _ *Locale) string { return v.Text() }
