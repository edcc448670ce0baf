package record

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clientele-go/crm/storage"
)

// The members of a record's JSON that are no fields.
const (
	jsonID      = "id"
	jsonVersion = "version"
)

// errNoModule is of the zero Record, which has no fields.
var errNoModule = errors.New("record: JSON of a record of no module")

// MarshalJSON returns the record as an object of its fields by API name, with "id" and "version". An empty field is
// null. Decimals are numbers with all their digits, times are RFC 3339 in UTC, links are ids, and fields of several values
// are arrays. A value that is not of its field's type, such as a time of the year 10000, is a *ValidationError.
func (r *Record) MarshalJSON() ([]byte, error) {
	if r.shape == nil {
		return nil, errNoModule
	}
	b := append([]byte(`{"id":"`), r.ID.String()...)
	b = strconv.AppendInt(append(b, `","version":`...), r.Version, 10)
	bad := new(ValidationError)
	show := func(i int) {
		d := &r.shape.fields[i]
		if d.Hidden {
			return
		}
		b = append(strconv.AppendQuote(append(b, ','), d.Name), ':')
		if v := r.row[i]; v.IsNull() || v.Kind() == d.Type.Kind() {
			b = appendJSON(b, d, v)
			return
		}
		bad.Fields = append(bad.Fields, FieldError{Field: d.Name, Code: CodeInvalid, Args: Args{"expected": d.Type.Name()}})
	}
	for i := systemColumns; i < len(r.shape.fields); i++ {
		show(i)
	}
	for i := range colOperation {
		show(i)
	}
	if i, ok := r.shape.index(lastActivity.Name); ok {
		b = append(strconv.AppendQuote(append(b, ','), lastActivity.Name), ':')
		b = appendJSON(b, &lastActivity, r.row[i])
	}
	if r.deleted() {
		show(colDeleted)
		show(colDeletedBy)
	}
	if bad.Fields != nil {
		return nil, bad
	}
	return append(b, '}'), nil
}

func appendJSON(b []byte, d *Def, v storage.Value) []byte {
	switch v.Kind() {
	case storage.Null:
		return append(b, "null"...)
	case storage.Int:
		return strconv.AppendInt(b, v.Int64(), 10)
	case storage.Decimal:
		return append(b, v.Text()...)
	case storage.Bool:
		return strconv.AppendBool(b, v.Bool())
	case storage.Ref:
		return append(append(append(b, '"'), v.ID().String()...), '"')
	case storage.Time:
		return append(v.Time().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
	}
	if isJSON(d.Type) {
		return append(b, v.Text()...)
	}
	var x any = v.Text()
	if isMulti(d.Type) {
		x = SplitMulti(v.Text())
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	_ = e.Encode(x) // neither texts nor a buffer have an error
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// UnmarshalJSON sets the fields that the object has, and leaves the others: absent is not null, which empties a field. A
// link or a user may also be an object with an "id", as Zoho has them.
// What callers cannot set (id, version, times and the like) may be there as it is in the record, as in an object that
// was read and changed. Everything wrong is in one *ValidationError; a version that is not the record's is ErrStale.
func (r *Record) UnmarshalJSON(data []byte) error {
	if r.shape == nil {
		return errNoModule
	}
	members, err := jsonMembers(data)
	if err != nil {
		return err
	}
	bad := new(ValidationError)
	next := r.clone()
	for _, m := range members {
		if m.name == jsonID || m.name == jsonVersion {
			err := r.checkIdentity(m.name, m.raw)
			if err != nil {
				return err
			}
			continue
		}
		i := r.shape.position(m.name)
		if _, shown := r.shape.index(lastActivity.Name); shown && m.name == lastActivity.Name {
			i = colModified
		}
		if i < 0 || i == colOperation || r.shape.fields[i].Hidden {
			bad.Fields = append(bad.Fields, FieldError{Field: m.name, Code: CodeUnknown})
			continue
		}
		d := &r.shape.fields[i]
		v, p := jsonValue(d, m.raw)
		switch {
		case !p.OK():
			bad.Fields = append(bad.Fields, FieldError{Field: m.name, Code: p.Code, Args: p.Args})
		case d.ReadOnly && v != r.row[i]:
			bad.Fields = append(bad.Fields, FieldError{Field: m.name, Code: CodeReadOnly})
		default:
			if next.row[i] = v; v.IsNull() && d.Custom {
				next.nulled = append(next.nulled, d.Name)
			}
		}
	}
	if bad.Fields != nil {
		return bad
	}
	next.touched, next.clean = true, false
	*r = *next
	return nil
}

func (r *Record) checkIdentity(name string, raw json.RawMessage) error {
	if name == jsonVersion {
		var version int64
		if err := json.Unmarshal(raw, &version); err != nil {
			return invalid(name, CodeInvalid, Args{"expected": "integer"})
		}
		if version != r.Version {
			return fmt.Errorf("%s %s: version %d: %w", r.shape.Module, r.ID, version, ErrStale)
		}
		return nil
	}
	var id ID
	if err := json.Unmarshal(raw, &id); err != nil {
		return invalid(name, CodeInvalid, Args{"expected": "id"})
	}
	if id != r.ID {
		return invalid(name, CodeReadOnly, nil)
	}
	return nil
}

type jsonMember struct {
	name string
	raw  json.RawMessage
}

// jsonMembers reads one object; a name that comes twice is refused, since either value could be the one meant.
func jsonMembers(data []byte) (ms []jsonMember, err error) {
	bad := func(at int64) error {
		return invalid("", CodeInvalid, Args{"expected": "a JSON object", "offset": at})
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, bad(dec.InputOffset())
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		var raw json.RawMessage
		if err != nil || !ok || dec.Decode(&raw) != nil {
			return nil, bad(dec.InputOffset())
		}
		if seen[name] {
			return nil, invalid(name, CodeInvalid, Args{"expected": "one value"})
		}
		seen[name] = true
		ms = append(ms, jsonMember{name, raw})
	}
	if _, err := dec.Token(); err != nil || len(bytes.TrimSpace(data[dec.InputOffset():])) > 0 {
		return nil, bad(dec.InputOffset())
	}
	return ms, nil
}

// jsonValue reads the value of one field. Numbers may come as strings too, since many programs cannot hold long ones.
func jsonValue(d *Def, raw json.RawMessage) (storage.Value, Problem) {
	refused := refuse(d.Type.Name())
	if !wholeText(raw) {
		return storage.Value{}, refuse(expectedUTF8)
	}
	if raw[0] != 'n' && isJSON(d.Type) {
		return d.Type.Parse(string(raw), nil)
	}
	switch raw[0] {
	case 'n':
		return storage.Value{}, Problem{}
	case 't', 'f':
		if d.Type.Kind() != storage.Bool {
			return storage.Value{}, refused
		}
		return storage.BoolValue(raw[0] == 't'), Problem{}
	case '[':
		var parts []string
		if !isMulti(d.Type) || json.Unmarshal(raw, &parts) != nil {
			return storage.Value{}, refused
		}
		return textValue(JoinMulti(parts)), Problem{}
	case '{': // a link or a user as Zoho writes it
		var link struct{ ID json.RawMessage }
		isLink := d.Type.Kind() == storage.Ref || d.Type.Name() == UserType().Name()
		if !isLink || json.Unmarshal(raw, &link) != nil || link.ID == nil || link.ID[0] != 'n' && (link.ID[0] != '"' || len(link.ID) == len(`""`)) {
			return storage.Value{}, refused
		}
		return jsonValue(d, link.ID)
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil || d.Type.Kind() == storage.Bool || isMulti(d.Type) {
			return storage.Value{}, refused
		}
		return d.Type.Parse(s, nil)
	}
	if k := d.Type.Kind(); k != storage.Int && k != storage.Decimal {
		return storage.Value{}, refused
	}
	return d.Type.Parse(string(raw), nil)
}

// wholeText reports whether the texts in a piece of JSON are whole: valid UTF-8, and no half of a pair of \u escapes
// alone. A decoder puts the character U+FFFD in place of either, which is not what was sent.
func wholeText(raw []byte) bool {
	if !utf8.Valid(raw) {
		return false
	}
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 {
			return true
		}
		r, n := jsonEscape(raw[at:])
		if utf16.IsSurrogate(r) {
			low, m := jsonEscape(raw[at+n:])
			if utf16.DecodeRune(r, low) == utf8.RuneError {
				return false
			}
			n += m
		}
		raw = raw[at+n:]
	}
}

// jsonEscape reads the escape that valid JSON begins with, and how long it is. r is 0 unless it is one of \u.
func jsonEscape(raw []byte) (r rune, n int) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, 2
	}
	u, _ := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(u), 6
}

// isMulti reports whether a type holds several values in one text.
func isMulti(t Type) bool {
	m, ok := t.(interface{ Multi() bool })
	return ok && m.Multi()
}

// isJSON reports whether the values of a type are JSON.
func isJSON(t Type) bool {
	j, ok := t.(interface{ JSON() bool })
	return ok && j.JSON()
}

// EncodeJSON returns t as [Record.MarshalJSON] does, without the fields that are hidden from the actor. It is a function of
// the module, since the Meta that a struct embeds cannot know the struct.
func (m *Module[T]) EncodeJSON(ctx context.Context, t *T) ([]byte, error) {
	rec, err := m.open(ctx, t)
	if err != nil {
		return nil, err
	}
	return rec.MarshalJSON()
}

// open returns t as a record, with the fields that the actor has now.
func (m *Module[T]) open(ctx context.Context, t *T) (*Record, error) {
	shape, err := m.Load(ctx)
	if err != nil {
		return nil, err
	}
	rec := &Record{shape: shape, row: make([]storage.Value, shape.width)}
	m.def.encode(t, rec)
	rec.showMeta(m.def.meta(t))
	return rec, nil
}

// DecodeJSON sets in t what the object has, as [Record.UnmarshalJSON] does. A field that is hidden from the actor is
// INVALID_FIELD, like one that is not there. So a PATCH is an Edit with DecodeJSON in it.
func (m *Module[T]) DecodeJSON(ctx context.Context, data []byte, t *T) error {
	rec, err := m.open(ctx, t)
	if err != nil {
		return err
	}
	if err := rec.UnmarshalJSON(data); err != nil {
		return err
	}
	m.def.decode(rec, t)
	meta := m.def.meta(t)
	for _, name := range rec.nulled { // absent would leave it as it is stored
		if meta.Custom == nil {
			meta.Custom = map[string]storage.Value{}
		}
		meta.Custom[name] = storage.Value{}
	}
	return nil
}

// showMeta puts all of m into the record, to be shown.
func (r *Record) showMeta(m *Meta) {
	r.setMeta(m)
	r.row[colCreatedBy], r.row[colCreated] = textValue(string(m.CreatedBy)), timeValue(m.CreatedTime)
	r.row[colModifiedBy], r.row[colModified] = textValue(string(m.ModifiedBy)), timeValue(m.ModifiedTime)
	r.row[colSource], r.row[colDeleted] = textValue(m.Source), timeValue(m.DeletedTime)
	r.row[colDeletedBy] = textValue(string(m.DeletedBy))
}
