package importer

import (
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/record"
)

// workbook writes the template as a workbook.
func (t *template) workbook() (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	b := &templateBook{template: t, File: book, form: sheetName(t.module), styles: map[string]int{}}
	if err := b.fill(); err != nil {
		return err
	}
	return book.Write(t.to)
}

// templateBook is a template's workbook.
type templateBook struct {
	*template
	*excelize.File
	form   string // the sheet to be filled
	styles map[string]int
	listed int // columns of the sheet of values
}

func (b *templateBook) fill() error {
	lang := b.locale.Language
	if err := b.SetSheetName(b.GetSheetName(0), b.form); err != nil {
		return err
	}
	for _, sheet := range []text{aboutSheet, listSheet} {
		if _, err := b.NewSheet(sheet.in(lang, nil)); err != nil {
			return err
		}
	}
	if err := b.SetSheetVisible(listSheet.in(lang, nil), false); err != nil {
		return err
	}
	for i := range b.fields {
		if err := b.column(i); err != nil {
			return err
		}
	}
	if err := b.explain(); err != nil {
		return err
	}
	return b.SetPanes(b.form, frozenHeader())
}

// column makes the i-th column of the form: the format of its cells first, and then its header over that.
func (b *templateBook) column(i int) error {
	d, letters := &b.fields[i], grid.Column(i)
	style, err := b.style("", false, formatOf(d))
	if err != nil {
		return err
	}
	if err := b.SetColStyle(b.form, letters, style); err != nil {
		return err
	}
	if err := b.SetColWidth(b.form, letters, letters, columnWidth(b.header[i])); err != nil {
		return err
	}
	color := ""
	if d.Required {
		color = requiredColor
	}
	if style, err = b.style(color, true, formatText); err != nil {
		return err
	}
	if err := b.put(b.form, letters+"1", b.header[i]); err != nil {
		return err
	}
	if err := b.SetCellStyle(b.form, letters+"1", letters+"1", style); err != nil {
		return err
	}
	values, closed := offered(d.Type, b.locale)
	if several, ok := d.Type.(interface{ Multi() bool }); ok && several.Multi() {
		closed = false // a list to choose from has one at a time
	}
	if d.Type.Name() == "boolean" {
		values = boolLabels(d, b.locale)
	}
	return b.choose(letters, values, closed)
}

// requiredColor is the ground of required fields.
const requiredColor = "FFE699"

// formatOf is how what is typed into a column is taken, and shown.
func formatOf(d *record.Def) string {
	switch d.Type.Name() {
	case "date":
		return formatDate
	case "datetime":
		return formatDateTime
	case "currency":
		return formatAmount
	case "integer":
		return "0"
	case "double", "percent", "boolean":
		return "General"
	}
	return formatText // also of long whole numbers, whose last digits would be lost
}

// style returns a style, which is made once.
func (b *templateBook) style(color string, bold bool, format string) (int, error) {
	key := fmt.Sprint(color, bold, format)
	if id, ok := b.styles[key]; ok {
		return id, nil
	}
	s := &excelize.Style{CustomNumFmt: &format}
	if bold {
		s.Font = &excelize.Font{Bold: true}
	}
	if color != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	id, err := b.NewStyle(s)
	b.styles[key] = id
	return id, err
}

// put writes a text into a cell.
func (b *templateBook) put(sheet, cell, s string) error {
	if runs, ok := sheetText(s).([]excelize.RichTextRun); ok {
		return b.SetCellRichText(sheet, cell, runs)
	}
	return b.SetCellStr(sheet, cell, s)
}

// choose offers values in a column of the form. They are in a sheet of their own: a cell's own list has at most 255 characters,
// and no commas in its values.
func (b *templateBook) choose(letters string, values []string, closed bool) error {
	if len(values) == 0 {
		return nil
	}
	sheet, at := listSheet.in(b.locale.Language, nil), grid.Column(b.listed)
	b.listed++
	style, err := b.style("", false, formatText)
	if err != nil {
		return err
	}
	if err := b.SetColStyle(sheet, at, style); err != nil {
		return err
	}
	for i, v := range values {
		if err := b.put(sheet, fmt.Sprint(at, i+1), v); err != nil {
			return err
		}
	}
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(fmt.Sprintf("%s2:%s%d", letters, letters, excelize.TotalRows))
	dv.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$1:$%s$%d", sheet, at, at, len(values)))
	dv.ShowErrorMessage = closed
	return b.AddDataValidation(b.form, dv)
}

// boolLabels are true and false, as they are shown.
func boolLabels(d *record.Def, l *record.Locale) []string {
	var labels []string
	for _, s := range []string{"true", "false"} {
		if v, p := d.Type.Parse(s, l); p.OK() {
			labels = append(labels, d.Type.Format(v, l))
		}
	}
	return labels
}

// explain fills the sheet about the fields.
func (b *templateBook) explain() error {
	sheet := aboutSheet.in(b.locale.Language, nil)
	head := make([]string, len(aboutHead))
	for i, h := range aboutHead {
		head[i] = h.in(b.locale.Language, nil)
	}
	for n, row := range append([][]string{head}, b.about()...) {
		for i, s := range row {
			if err := b.put(sheet, fmt.Sprint(grid.Column(i), n+1), s); err != nil {
				return err
			}
		}
	}
	bold, err := b.style("", true, formatText)
	if err != nil {
		return err
	}
	if err := b.SetCellStyle(sheet, "A1", grid.Column(len(aboutHead)-1)+"1", bold); err != nil {
		return err
	}
	if err := b.SetColWidth(sheet, "A", grid.Column(len(aboutHead)-1), 30); err != nil {
		return err
	}
	return b.SetPanes(sheet, frozenHeader())
}
