package relations_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, s := t.Context(), org.Session()
		a := &account.Account{Name: "A&B = 100% #1?", Phone: "+86 21 5555", Billing: account.Address{City: "上海", Street: "../..", State: ".."}}
		require.NoError(t, org.Accounts.Create(ctx, a))
		got, err := relations.LinksOf(ctx, s, a.ID)
		require.NoError(t, err)
		require.Empty(t, got)
		require.NoError(t, relations.SaveLinks(ctx, s,
			relations.Link{Name: "Map", Chinese: "地图", URL: "https://maps.example/search?q=${Accounts.Billing_City}&n=${Accounts.Account_Name}#${Accounts.Fax}"},
			relations.Link{Name: "Path", URL: "https://x.example/of/${Accounts.Account_Name}/${Accounts.Billing_Street}/${Accounts.Billing_State}/edit"},
			relations.Link{Name: "Id", URL: "http://x.example/${Accounts.id}", Profiles: []string{"sales"}},
			relations.Link{Name: "Call", URL: "tel:${Accounts.Phone}"},
			relations.Link{Name: "Mail", URL: "mailto:info@x.example?subject=${Accounts.Account_Name}"}))
		got, err = relations.LinksOf(ctx, s.In(record.Locale{Language: record.Chinese}), a.ID, "sales")
		require.NoError(t, err)
		require.Equal(t, []relations.LinkEntry{
			{Name: "地图", URL: "https://maps.example/search?q=%E4%B8%8A%E6%B5%B7&n=A%26B%20%3D%20100%25%20%231%3F#"},
			{Name: "Path", URL: "https://x.example/of/A%26B%20%3D%20100%25%20%231%3F/..%2F..//edit"},
			{Name: "Id", URL: "http://x.example/" + a.ID.String()},
			{Name: "Call", URL: "tel:+86%2021%205555"},
			{Name: "Mail", URL: "mailto:info@x.example?subject=A%26B%20%3D%20100%25%20%231%3F"},
		}, got)
		got, err = relations.LinksOf(ctx, s, a.ID)
		require.NoError(t, err)
		require.Len(t, got, 4, "one is for a profile")
		require.Equal(t, "Map", got[0].Name)
		_, err = relations.LinksOf(ctx, s, record.NewID())
		require.ErrorIs(t, err, record.ErrNotFound)
		require.NoError(t, relations.SaveLinks(ctx, s))
		links, err := relations.Links(ctx, s)
		require.NoError(t, err)
		require.Empty(t, links)
	})
}

func TestBadLinks(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	for link, want := range map[string]string{
		"javascript:alert(${Accounts.Account_Name})":     "URL=INVALID_DATA",
		"JavaScript:alert(1)":                            "URL=INVALID_DATA",
		"data:text/html,${Accounts.Account_Name}":        "URL=INVALID_DATA",
		"ftp://x.example/":                               "URL=INVALID_DATA",
		"/relative/${Accounts.id}":                       "URL=INVALID_DATA",
		"":                                               "URL=INVALID_DATA",
		"https://${Accounts.Website}/":                   "URL=INVALID_DATA",
		"https://x.${Accounts.Website}.example/":         "URL=INVALID_DATA",
		"https://x.example:${Accounts.Phone}/":           "URL=INVALID_DATA",
		"https://user@x.example/":                        "URL=INVALID_DATA",
		"https:///x":                                     "URL=INVALID_DATA",
		`https://x.example\@y.example/`:                  "URL=INVALID_DATA",
		"${Accounts.Website}":                            "URL=INVALID_DATA",
		"https://x.example/${Accounts.Nothing}":          "URL=INVALID_FIELD",
		"https://x.example/${Deals.Deal_Name}":           "URL=INVALID_FIELD",
		"https://x.example/${":                           "URL=INVALID_DATA",
		"https://x.example/" + strings.Repeat("x", 3000): "URL=INVALID_DATA",
	} {
		require.Equal(t, want, codes(relations.SaveLinks(t.Context(), org.Session(), relations.Link{Name: "x", URL: link})), link)
	}
	good := "https://x.example/"
	require.Equal(t, "Name=MANDATORY_NOT_FOUND Name=INVALID_DATA", codes(relations.SaveLinks(t.Context(), org.Session(), relations.Link{URL: good}, relations.Link{Name: strings.Repeat("長", 101), URL: good})))
	err := relations.SaveLinks(t.Context(), org.Session(), relations.Link{Name: "x", URL: good}, relations.Link{Name: "x", URL: good})
	require.Equal(t, "Name=DUPLICATE_DATA", codes(err))
	var ve *record.ValidationError
	require.True(t, errors.As(err, &ve) && ve.Fields[0].Record == 1)
	require.Equal(t, "与其他链接重名", ve.Fields[0].Message(record.Chinese))
	require.Equal(t, "Profiles=LIMIT_EXCEEDED", codes(relations.SaveLinks(t.Context(), org.Session(), relations.Link{Name: "x", URL: good, Profiles: make([]string, 201)})))
	require.Equal(t, "=LIMIT_EXCEEDED", codes(relations.SaveLinks(t.Context(), org.Session(), func() (many []relations.Link) {
		for n := range relations.MaxLinks + 1 {
			many = append(many, relations.Link{Name: strings.Repeat("x", n+1), URL: good})
		}
		return many
	}()...)))
}

// TestLinksStayWhatTheyAre merges random values, which change neither scheme, host, number of path segments nor the names of what is asked.
func TestLinksStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	ctx, s := t.Context(), org.Session()
	require.NoError(t, relations.SaveLinks(ctx, s, relations.Link{Name: "x", URL: "https://x.example/a/${Accounts.Account_Name}/b?c=${Accounts.Description}&d=1#${Accounts.Billing_Street}"}))
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[./?#&=%@:\\ ;'"<>]{1,12}`))
		a := &account.Account{Name: text.Draw(rt, "name"), Description: text.Draw(rt, "description"), Billing: account.Address{Street: text.Draw(rt, "street")}}
		if org.Accounts.Create(ctx, a) != nil {
			return
		}
		got, err := relations.LinksOf(ctx, s, a.ID)
		if err != nil {
			rt.Fatal(err)
		}
		u, err := url.Parse(got[0].URL)
		if err != nil || u.Scheme != "https" || u.Host != "x.example" || strings.Count(u.EscapedPath(), "/") != 3 || !strings.HasPrefix(u.EscapedPath(), "/a/") || !strings.HasSuffix(u.EscapedPath(), "/b") {
			rt.Fatalf("%q: %v", got[0].URL, err)
		}
		if q := u.Query(); len(q) != 2 || q.Get("c") != a.Description || q.Get("d") != "1" || u.Fragment != a.Billing.Street {
			rt.Fatalf("%q: %v, %q", got[0].URL, u.Query(), u.Fragment)
		}
	})
}
