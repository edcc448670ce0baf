package importer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"mime/quotedprintable"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clientele-go/crm/importer/internal/charset"
)

// The codes of a [Problem] of a card.
const (
	CodeBadCard  = "BAD_CARD"  // a line of it is none of vCard
	CodeOpenCard = "OPEN_CARD" // it does not end
)

// The columns of a file of vCards. What has no column of its own, such as a third telephone, is in the last one.
const (
	cardName = iota
	cardPrefix
	cardFirst
	cardMiddle
	cardLast
	cardCompany
	cardDepartment
	cardTitle
	cardEmail
	cardEmail2
	cardPhone
	cardMobile
	cardHomePhone
	cardFax
	cardWebsite
	cardStreet
	cardCity
	cardState
	cardCode
	cardCountry
	cardBirthday
	cardNote
	cardTags
	cardUID
	cardOther
	cardColumns
)

var cardHeader = [cardColumns]string{"Full Name", "Salutation", "First Name", "Middle Name", "Last Name", "Company", "Department", "Title", "Email",
	"Secondary Email", "Phone", "Mobile", "Home Phone", "Fax", "Website", "Street", "City", "State", "Postal Code", "Country", "Date of Birth", "Notes", "Tag", "UID", "Other"}

// isCards reports whether a text begins as vCards do.
func isCards(text []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	return bytes.EqualFold(bytes.TrimSpace(line), []byte("BEGIN:VCARD"))
}

// cardRows returns the cards of a file as rows.
func (f *File) cardRows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		s := f.scan(int64(f.charset.Mark(f.head)), 1)
		s.whole = true
		c := &cardReader{lines: s, max: f.o.MaxRow, cells: make([]string, cardColumns)}
		for {
			row, err := c.next(ctx)
			if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// cardReader reads vCard 2.1, 3.0 and 4.0.
type cardReader struct {
	lines  *csvScanner
	max    int   // bytes of a card
	ahead  []Row // lines that were read, and not taken
	cells  []string
	weight [cardColumns]int // how well what is in a column belongs there
}

// line returns the next line of the file.
func (c *cardReader) line(ctx context.Context) (Row, error) {
	if len(c.ahead) > 0 {
		row := c.ahead[0]
		c.ahead = c.ahead[1:]
		return row, nil
	}
	return c.lines.next(ctx)
}

// logical returns the next line with those that go on from it.
func (c *cardReader) logical(ctx context.Context) (text string, first Row, err error) {
	first, err = c.line(ctx)
	if err != nil || first.Problem != nil {
		return "", first, err
	}
	var b strings.Builder
	b.WriteString(lineText(&first))
	quoted := isQuoted(b.String())
	for b.Len() < c.max {
		next, err := c.line(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", first, err
		}
		t := lineText(&next)
		switch {
		case next.Problem != nil:
		case strings.HasPrefix(t, " ") || strings.HasPrefix(t, "\t"):
			b.WriteString(t[1:])
			first.End, first.EndLine = next.End, next.EndLine
			continue
		case quoted && strings.HasSuffix(b.String(), "="):
			soft := strings.TrimSuffix(b.String(), "=")
			b.Reset()
			b.WriteString(soft)
			b.WriteString(t)
			first.End, first.EndLine = next.End, next.EndLine
			continue
		}
		c.ahead = append(c.ahead, next)
		break
	}
	return b.String(), first, nil
}

func lineText(row *Row) string {
	if row.Problem != nil {
		return row.Problem.Raw
	}
	return row.Cells[0]
}

func isQuoted(line string) bool {
	head, _, _ := strings.Cut(line, ":")
	return strings.Contains(strings.ToUpper(head), "QUOTED-PRINTABLE")
}

// next returns the next card.
func (c *cardReader) next(ctx context.Context) (Row, error) {
	var card Row
	clear(c.cells)
	c.weight = [cardColumns]int{}
	open := false
	size := 0
	for {
		text, line, err := c.logical(ctx)
		if errors.Is(err, io.EOF) && open {
			card.Problem = &Problem{Code: CodeOpenCard, Line: card.Line, Offset: card.Offset}
			return card, nil
		}
		if err != nil {
			return Row{}, err
		}
		bad := func(code string) (Row, error) {
			if !open {
				card = line
			}
			card.End, card.EndLine, card.Cells = line.End, line.EndLine, nil
			card.Problem = &Problem{Code: code, Line: line.Line, Offset: line.Offset, Limit: c.max}
			return card, c.skip(ctx, &card, open)
		}
		if line.Problem != nil {
			p := *line.Problem
			row, err := bad(p.Code)
			row.Problem = &p
			return row, err
		}
		if size += len(text); size > c.max {
			return bad(CodeRowTooLong)
		}
		name, params, value, ok := property(text)
		switch {
		case strings.TrimSpace(text) == "":
			continue
		case !ok:
			return bad(CodeBadCard)
		case name == "BEGIN" && !open && strings.EqualFold(value, "VCARD"):
			card, open = line, true
			card.Cells = nil
			continue
		case name == "BEGIN" && open: // the card before it did not end
			c.ahead = slices.Insert(c.ahead, 0, line)
			card.Problem = &Problem{Code: CodeOpenCard, Line: card.Line, Offset: card.Offset}
			return card, nil
		case !open:
			return bad(CodeBadCard)
		case name == "END" && strings.EqualFold(value, "VCARD"):
			card.End, card.EndLine, card.Cells = line.End, line.EndLine, c.cells
			return card, nil
		}
		card.End, card.EndLine = line.End, line.EndLine
		if value, ok = decodeValue(params, value); !ok {
			return bad(CodeBadCard)
		}
		c.take(name, params, value)
	}
}

// skip reads on to the end of a card that is given up.
func (c *cardReader) skip(ctx context.Context, card *Row, open bool) error {
	for open {
		row, err := c.line(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text := strings.TrimSpace(lineText(&row))
		if strings.EqualFold(text, "BEGIN:VCARD") {
			c.ahead = append(c.ahead, row)
			return nil
		}
		card.End, card.EndLine = row.End, row.EndLine
		open = !strings.EqualFold(text, "END:VCARD")
	}
	return nil
}

// property takes a line apart.
func property(line string) (name string, params []string, value string, ok bool) {
	colon, quoted := -1, false
	for i := range len(line) {
		if line[i] == '"' {
			quoted = !quoted
		}
		if line[i] == ':' && !quoted {
			colon = i
			break
		}
	}
	if colon < 1 {
		return "", nil, "", false
	}
	params = strings.Split(line[:colon], ";")
	name = strings.ToUpper(strings.TrimSpace(params[0]))
	if i := strings.LastIndexByte(name, '.'); i >= 0 { // a group
		name = name[i+1:]
	}
	for i := range params {
		params[i] = strings.ToUpper(strings.Trim(params[i], `" `))
	}
	return name, params[1:], line[colon+1:], name != ""
}

// has reports whether a parameter, or a type, is among params, with or without its name.
func has(params []string, word string) bool {
	return slices.ContainsFunc(params, func(p string) bool {
		_, values, named := strings.Cut(p, "=")
		if !named {
			values = p
		}
		return slices.Contains(strings.Split(strings.ReplaceAll(values, `"`, ""), ","), word)
	})
}

// decodeValue undoes the encoding of a value.
func decodeValue(params []string, value string) (string, bool) {
	if !has(params, "QUOTED-PRINTABLE") {
		return value, true
	}
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value)))
	if err != nil {
		return "", false
	}
	for _, p := range params {
		name, is := strings.CutPrefix(p, "CHARSET=")
		if !is {
			continue
		}
		cs, ok := charset.Named(strings.ToLower(name))
		if !ok {
			return "", false
		}
		if b, err = io.ReadAll(cs.Decode(bytes.NewReader(b))); err != nil {
			return "", false
		}
	}
	return string(b), utf8.Valid(b) && bytes.IndexByte(b, 0) < 0
}

// parts splits a value at a separator that is not escaped, and undoes escapes.
func parts(value string, separator byte) (out []string) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			i++
			if value[i] == 'n' || value[i] == 'N' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(value[i])
			}
		case c == separator:
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(out, b.String())
}

// put gives a column a text, unless it has a better one: what is left over is told in the last column.
func (c *cardReader) put(column, weight int, text, what string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	if column != cardOther && (c.weight[column] == 0 || weight > c.weight[column]) {
		text, c.cells[column] = c.cells[column], text
		c.weight[column] = weight
	}
	if text != "" {
		if c.cells[cardOther] != "" {
			c.cells[cardOther] += "\n"
		}
		c.cells[cardOther] += what + ": " + text
	}
}

// take puts a property into its columns.
func (c *cardReader) take(name string, params []string, value string) {
	weight := 1
	if has(params, "PREF") || has(params, "1") {
		weight = 3
	} else if has(params, "WORK") {
		weight = 2
	}
	several := func(columns ...int) {
		for i, p := range parts(value, ';') {
			if i < len(columns) && columns[i] >= 0 {
				c.put(columns[i], weight, p, name)
			}
		}
	}
	one := func(column int) { c.put(column, weight, strings.Join(parts(value, 0), ""), name) }
	switch name {
	case "FN":
		one(cardName)
	case "N":
		several(cardLast, cardFirst, cardMiddle, cardPrefix)
	case "ORG":
		several(cardCompany, cardDepartment)
	case "TITLE":
		one(cardTitle)
	case "EMAIL":
		column := cardEmail
		if c.weight[cardEmail] > 0 && weight <= c.weight[cardEmail] && c.weight[cardEmail2] == 0 {
			column = cardEmail2
		}
		one(column)
	case "TEL":
		value = strings.TrimPrefix(strings.TrimPrefix(value, "tel:"), "TEL:")
		switch {
		case has(params, "FAX"):
			one(cardFax)
		case has(params, "CELL"):
			one(cardMobile)
		case has(params, "HOME"):
			one(cardHomePhone)
		default:
			one(cardPhone)
		}
	case "URL":
		one(cardWebsite)
	case "ADR":
		if c.weight[cardStreet] == 0 && c.weight[cardCity] == 0 && c.weight[cardCountry] == 0 {
			several(-1, -1, cardStreet, cardCity, cardState, cardCode, cardCountry)
		} else { // never parts of two addresses together
			c.put(cardOther, 0, strings.Join(slices.DeleteFunc(parts(value, ';'), func(s string) bool { return s == "" }), ", "), name)
		}
	case "BDAY":
		one(cardBirthday)
	case "NOTE":
		one(cardNote)
	case "CATEGORIES":
		c.put(cardTags, weight, strings.Join(parts(value, ','), ";"), name)
	case "UID":
		one(cardUID)
	}
}
