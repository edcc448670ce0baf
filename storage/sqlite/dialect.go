package sqlite

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

var dialect = &sqlgen.Dialect{
	Types: [...]string{storage.Text: "TEXT", storage.Int: "INTEGER", storage.Decimal: "TEXT", storage.Bool: "INTEGER",
		storage.Time: "INTEGER", storage.Ref: "BLOB", storage.Bytes: "BLOB", storage.Doc: "BLOB"},
	Suffix: " WITHOUT ROWID",
	Arg:    func(n int) string { return "?" + strconv.Itoa(n) },
	List: func(k storage.Kind, member bool, arg string) string {
		if (k == storage.Ref || k == storage.Bytes) && !member {
			return "SELECT unhex(value) FROM json_each(" + arg + ")"
		}
		return "SELECT value FROM json_each(" + arg + ")"
	},
	Contains: func(col, arg string) string { return "instr(" + col + ", " + arg + ") > 0" },
	AsMember: func(col string, k storage.Kind) string {
		if k == storage.Ref || k == storage.Bytes {
			return "lower(hex(" + col + "))"
		}
		return col
	},
	Member: func(col, key string) string { return "(" + col + " ->> '$.\"" + key + "\"')" },
	Read: func(col string, k storage.Kind) string {
		if k == storage.Doc {
			return "json(" + col + ")"
		}
		return col
	},
	Write: func(arg string, k storage.Kind) string {
		if k == storage.Doc {
			return "jsonb(" + arg + ")"
		}
		return arg
	},
	Hint: func(t *storage.Table, index string) string {
		if index == "id" {
			return "NOT INDEXED"
		}
		return "INDEXED BY " + sqlgen.Ident(sqlgen.IndexName(t, index))
	},
}

// bind gives the n-th parameter a value.
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
	switch {
	case p.Tenant:
		st.BindText(n, tenant)
	case p.IsList:
		st.BindText(n, listJSON(p.List))
	case p.Member && (p.Value.Kind() == storage.Ref || p.Value.Kind() == storage.Bytes):
		st.BindText(n, hex.EncodeToString([]byte(p.Value.Raw())))
	default:
		bind(st, n, p.Value)
	}
}

// read returns column n of a row as a value of kind k.
func read(st *sqlite.Stmt, n int, k storage.Kind) (storage.Value, error) {
	switch st.ColumnType(n) {
	case sqlite.TypeNull:
		return storage.Value{}, nil
	case sqlite.TypeInteger:
		i := st.ColumnInt64(n)
		switch k {
		case storage.Bool:
			return storage.BoolValue(i != 0), nil
		case storage.Time:
			return storage.MicrosValue(i), nil
		case storage.Int:
			return storage.IntValue(i), nil
		}
	case sqlite.TypeText:
		switch k {
		case storage.Text:
			return storage.TextValue(st.ColumnText(n)), nil
		case storage.Doc:
			return parseDoc(st.ColumnText(n))
		case storage.Decimal:
			if v, ok := storage.FromRaw(k, st.ColumnText(n)); ok {
				return v, nil
			}
		}
	case sqlite.TypeBlob:
		b := make([]byte, st.ColumnLen(n))
		st.ColumnBytes(n, b)
		if v, ok := storage.FromRaw(k, string(b)); ok {
			return v, nil
		}
	}
	return storage.Value{}, fmt.Errorf("sqlite: column %s holds no %s", st.ColumnName(n), k)
}

// The JSON of a doc has a member for each of its own, whose key ends with its kind, so that a query never takes a value for
// one of another kind. Bytes are lower-case hexadecimal digits, which sort as they do; decimals are their sorted text.

func docJSON(v storage.Value) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range v.Members() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + m.Name + ":" + m.Value.Kind().String() + `":`)
		writeJSON(&b, m.Value)
	}
	b.WriteByte('}')
	return b.String()
}

func listJSON(vs []storage.Value) string {
	var b strings.Builder
	b.WriteByte('[')
	n := 0
	for _, v := range vs {
		if v.IsNull() {
			continue // a null is in nothing
		}
		if n++; n > 1 {
			b.WriteByte(',')
		}
		writeJSON(&b, v)
	}
	b.WriteByte(']')
	return b.String()
}

func writeJSON(b *strings.Builder, v storage.Value) {
	switch v.Kind() {
	case storage.Text, storage.Decimal:
		text, _ := json.Marshal(v.Raw()) // a string has no error
		b.Write(text)
	case storage.Ref, storage.Bytes:
		b.WriteString(`"` + hex.EncodeToString([]byte(v.Raw())) + `"`)
	default:
		b.WriteString(strconv.FormatInt(v.Int64(), 10))
	}
}

func parseDoc(text string) (storage.Value, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return storage.Value{}, fmt.Errorf("sqlite: doc: %w", err)
	}
	ms := make([]storage.Member, 0, len(members))
	for key, raw := range members {
		_, name, k, ok := storage.SplitField("doc." + key)
		v, err := parseMember(k, raw)
		if !ok || err != nil {
			return storage.Value{}, fmt.Errorf("sqlite: doc: member %q holds no %s", key, k)
		}
		ms = append(ms, storage.Member{Name: name, Value: v})
	}
	return storage.DocValue(ms...), nil
}

func parseMember(k storage.Kind, raw json.RawMessage) (storage.Value, error) {
	switch k {
	case storage.Text, storage.Decimal, storage.Ref, storage.Bytes:
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return storage.Value{}, err
		}
		if k == storage.Ref || k == storage.Bytes {
			b, err := hex.DecodeString(s)
			if err != nil {
				return storage.Value{}, err
			}
			s = string(b)
		}
		if v, ok := storage.FromRaw(k, s); ok {
			return v, nil
		}
		return storage.Value{}, strconv.ErrSyntax
	}
	i, err := strconv.ParseInt(string(raw), 10, 64)
	switch k {
	case storage.Bool:
		return storage.BoolValue(i != 0), err
	case storage.Time:
		return storage.MicrosValue(i), err
	}
	return storage.IntValue(i), err
}
