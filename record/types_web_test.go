package record

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A tag that the validator does not know panics when it is first used.
func TestRules(t *testing.T) {
	t.Parallel()
	require.NoError(t, validate.Var("a@b.example", ruleEmail))
	require.NoError(t, validate.Var("http://b.example", ruleURL))
	require.Panics(t, func() { _ = validate.Var("a", "no such rule") })
}

func TestEmailType(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"a@b.example", "First.Last+tag@mail.b-c.example", "用户@例子.公司", "müller@straße.example", "o'neil@a.bc",
		"a_b-c@1.2.example", "1@2.co", "a!#$%&'*+/=?^_`{|}~b@c.example"} {
		require.Equal(t, strconv.Quote(s), become(EmailType(100), " "+s+" ", nil))
	}
	for _, s := range []string{"a", "@", "a@", "@b.example", "a@b", "a@@b.example", "a b@c.example", "a@b c.example", ".a@b.example", "a.@b.example", "a..b@c.example",
		"a@.b.example", "a@b..example", "a@-", "a@b.example.", "a@b.1", "Ann <a@b.example>", "a@b.example,c@d.example", "mailto:a@b.example", `"a b"@c.example`,
		"a\u3000b@c.example", "a\u200bb@c.example", "a\u202eb@c.example", "a＠b.example", "a@[1.2.3.4]", "<a@b.example>", "a(b)@c.example"} {
		require.Equal(t, fmt.Sprintf("INVALID_DATA map[expected:email length:%d limit:100]", utf8.RuneCountInString(s)), become(EmailType(100), s, nil), s)
	}
	require.Equal(t, "INVALID_DATA map[length:11 limit:10]", become(EmailType(10), "abc@def.exa", nil))
}

func TestURLType(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"acme.example", "www.acme.example", "http://acme.example", "HTTPS://Acme.Example/", "ftp://ftp.acme.example/a/b",
		"acme.example:8080/a?b=c&d=e#f", "http://1.2.3.4/", "www.例子.公司/关于", "a_b.example", "acme.example/@user", "acme.example?to=http://x.y/",
		"https://acme.example/a%20b", "acme.example/(a)[b]", "acme.example#!/x"} {
		require.Equal(t, strconv.Quote(s), become(URLType(255), " "+s+" ", nil))
	}
	for _, s := range []string{"nowhere", "localhost", "http://localhost", "http://", "://a.b", "javascript:alert(1)", "JavaScript:alert('a.b')",
		"javascript://a.b/%0aalert(1)", "data:text/html,a.b", "data://a.b", "vbscript:a.b", "file:///etc/a.b", "mailto:a@b.c", "http://user@a.b", "user:pass@a.b/",
		"http://a.b@c.d/", "http:a.b", "http:/a.b", "//a.b", "/a.b", "a b.example", "acme.example/a b", "acme.example/a\u3000b", "http://a.b\\@c.d", "a..b", ".a.b", "a.b.",
		"-a.b", "a-.b", "a%2eb.c", "a.b:x", "a.b:80:90", "[::1]", "http://[::ffff:1.2.3.4]/", "a.b/%zz", "a.b/<script>", `a.b/"x`, "a.b/\u202e", "例子。公司", "a.b,c.d", "a∕.b"} {
		require.Equal(t, fmt.Sprintf("INVALID_DATA map[expected:url length:%d limit:255]", utf8.RuneCountInString(s)), become(URLType(255), s, nil), s)
	}
	require.Equal(t, "INVALID_DATA map[length:12 limit:11]", become(URLType(11), "acme.example", nil))
}

// What the fast ways take, the validator takes too.
func TestFastWaysAreStricter(t *testing.T) {
	t.Parallel()
	emails := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9._+-]{1,12}@[a-zA-Z0-9.-]{1,16}`),
		rapid.StringMatching(`[a-zA-Z0-9_+-]{1,5}(\.[a-z0-9_+-]{1,5}){0,2}@[a-zA-Z0-9-]{1,5}(\.[a-z0-9-]{1,4}){0,2}\.[a-z]{1,4}`),
		rapid.StringMatching(`[ -~]{1,8}@[ -~]{1,8}`))
	urls := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9.-]{1,12}(:[0-9]{1,5})?[ -~]{0,12}`),
		rapid.StringMatching(`[a-z0-9-]{1,5}(\.[a-z0-9-]{1,4}){1,2}[/?#][a-zA-Z0-9/._~?=&+,;:@!$'()*#-]{0,12}`))
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			if s := emails.Draw(t, "email"); plainEmail(s) {
				taken++
				require.True(t, validEmail(s), s)
			}
			rest := urls.Draw(t, "url")
			end := strings.IndexAny(rest, "/?#")
			if end < 0 {
				end = len(rest)
			}
			if plainURL(rest[:end], rest[end:]) {
				taken++
				require.True(t, validURL(rest[:end], rest[end:]), rest)
			}
		}
	})
	least := 500
	if testing.Short() { // which draws a fifth
		least = 50
	}
	require.Greater(t, taken, least)
}
