package record_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 600000, time.UTC)
	each(t, setup{options: record.Options{Actor: "ann", Now: func() time.Time { return now }}}, func(f *fixture) { testJSON(f, now) })
}

func testJSON(f *fixture, now time.Time) {
	t := f.T
	c := &Company{Meta: record.Meta{ID: record.ID{15: 1}}, Name: `<a> "b"`, Colours: []string{"red", "blue"}, Staff: ptr(int64(9007199254740993)), Active: ptr(false),
		Revenue: decimal.NewNullDecimal(decimal.RequireFromString("9999999999999999.9999")), Founded: record.Date{Year: 2000, Month: 2, Day: 29}, Met: now}
	c.Staff = ptr(int64(9007199254))
	f.must(f.companies.Create(f.ctx, c))
	b, err := f.companies.EncodeJSON(f.ctx, c)
	f.must(err)
	require.Equal(t, `{"id":"00000000-0000-0000-0000-000000000001","version":1,"Company_Name":"<a> \"b\"","Website":null,"Email":null,"Kind":null,`+
		`"Colours":["red","blue"],"Staff":9007199254,"Active":false,"Revenue":9999999999999999.9999,"Founded":"2000-02-29",`+
		`"Met":"2026-01-02T03:04:05.0006Z","Parent":null,"Notes":null,"Owner":"ann","Tag":null,"Created_By":"ann",`+
		`"Created_Time":"2026-01-02T03:04:05.0006Z","Modified_By":"ann","Modified_Time":"2026-01-02T03:04:05.0006Z","Data_Source":"api",`+
		`"Last_Activity_Time":"2026-01-02T03:04:05.0006Z"}`, string(b))
	require.True(t, json.Valid(b))
	same := *c
	f.must(f.companies.DecodeJSON(f.ctx, b, &same)) // what was read can be sent back whole
	require.Equal(t, *c, same)

	patch := func(text string) (*Company, error) {
		p := *c
		err := f.companies.DecodeJSON(f.ctx, []byte(text), &p)
		return &p, err
	}
	p, err := patch(`{"Website":"a.example","Active":null}`) // absent is not null
	f.must(err)
	want := *c
	want.Website, want.Active = "a.example", nil
	require.Equal(t, want, *p)
	p, err = patch(`{"Revenue":"12.50","Staff":"7","Parent":{"id":"00000000-0000-0000-0000-000000000001","name":"x"},"Tag":["t"]}`)
	f.must(err)
	require.Equal(t, "12.5 7 00000000-0000-0000-0000-000000000001 t", p.Revenue.Decimal.String()+" "+decimal.NewFromInt(*p.Staff).String()+" "+p.ParentID.String()+" "+strings.Join(p.Tags, ","))

	p, err = patch(`{"Owner":{"name":"Bob","id":"bob"},"Tag":null,"Created_By":{"id":"ann"},"Notes":"\ud83d\ude00 \u00e9 \\ud800 \\"}`)
	f.must(err)
	require.Equal(t, record.Actor("bob"), p.Owner)
	require.Equal(t, `😀 é \ud800 \`, p.Notes)
	linked := *c
	linked.ParentID, linked.Owner = record.ID{9}, "ann"
	for _, text := range []string{`{"Parent":null,"Owner":null}`, `{"Parent":{"id":null,"name":"p"},"Owner":{"id":null}}`} {
		p := linked
		f.must(f.companies.DecodeJSON(f.ctx, []byte(text), &p))
		require.True(t, p.ParentID.IsZero() && p.Owner == "", text)
	}
	for _, text := range []string{`{}`, `{"name":"p"}`, `{"id":""}`, `{"id":7}`, `{"id":{"id":null}}`, `{"id":"p"}`, `[]`} {
		p := linked
		require.Equal(t, "0.Parent=INVALID_DATA", codes(f.companies.DecodeJSON(f.ctx, []byte(`{"Parent":`+text+`}`), &p)), text)
		if text != `{"id":"p"}` {
			require.Equal(t, "0.Owner=INVALID_DATA", codes(f.companies.DecodeJSON(f.ctx, []byte(`{"Owner":`+text+`}`), &p)), text)
		}
		require.Equal(t, linked, p)
	}
	far := *c
	far.Met, far.Revenue = time.Date(586580, 1, 1, 0, 0, 0, 0, time.UTC), decimal.NewNullDecimal(decimal.New(1, 30))
	_, err = f.companies.EncodeJSON(f.ctx, &far)
	require.Equal(t, "0.Revenue=INVALID_DATA 0.Met=INVALID_DATA", codes(err))

	for text, want := range map[string]string{
		"{\"Notes\":\"bad\xff\"}":                       "0.Notes=INVALID_DATA",
		`{"Notes":"\ud800"}`:                            "0.Notes=INVALID_DATA",
		`{"Notes":"a\udc00"}`:                           "0.Notes=INVALID_DATA",
		`{"Notes":"\ud800\ud800"}`:                      "0.Notes=INVALID_DATA",
		`{"Notes":"\ud800x"}`:                           "0.Notes=INVALID_DATA",
		`{"Tag":["a","\ud800"]}`:                        "0.Tag=INVALID_DATA",
		"{\"Parent\":{\"id\":null,\"name\":\"\xff\"}}":  "0.Parent=INVALID_DATA",
		`{"Kind":{"id":"Partner"}}`:                     "0.Kind=INVALID_DATA",
		`{"Met":"586580-01-01T00:00:00Z"}`:              "0.Met=INVALID_DATA",
		`{"Met":"0000-01-01T00:00:00Z"}`:                "0.Met=INVALID_DATA",
		`{"Nope":1}`:                                    "0.Nope=INVALID_FIELD",
		`{"Operation__s":null}`:                         "0.Operation__s=INVALID_FIELD",
		`{"Staff":1.5,"Active":"yes"}`:                  "0.Staff=INVALID_DATA 0.Active=INVALID_DATA",
		`{"Founded":"long ago"}`:                        "0.Founded=INVALID_DATA",
		`{"Staff":{}}`:                                  "0.Staff=INVALID_DATA",
		`{"Colours":"red"}`:                             "0.Colours=INVALID_DATA",
		`{"Company_Name":["a"]}`:                        "0.Company_Name=INVALID_DATA",
		`{"Company_Name":1}`:                            "0.Company_Name=INVALID_DATA",
		`{"Created_By":"eve"}`:                          "0.Created_By=READ_ONLY",
		`{"Last_Activity_Time":null}`:                   "0.Last_Activity_Time=READ_ONLY",
		`{"id":"00000000-0000-0000-0000-000000000009"}`: "0.id=READ_ONLY",
		`{"id":7}`:                                      "0.id=INVALID_DATA",
		`{"version":"1"}`:                               "0.version=INVALID_DATA",
		`{"Notes":"a","Notes":"b"}`:                     "0.Notes=INVALID_DATA",
		`[]`:                                            "0.=INVALID_DATA",
		`{"Notes":"a"`:                                  "0.=INVALID_DATA",
		`{"Notes":"a"} x`:                               "0.=INVALID_DATA",
		``:                                              "0.=INVALID_DATA",
	} {
		p, err := patch(text)
		require.Equal(t, want, codes(err), text)
		require.Equal(t, *c, *p) // nothing is taken of what is refused
	}
	_, err = patch(`{"version":2}`)
	require.ErrorIs(t, err, record.ErrStale)
}

func TestJSONOfNoModule(t *testing.T) {
	t.Parallel()
	var rec record.Record
	require.ErrorContains(t, json.Unmarshal([]byte(`{"id":null}`), &rec), "no module")
	_, err := json.Marshal(&rec)
	require.ErrorContains(t, err, "no module")
}

func FuzzJSON(f *testing.F) {
	cs := fuzzed(f, memory.New(nil))
	for _, seed := range []string{`{}`, `{"Company_Name":"a","Staff":1,"Revenue":1.5,"Active":true}`, `{"Met":"2026-01-02T03:04:05Z"}`, `{"Tag":["a","b"]}`, `{"Parent":{"id":null}}`, `[`, `{"Company_Name":"\ud83d\ude00","Owner":{"id":"a"}}`, `{"Notes":"\ud800"}`, `{"Parent":{}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := &Company{}
		if cs.DecodeJSON(t.Context(), []byte(text), c) != nil {
			return
		}
		b, err := cs.EncodeJSON(t.Context(), c)
		require.NoError(t, err)
		again := &Company{}
		require.NoError(t, cs.DecodeJSON(t.Context(), b, again), string(b))
		require.Equal(t, c, again)
		if cs.Create(t.Context(), c) != nil {
			return
		}
		stored, err := cs.Get(t.Context(), c.ID)
		require.NoError(t, err)
		b, err = cs.EncodeJSON(t.Context(), stored)
		require.NoError(t, err)
		again = &Company{Meta: record.Meta{ID: c.ID, Version: 1}}
		require.ErrorContains(t, cs.DecodeJSON(t.Context(), b, again), "READ_ONLY") // times and the like are the record's own
		same := *stored
		require.NoError(t, cs.DecodeJSON(t.Context(), b, &same))
		require.Equal(t, stored, &same)
		require.NoError(t, cs.Delete(t.Context(), c.ID))
		require.NoError(t, cs.Purge(t.Context(), c.ID))
	})
}

// fuzzed is companies in a store, which are verified at the end.
func fuzzed(f *testing.F, store storage.Store) *record.Module[Company] {
	f.Helper()
	f.Cleanup(func() { require.NoError(f, store.Close()) })
	s, err := record.Open(f.Context(), store, []*record.Schema{companies.Schema}, nil)
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, s.Verify(context.WithoutCancel(f.Context()))) })
	return companies.In(s)
}

func TestIDs(t *testing.T) {
	t.Parallel()
	before := record.NewID()
	for range 1000 {
		id := record.NewID()
		require.Equal(t, byte(7), id[6]>>4)
		require.Equal(t, byte(2), id[8]>>6)
		require.NotEqual(t, before, id)
		require.LessOrEqual(t, before.String()[:18], id.String()[:18]) // the time, to a quarter of a microsecond
		before = id
	}
	got, err := record.ParseID(strings.ToUpper(before.String()))
	require.NoError(t, err)
	require.Equal(t, before, got)
}
