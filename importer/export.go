package importer

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// ExportOptions adjust an Export. The zero value is ready to use.
type ExportOptions struct {
	Format Kind     // KindCSV or KindXLSX; default KindCSV
	Fields []string // API names, or "id", in the order of the columns; default "id" and then all fields in the order of the form
	Labels bool     // the header has labels in the session's language, where they stand for one field alone; default API names
	Names  bool     // links to one module are the names of records, where the actor sees these; default ids, since several may have one name
	BOM    bool     // CSV begins with a byte order mark, by which Excel knows UTF-8; default none

	Progress func(rows int64) // is told how many rows there are, some at a time; default none
}

// exportPage is how many records are read at a time.
const exportPage = 1000

// Export writes the records that q selects, in its order, and returns how many, or to how many it came when it fails. Of q, Limit is
// how many are read at a time (default 1,000), so that it bounds memory and not the file, and After says where to begin. It takes
// [record.RightExport] and [record.RightView], and asks for them before the first byte. Fields that are hidden from the actor are
// not there.
//
// All rows are of one state of the records, however long it takes: on an Org or a session Export reads one View, and inside a
// transaction that one. CSV is written while it reads, so a slow w holds on to that state, and Export has no place in an Update,
// which may run twice.
//
// A [Run] into the same organization that matches by "id" finds every row Unchanged, as long as the session's time zone is that of
// the Export; the language may be another. It needs a FileOptions.MaxRow above the longest row.
//
// CSV is UTF-8, with commas and \n. A text that a spreadsheet program would run as a formula gets an apostrophe before it; numbers
// do not. The last column is empty, and its header says so: by that a Run knows the file for one of ours, whatever became of
// the other columns, and takes the apostrophes back. Without it, apostrophes are left where they are.
//
// XLSX has one sheet, of at most 1,048,575 rows with cells of at most 32,767 characters. Numbers of up to 15 digits, days from
// March 1900 on, times of whole seconds and truth values are what they are to a spreadsheet program. All else is text, which no
// program runs, also when somebody edits it, and so nothing is put before it; a program that saves the sheet as CSV puts nothing
// before it either. The sheet is in a temporary file until all is read: when Export fails before, nothing has been written.
//
// Errors are a *record.ForbiddenError; a *record.ValidationError that names a field which there is not, for the actor, or which is
// there twice; a [*CellError] of XLSX; and those of reading and of ctx, after which a CSV file ends with a whole row, and of w.
func Export(ctx context.Context, m Module, w io.Writer, q record.Query, o *ExportOptions) (rows int64, err error) {
	e := &export{query: q}
	if o != nil {
		e.o = *o
	}
	if e.query.Limit == 0 {
		e.query.Limit = exportPage
	}
	switch e.o.Format {
	case "", KindCSV:
		e.to = newCSVTable(w, e.o.BOM)
	case KindXLSX:
		e.to = newXLSXTable(w, "export")
	default:
		return 0, fmt.Errorf("importer: export: no format %q", e.o.Format)
	}
	rs := m.AsRecords()
	err = rs.Session().View(ctx, func(s *record.Session) error { return e.run(ctx, rs.In(s)) })
	if err == nil {
		err = e.to.end()
	}
	if cerr := e.to.close(); err == nil {
		err = cerr
	}
	return e.rows, err
}

// table is a file on its way to its writer.
type table interface {
	begin(module string, header []string, columns []exportColumn) error
	row(id record.ID, cells []exportCell) error
	flush() error // sends on what there is, as far as the format lets it
	end() error
	close() error // lets go of what it holds, also after an error
}

// exportColumn is one column of an export.
type exportColumn struct {
	def record.Def
	by  lookup // where the names of its links are; zero when they are ids
}

// exportCell is one value of an export.
type exportCell struct {
	kind cellKind
	text string // as a Run reads it; "" for none
}

// cellKind is what a value may be to a spreadsheet program.
type cellKind uint8

const (
	cellText cellKind = iota
	cellNumber
	cellDate     // its text is a date
	cellDateTime // its text is a date and time, perhaps with an offset
	cellBool     // its text is in the session's language
	cellTrue
)

// export is an Export on its way.
type export struct {
	o       ExportOptions
	query   record.Query
	to      table
	rs      *record.Records
	locale  *record.Locale
	columns []exportColumn
	names   map[lookup]map[record.ID]string // of the page's links
	cells   []exportCell
	rows    int64
}

// run exports the records of a View.
func (e *export) run(ctx context.Context, rs *record.Records) error {
	if err := rs.Session().Authorise(ctx, rs.Shape().Module, record.RightExport, record.RightView); err != nil {
		return err
	}
	shape, err := rs.Load(ctx)
	if err != nil {
		return err
	}
	e.rs, e.locale = rs, rs.Session().Locale()
	fields, err := exportFields(shape, e.o.Fields)
	if err != nil {
		return err
	}
	for _, d := range fields {
		c := exportColumn{def: d}
		if e.o.Names && isLink(&d) && d.To != "" && d.To != record.AnyModule {
			if c.by, err = e.lookup(ctx, d.To); err != nil {
				return err
			}
		}
		e.columns = append(e.columns, c)
	}
	header := headerOf(shape, fields, e.o.Labels, e.locale.Language)
	page, next, err := rs.List(ctx, e.query) // whose errors come before the first byte
	if err != nil {
		return err
	}
	if err := e.to.begin(shape.Module, header, e.columns); err != nil {
		return err
	}
	for {
		if err := e.page(ctx, page); err != nil {
			return err
		}
		if next == "" {
			return nil
		}
		e.query.After = next
		if page, next, err = rs.List(ctx, e.query); err != nil {
			return err
		}
	}
}

// page writes some records.
func (e *export) page(ctx context.Context, recs []*record.Record) error {
	if err := e.load(ctx, recs); err != nil {
		return err
	}
	for _, rec := range recs {
		e.cells = e.cells[:0]
		for i := range e.columns {
			e.cells = append(e.cells, e.cell(rec, &e.columns[i]))
		}
		if err := e.to.row(rec.ID, e.cells); err != nil {
			return err
		}
	}
	if err := e.to.flush(); err != nil {
		return err
	}
	if e.rows += int64(len(recs)); e.o.Progress != nil {
		e.o.Progress(e.rows)
	}
	return nil
}

// cell returns the value of a record in a column.
func (e *export) cell(rec *record.Record, c *exportColumn) exportCell {
	if c.def.Name == idField {
		return exportCell{text: rec.ID.String()}
	}
	v := rec.Value(c.def.Name)
	if v.IsNull() {
		return exportCell{}
	}
	if c.by.module != "" {
		if name := e.names[c.by][v.ID()]; name != "" {
			return exportCell{text: name}
		}
	}
	cell := exportCell{text: c.def.Type.Format(v, e.locale)}
	switch v.Kind() {
	case storage.Int, storage.Decimal:
		cell.kind = cellNumber
	case storage.Time:
		cell.kind = cellDateTime
	case storage.Bool:
		if cell.kind = cellBool; v.Bool() {
			cell.kind = cellTrue
		}
	case storage.Text:
		if c.def.Type.Name() == "date" {
			cell.kind = cellDate
		}
	}
	return cell
}

// lookup returns where the names of records of a module are: zero when the actor sees no name.
func (e *export) lookup(ctx context.Context, module string) (by lookup, err error) {
	targets, err := e.rs.Session().Records(module)
	if err != nil {
		return by, err
	}
	shape, err := targets.Load(ctx)
	if err != nil {
		return by, err
	}
	if name := nameField(shape); name != idField {
		by = lookup{module: module, field: name}
	}
	return by, nil
}

// load finds the names of what recs link to. What the actor does not see has none.
func (e *export) load(ctx context.Context, recs []*record.Record) error {
	e.names = map[lookup]map[record.ID]string{}
	for i := range e.columns {
		c := &e.columns[i]
		if c.by.module == "" {
			continue
		}
		if e.names[c.by] == nil {
			e.names[c.by] = map[record.ID]string{}
		}
		for _, rec := range recs {
			if id := rec.Value(c.def.Name).ID(); !id.IsZero() {
				e.names[c.by][id] = ""
			}
		}
	}
	for by, names := range e.names {
		if len(names) == 0 {
			continue
		}
		if err := e.loadNames(ctx, by, names); err != nil {
			return err
		}
	}
	return nil
}

// exportFields returns the fields that names name, or all. What there is not is a *record.ValidationError.
func exportFields(shape *record.Shape, names []string) (fields []record.Def, err error) {
	id := record.Def{Name: idField, Type: record.LookupType(), ReadOnly: true}
	if len(names) == 0 {
		return slices.Concat([]record.Def{id}, shape.Fields()), nil
	}
	var bad record.ValidationError
	refuse := func(name string, code record.Code) {
		bad.Fields = append(bad.Fields, record.FieldError{Field: name, Code: code})
	}
	for i, name := range names {
		d, ok := shape.Field(name)
		if name == idField {
			d, ok = id, true
		}
		switch {
		case !ok:
			refuse(name, record.CodeUnknown)
		case slices.Contains(names[:i], name):
			refuse(name, record.CodeDuplicate)
		default:
			fields = append(fields, d)
		}
	}
	if bad.Fields != nil {
		return nil, &bad
	}
	return fields, nil
}
