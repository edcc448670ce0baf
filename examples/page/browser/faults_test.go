package browser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLegible breaks a page in each of the ways that are looked for.
func TestLegible(t *testing.T) {
	chromium(t)
	b := newTab(t, start(t, build(t)), "zh")
	for want, broken := range map[string]string{
		"wider than its box":         `<p style="width:20px;white-space:nowrap">无法换行的文字</p>`,
		"outside of the page":        `<div style="position:relative;left:-50px">文字</div>`,
		"the page scrolls sideways":  `<div style="width:3000px">文字</div>`,
		"hard to read":               `<p style="color:#bbb">文字</p>`,
		"no font has":                "<p>\U0010FFFC</p>",
		"outside of its box: <text ": `<svg width="200" height="40"><a><rect x="0" y="0" width="30" height="30" fill="#fff"/><text x="5" y="20">太长的文字</text></a></svg>`,
	} {
		b.open("/accounts")
		require.Empty(t, ask[[]string](b, legible))
		// The page lets no style of others through, so the elements are made by a script of the browser's own.
		ask[bool](b, "(() => { const d = new DOMParser().parseFromString(`"+broken+"`, 'text/html'); for (const e of d.querySelectorAll('[style]')) { const s = e.getAttribute('style'); e.removeAttribute('style'); for (const p of s.split(';')) e.style.setProperty(...p.split(':')); } document.querySelector('main').append(...d.body.childNodes); return true; })()")
		problems := ask[[]string](b, legible)
		require.NotEmpty(t, problems, want)
		require.Contains(t, problems[0], want)
	}
}
