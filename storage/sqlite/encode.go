package sqlite

import (
	"encoding/hex"
	"strconv"
	"unicode/utf8"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// bind gives the n-th parameter a value in the form that columns have.
func bind(st *sqlite.Stmt, n int, v storage.Value) {
	switch v.Kind() {
	case storage.Null:
		st.BindNull(n)
	case storage.Text, storage.Decimal:
		st.BindText(n, v.Raw())
	case storage.Ref, storage.Bytes:
		st.BindBytes(n, []byte(v.Raw()))
	case storage.Doc:
		st.BindText(n, docJSON(v))
	default:
		st.BindInt64(n, v.Int64())
	}
}

// bindParam gives the n-th parameter what a statement wants there.
func bindParam(st *sqlite.Stmt, n int, tenant string, p *sqlgen.Param) {
	switch p.Source {
	case sqlgen.Tenant:
		st.BindText(n, tenant)
	case sqlgen.Limit:
		st.BindInt64(n, int64(p.Limit))
	case sqlgen.List:
		st.BindText(n, listJSON(p.List))
	default:
		if p.Member && blob(p.Value.Kind()) {
			st.BindText(n, hex.EncodeToString([]byte(p.Value.Raw())))
		} else {
			bind(st, n, p.Value)
		}
	}
}

// docJSON is the text of a doc. A key ends with the kind of its value, so that a query never takes a value for one of
// another kind. The values are such that SQL compares them as Value.Compare does: numbers, times and bools are whole
// numbers, which SQLite keeps exact; the rest is text, and decimals are their sorted text.
func docJSON(v storage.Value) string {
	b := make([]byte, 0, 2*len(v.Raw())+16)
	b = append(b, '{')
	for i, m := range v.Members() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, '"'), m.Name...)
		b = append(append(b, ':'), m.Value.Kind().String()...)
		b = appendJSON(append(b, '"', ':'), m.Value)
	}
	return string(append(b, '}'))
}

// listJSON is the array of these values. Nulls are left out, since a null is in nothing.
func listJSON(vs []storage.Value) string {
	b := make([]byte, 0, 2+40*len(vs))
	b = append(b, '[')
	for _, v := range vs {
		if v.IsNull() {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = appendJSON(b, v)
	}
	return string(append(b, ']'))
}

func appendJSON(b []byte, v storage.Value) []byte {
	switch k := v.Kind(); {
	case blob(k):
		b = hex.AppendEncode(append(b, '"'), []byte(v.Raw()))
		return append(b, '"')
	case k == storage.Text || k == storage.Decimal:
		return appendString(b, v.Raw())
	}
	return strconv.AppendInt(b, v.Int64(), 10)
}

// appendString adds s as a JSON string. It escapes what it must and nothing more.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf || c >= utf8.RuneSelf {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else {
			const digits = "0123456789abcdef"
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}
