package sqlite

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// decoder turns the rows of a statement, an id, a version and columns of known kinds, into rows of storage.
type decoder struct {
	columns []storage.Column
	limit   int
	rows    []storage.Row

	values []storage.Value // room for the rows to come
	bytes  []byte          // the texts and blobs of one row
	texts  []span          // where they are
	others []span

	members []storage.Member // of one doc
}

type span struct{ column, end int }

// row adds the row that st is at. All texts and blobs of a row share one string, since an allocation for each is what
// reading would spend its time on; and the texts lie side by side, to be checked at once.
func (d *decoder) row(st *sqlite.Stmt) error {
	width := len(d.columns)
	if len(d.values) < width {
		d.values = make([]storage.Value, width*max(1, min(d.limit-len(d.rows), 2*len(d.rows), 256)))
	}
	r := storage.Row{Version: st.ColumnInt64(1), Values: d.values[:width:width]}
	d.values = d.values[width:]
	st.ColumnBytes(0, r.ID[:])
	d.bytes, d.texts, d.others = d.bytes[:0], d.texts[:0], d.others[:0]
	for i := range d.columns {
		n := i + 2
		switch st.ColumnType(n) {
		case sqlite.TypeNull:
		case sqlite.TypeInteger:
			v, ok := wholeNumber(d.columns[i].Kind, st.ColumnInt64(n))
			if !ok {
				return d.unfit(i)
			}
			r.Values[i] = v
		case sqlite.TypeText, sqlite.TypeBlob:
			if d.columns[i].Kind != storage.Text {
				d.others = append(d.others, span{column: i})
				continue
			}
			d.bytes = appendColumn(d.bytes, st, n)
			d.texts = append(d.texts, span{i, len(d.bytes)})
		default:
			return d.unfit(i)
		}
	}
	size := len(d.bytes)
	for i := range d.others {
		d.bytes = appendColumn(d.bytes, st, d.others[i].column+2)
		d.others[i].end = len(d.bytes)
	}
	whole, from := string(d.bytes), 0
	good := utf8.ValidString(whole[:size]) && strings.IndexByte(whole[:size], 0) < 0
	for _, s := range d.texts {
		text := whole[from:s.end]
		v, ok := storage.TextValue(text), good && (text == "" || utf8.RuneStart(text[0])) // it needs not the one before it to be good
		if !ok {
			v, ok = storage.FromRaw(storage.Text, text)
		}
		if !ok {
			return d.unfit(s.column)
		}
		r.Values[s.column], from = v, s.end
	}
	for _, s := range d.others {
		v, ok := d.textual(d.columns[s.column].Kind, whole[from:s.end])
		if !ok {
			return d.unfit(s.column)
		}
		r.Values[s.column], from = v, s.end
	}
	d.rows = append(d.rows, r)
	return nil
}

func (d *decoder) unfit(i int) error {
	return fmt.Errorf("column %s holds what is no %s", d.columns[i].Name, d.columns[i].Kind)
}

// appendColumn adds the bytes of a text or a blob. It asks for their number only where they may not fit.
func appendColumn(b []byte, st *sqlite.Stmt, n int) []byte {
	from, room := len(b), cap(b)-len(b)
	if size := st.ColumnBytes(n, b[from:cap(b)]); size < room {
		return b[:from+size]
	}
	size := st.ColumnLen(n)
	b = append(make([]byte, 0, 2*cap(b)+size+1), b...)[:from+size]
	st.ColumnBytes(n, b[from:])
	return b
}

// wholeNumber returns the value of kind k that an integer stands for.
func wholeNumber(k storage.Kind, n int64) (storage.Value, bool) {
	switch k {
	case storage.Int:
		return storage.IntValue(n), true
	case storage.Time:
		return storage.MicrosValue(n), true
	case storage.Bool:
		return storage.BoolValue(n == 1), n == 0 || n == 1
	}
	return storage.Value{}, false
}

// textual returns the value of kind k that a text or a blob stands for.
func (d *decoder) textual(k storage.Kind, s string) (v storage.Value, ok bool) {
	if k == storage.Doc {
		d.members, v, ok = parseDoc(d.members[:0], s)
		return v, ok
	}
	return storage.FromRaw(k, s)
}

// parseDoc reads what docJSON wrote, with room for its members.
func parseDoc(room []storage.Member, text string) (members []storage.Member, v storage.Value, ok bool) {
	p := jsonParser{text}
	if !p.take('{') {
		return room, v, false
	}
	for more := !p.take('}'); more; {
		key, ok := p.quoted()
		if !ok || !p.take(':') {
			return room, v, false
		}
		name, kind, _ := strings.Cut(key, ":")
		m := storage.Member{Name: name}
		if m.Value, ok = p.value(kind); !ok || !storage.MemberName(name) {
			return room, v, false
		}
		room = append(room, m)
		if more = p.take(','); !more && !p.take('}') {
			return room, v, false
		}
	}
	return room, storage.DocValue(room...), p.rest == ""
}

// jsonParser reads the JSON that SQLite writes, which has no space between its tokens.
type jsonParser struct{ rest string }

func (p *jsonParser) take(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// quoted reads a string. Few have a backslash, and those are left to the standard library.
func (p *jsonParser) quoted() (string, bool) {
	if !p.take('"') {
		return "", false
	}
	end := strings.IndexByte(p.rest, '"')
	if end < 0 {
		return "", false
	}
	if cut := p.rest[:end]; strings.IndexByte(cut, '\\') < 0 {
		p.rest = p.rest[end+1:]
		return cut, true
	}
	for end = 0; end < len(p.rest) && p.rest[end] != '"'; end++ {
		if p.rest[end] == '\\' {
			end++
		}
	}
	if end >= len(p.rest) {
		return "", false
	}
	var s string
	err := json.Unmarshal([]byte(`"`+p.rest[:end+1]), &s)
	p.rest = p.rest[end+1:]
	return s, err == nil
}

// value reads a value of the named kind.
func (p *jsonParser) value(kind string) (storage.Value, bool) {
	for k := storage.Text; k < storage.Doc; k++ {
		if k.String() != kind {
			continue
		}
		if k == storage.Text || k == storage.Decimal || blob(k) {
			s, ok := p.quoted()
			if ok && blob(k) {
				b, err := hex.DecodeString(s)
				s, ok = string(b), err == nil
			}
			if !ok {
				return storage.Value{}, false
			}
			return storage.FromRaw(k, s)
		}
		end := strings.IndexAny(p.rest, ",}")
		if end < 0 {
			return storage.Value{}, false
		}
		n, err := strconv.ParseInt(p.rest[:end], 10, 64)
		p.rest = p.rest[end:]
		if err != nil {
			return storage.Value{}, false
		}
		return wholeNumber(k, n)
	}
	return storage.Value{}, false
}
