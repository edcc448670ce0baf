package storagetest

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/clientele-go/crm/storage"
)

// texts are those that databases are known to compare, fold, trim, escape or read as something else.
var texts = []string{
	"", "a", "A", "b", "B", "Z", "ab", "aB", "AB", "_", "%", "a%", "a_b", "a%b", "axb", "a|b", "a}b", "{", "}", "|", "~",
	"'", `"`, `a'b"c`, `\`, `a\b`, `\%`, `a\`, "[a]", "*", "?", "a b", " a", "a ", " ", "\t", "a\n", "\u00a0", "\x01", "\x7f",
	"é", "e\u0301", "É", "e", "ß", "ss", "SS", "\ufb01", "fi", "\u03a9", "\u2126", "\u0130", "i", "I", "\u0131", "K", "\u212a", "k", "日本", "日",
	"\ud7ff", "\ue000", "\ufffd", "\uffff", "\U00010000", "😀", "\U0010ffff", "a\ufffd", "a\U00010000",
	"null", "NULL", "0", "1", "01", "1.0", "1e3", "true", "a,b", "$1", "?1", ":a", "--", "/*", "0197a3c2-0000-7000-8000-000000000000",
	strings.Repeat("x", 300), strings.Repeat("x", 300) + "y", strings.Repeat("é", 300),
}

var ints = []int64{0, 1, -1, 2, -2, 9, 10, -10, 100, 1 << 31, -1 << 31, 1 << 53, 1<<53 + 1, -1<<53 - 1,
	math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1}

var decimals = []string{"0", "0.5", "-0.5", "0.05", "1", "-1", "1.5", "-1.5", "-1.55", "2", "9", "-9", "10", "-10", "10.5", "99", "-99", "100",
	"-100", "0.1", "0.10000000000000001", "-0.10000000000000001", "1200000.25", "9007199254740992", "9007199254740993",
	"12345678901234567890.123456789012345678", "12345678901234567890.123456789012345679", "-12345678901234567890.123456789012345678",
	"0.000000000000000001", "-0.000000000000000001", "99999999999999999999999999", "-99999999999999999999999999",
	"99999999999999999999999999.999999999999999999"}

var times = []time.Time{
	time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(999, 12, 31, 23, 59, 59, 999999000, time.UTC),
	time.Date(1582, 10, 10, 1, 2, 3, 4000, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Unix(0, 0).UTC(),
	time.UnixMicro(1).UTC(), time.UnixMicro(-1_500_001).UTC(), time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC), time.Date(2024, 2, 29, 12, 0, 0, 2000, time.UTC),
	time.Date(2262, 4, 12, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
}

var blobs = []string{"", "\x00", "\x00\x00", "a", "A", "a\x00", "a\x00b", "\x80", "\xff", "\xff\xfe", "\xc3\x28", "\xc3\xa9", "\xed\xa0\x80", "'", "\\x00"}

// members are the names in docs; some differ by case only, and one looks like a number.
var members = []string{"a", "A", "b", "floors", "x_1", "_", "0", strings.Repeat("m", 64)}

// rowsInModel is how many ids the random values choose from, so that references meet rows.
const rowsInModel = 60

// random returns a value of kind k from the hard ones, and null now and then.
func random(r *rand.Rand, k storage.Kind) storage.Value {
	if r.IntN(6) == 0 {
		return storage.Value{}
	}
	switch k {
	case storage.Text:
		return storage.TextValue(pick(r, texts))
	case storage.Int:
		return storage.IntValue(pick(r, ints))
	case storage.Decimal:
		return decimal(pick(r, decimals))
	case storage.Bool:
		return storage.BoolValue(r.IntN(2) == 0)
	case storage.Time:
		return storage.TimeValue(pick(r, times))
	case storage.Ref:
		switch r.IntN(12) {
		case 0:
			return storage.RefValue(storage.ID{})
		case 1:
			return storage.RefValue(storage.ID([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")))
		}
		return storage.RefValue(id(r.IntN(rowsInModel)))
	case storage.Bytes:
		return storage.BytesValue([]byte(pick(r, blobs)))
	case storage.Doc:
		ms := make([]storage.Member, 1+r.IntN(5))
		for i := range ms {
			ms[i] = storage.Member{Name: pick(r, members), Value: random(r, scalar(r))}
		}
		return storage.DocValue(ms...)
	}
	return storage.Value{}
}

// scalar returns a kind that a member of a doc may have.
func scalar(r *rand.Rand) storage.Kind {
	return storage.Text + storage.Kind(r.IntN(int(storage.Doc-storage.Text)))
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// decimal returns the value of a decimal that is known to be one.
func decimal(s string) storage.Value {
	v, ok := storage.ParseDecimal(s)
	if !ok {
		panic("storagetest: not a decimal: " + s)
	}
	return v
}

// randomAccount returns an account with random values that conflicts with none of another n.
func randomAccount(r *rand.Rand, n int) storage.Row {
	x := row(n)
	for i, c := range account.Columns {
		x.Values[i] = random(r, c.Kind)
	}
	if v := x.Values[account.Column("number")]; !v.IsNull() {
		x.Values[account.Column("number")] = storage.TextValue(v.Text() + "#" + id(n).String())
	}
	if v := x.Values[account.Column("code")]; !v.IsNull() {
		x.Values[account.Column("code")] = storage.IntValue(int64(n) - 3)
	}
	return x
}

// randomDeal returns a deal with random values that conflicts with none of another n.
func randomDeal(r *rand.Rand, n int) storage.Row {
	x := storage.Row{ID: id(n), Version: 1 + int64(r.IntN(3)), Values: make([]storage.Value, len(deal.Columns))}
	for i, c := range deal.Columns {
		x.Values[i] = random(r, c.Kind)
	}
	if v := x.Values[deal.Column("title")]; !v.IsNull() {
		x.Values[deal.Column("title")] = storage.TextValue(v.Text() + "#" + id(n).String())
	}
	return x
}
