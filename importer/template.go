package importer

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/clientele-go/crm/record"
)

// TemplateOptions adjust a Template. The zero value is ready to use.
type TemplateOptions struct {
	Format Kind     // KindXLSX or KindCSV; default KindXLSX
	Fields []string // API names, in the order of the columns; default all that the actor may set, in the order of the form
}

// Template writes a file without rows, for people to fill and for [Run] to take: a column for each field that the actor may set, by
// its label in the session's language, or its API name where the label stands for another field. It takes [record.RightImport].
// Imported as it is, it has no row and no fault.
//
// XLSX has the header in its first sheet, required fields on a colored ground. Columns have the number format of their type, so
// that what is typed as text stays text: 00123, +86 10, and whole numbers of more than 15 digits. Pick lists offer their values,
// and refuse others if the list is closed; a field of several values takes one from the list, or more that are typed. A second
// sheet says what each field takes, and a hidden one has the values. CSV is the header alone, with a byte order mark.
//
// Errors are a *record.ForbiddenError; a *record.ValidationError that names a field which there is not, for the actor, which is
// there twice, or which is not for the actor to set; and those of w, which leave a file cut off.
func Template(ctx context.Context, m Module, w io.Writer, o *TemplateOptions) error {
	t := &template{to: w}
	if o != nil {
		t.o = *o
	}
	write := t.workbook
	switch t.o.Format {
	case "", KindXLSX:
	case KindCSV:
		write = t.csv
	default:
		return fmt.Errorf("importer: template: no format %q", t.o.Format)
	}
	rs := m.AsRecords()
	if err := rs.Session().View(ctx, func(s *record.Session) error { return t.load(ctx, rs.In(s)) }); err != nil {
		return err
	}
	if err := write(); err != nil {
		return fmt.Errorf("importer: template: %w", err)
	}
	return nil
}

// template is a Template on its way.
type template struct {
	o      TemplateOptions
	to     io.Writer
	module string
	locale *record.Locale
	fields []record.Def
	header []string
}

// load finds the fields. It may run more than once.
func (t *template) load(ctx context.Context, rs *record.Records) error {
	if err := rs.Session().Authorise(ctx, rs.Shape().Module, record.RightImport); err != nil {
		return err
	}
	shape, err := rs.Load(ctx)
	if err != nil {
		return err
	}
	t.module, t.locale = shape.Module, rs.Session().Locale()
	if t.fields, err = templateFields(shape, t.o.Fields); err != nil {
		return err
	}
	t.header = headerOf(shape, t.fields, true, t.locale.Language)
	return nil
}

// templateFields returns the fields that names name, or all, as far as the actor may set them.
func templateFields(shape *record.Shape, names []string) (fields []record.Def, err error) {
	all, err := exportFields(shape, names)
	if err != nil {
		return nil, err
	}
	var bad record.ValidationError
	for _, d := range all {
		switch {
		case !d.ReadOnly:
			fields = append(fields, d)
		case len(names) > 0:
			bad.Fields = append(bad.Fields, record.FieldError{Field: d.Name, Code: record.CodeReadOnly})
		}
	}
	switch {
	case bad.Fields != nil:
		return nil, &bad
	case fields == nil:
		return nil, fmt.Errorf("importer: template: there is no field of %s that the actor may set", shape.Module)
	}
	return fields, nil
}

// csv writes the header. It has a mark, since people open it in a program that takes it for another charset without.
func (t *template) csv() error {
	if _, err := io.WriteString(t.to, byteOrderMark); err != nil {
		return err
	}
	w := csv.NewWriter(t.to)
	if err := w.Write(t.header); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
