package importer

import (
	"strings"

	"github.com/clientele-go/crm/record"
)

// headerOf returns what columns of these fields are called: by API name, or by label where a Run takes that for the field.
func headerOf(shape *record.Shape, fields []record.Def, labels bool, lang record.Language) (header []string) {
	known := fieldNames(shape)
	for _, d := range fields {
		name := d.Name
		label := d.Label(lang)
		if name == idField {
			label = idLabels[0]
			if lang == record.Chinese {
				label = idLabels[1]
			}
		}
		if labels && known[record.Fold(label)].Name == name && !odd(label) {
			name = label
		}
		header = append(header, name)
	}
	return header
}

// odd reports whether a label would not come back from a file as what it is.
func odd(label string) bool {
	return label != strings.TrimSpace(label) || formula(label) || strings.ContainsAny(label, "\r\n") || isOurs(label)
}
