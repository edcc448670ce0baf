package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

const chief = "Northwind Holding"

// TestInBrowser does with the page what its user does, in both languages, and looks at what is stored then.
func TestInBrowser(t *testing.T) {
	chromium(t)
	program := build(t)
	for _, lang := range []string{"en", "zh"} {
		t.Run(lang, func(t *testing.T) {
			s := start(t, program)
			org := s.open(t)
			b := newTab(t, s, lang)
			b.list()
			b.detail()
			b.keyboard()
			b.timeline()
			b.members(org)
			b.note(org)
			b.upload(org)
			b.form(org)
			b.stale(org)
			b.importing(org)
			b.extremes(org)
			b.leads(org)
			b.customize()
			b.deleted(org)
			b.quiet()
			require.NoError(t, crm.Verify(t.Context(), org.AsSystem()))
		})
	}
}

// open opens a page by its address.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitReady("main"))
}

// account returns the account of that name, as it is stored.
func (b *tab) account(org *crm.Org, name string) *account.Account {
	b.t.Helper()
	all, _, err := org.Accounts.List(b.t.Context(), record.Query{Where: record.Eq("Account_Name", name)})
	require.NoError(b.t, err)
	require.Len(b.t, all, 1, name)
	return all[0]
}

func (b *tab) list() {
	b.t.Helper()
	require.Equal(b.t, map[string]string{"en": "en", "zh": "zh-CN"}[b.lang], ask[string](b, `document.documentElement.lang`))
	b.look("list")
	b.do(chromedp.SetValue("#q", "IBERIA"))
	b.click(".search button")
	require.Equal(b.t, 1, ask[int](b, `document.querySelectorAll("tbody tr").length`))
	b.open("/accounts?sort=-Account_Name")
	require.Equal(b.t, "descending", ask[string](b, `document.querySelector("th[aria-sort]").ariaSort`))
	b.open("/accounts?q=Northwind+Holding")
	b.click("tbody th a")
	require.Equal(b.t, chief, ask[string](b, `document.querySelector("h1").textContent.trim()`))
}

func (b *tab) detail() {
	b.t.Helper()
	require.Equal(b.t, 5, ask[int](b, `document.querySelectorAll(".card dl > div").length`))
	require.GreaterOrEqual(b.t, ask[int](b, `document.querySelectorAll("section.related").length`), 17)
	require.Equal(b.t, ask[int](b, `document.querySelectorAll("section.related").length`)+1, ask[int](b, `document.querySelectorAll(".jump li").length`))
	require.Equal(b.t, 6, ask[int](b, `document.querySelectorAll("svg rect").length`))
	b.look("detail")
	b.do(chromedp.Click(`.jump a[href="#Cases"]`), chromedp.Sleep(700*time.Millisecond))
	require.True(b.t, ask[bool](b, `(() => { const r = document.getElementById("Cases").getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight; })()`), "the jump list leads there")
}

// keyboard goes through the page without a mouse.
func (b *tab) keyboard() {
	b.t.Helper()
	b.do(chromedp.Reload(), chromedp.WaitReady("main"), chromedp.Evaluate[chromedp.Void](`window.scrollTo(0, 0); document.activeElement.blur()`))
	b.open(ask[string](b, `location.pathname`))
	b.do(chromedp.KeyEvent(kb.Tab))
	require.Equal(b.t, "skip", ask[string](b, `document.activeElement.className`), "the first stop leads past the bar")
	require.GreaterOrEqual(b.t, ask[float64](b, `document.activeElement.getBoundingClientRect().top`), 0.0)
	b.do(chromedp.Focus(".menu summary"), chromedp.KeyEvent(kb.Enter))
	require.True(b.t, ask[bool](b, `document.querySelector(".menu").open`))
	b.do(chromedp.KeyEvent(kb.Tab))
	require.Equal(b.t, "menu", ask[string](b, `document.activeElement.closest("details").className`))
	require.NotEqual(b.t, "none", ask[string](b, `getComputedStyle(document.activeElement).outlineStyle`), "where one is can be seen")
	b.look("menu")
	b.do(chromedp.KeyEvent(kb.Escape))
	require.False(b.t, ask[bool](b, `document.querySelector(".menu").open`))
	require.Equal(b.t, "SUMMARY", ask[string](b, `document.activeElement.tagName`))
}

func (b *tab) timeline() {
	b.t.Helper()
	b.click(`.tabs a:not([aria-current])`)
	require.True(b.t, strings.HasSuffix(ask[string](b, `location.pathname`), "/timeline"))
	require.Greater(b.t, ask[int](b, `document.querySelectorAll(".timeline li").length`), 10)
	b.look("timeline")
	b.click(`.tabs a:not([aria-current])`)
}

// members sorts the member accounts by a click on a heading, up and down.
func (b *tab) members(org *crm.Org) {
	b.t.Helper()
	top := b.account(org, chief)
	label := map[string]string{"en": "Annual Revenue", "zh": "年收入"}[b.lang]
	for _, order := range []string{"Annual_Revenue", "-Annual_Revenue"} {
		mark := ask[int](b, `[...document.querySelectorAll("#Member_Accounts thead th")].findIndex(e => e.textContent.trim() === "`+label+`") + 1`)
		require.Equal(b.t, 6, mark)
		b.click(`#Member_Accounts thead th:nth-child(6) a`)
		want, _, err := org.Accounts.Members(b.t.Context(), top.ID, record.Query{Order: record.By(order)})
		require.NoError(b.t, err)
		got := ask[[]string](b, `[...document.querySelectorAll("#Member_Accounts tbody th")].map(e => e.textContent.trim())`)
		require.Len(b.t, got, len(want))
		for i := range want {
			require.Equal(b.t, want[i].Name, got[i], order)
		}
		sorted := map[bool]string{true: "descending", false: "ascending"}[order[0] == '-']
		require.Equal(b.t, sorted, ask[string](b, `document.querySelector("#Member_Accounts th:nth-child(6)").ariaSort`))
	}
}

func (b *tab) note(org *crm.Org) {
	b.t.Helper()
	text := map[string]string{"en": "Asked for an offer <by> Friday", "zh": "客户希望周五前收到报价"}[b.lang]
	b.do(chromedp.SendKeys("#note-title", "N-"+b.lang), chromedp.SendKeys("#note-text", text))
	b.click("form.note button")
	require.Contains(b.t, ask[string](b, `document.querySelector("#Notes").textContent`), text)
	require.NotEmpty(b.t, ask[string](b, `document.querySelector(".notice").textContent.trim()`))
	stored, _, err := org.Notes.List(b.t.Context(), record.Query{Where: record.Eq("Note_Title", "N-"+b.lang)})
	require.NoError(b.t, err)
	require.Len(b.t, stored, 1)
	require.Equal(b.t, text, stored[0].Content)
	require.Equal(b.t, b.account(org, chief).ID, stored[0].Parent.ID)
}

func (b *tab) upload(org *crm.Org) {
	b.t.Helper()
	name := map[string]string{"en": "plan of the hall.svg", "zh": "仓库平面图.svg"}[b.lang]
	file := filepath.Join(b.t.TempDir(), name)
	content := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	require.NoError(b.t, os.WriteFile(file, []byte(content), 0o600))
	b.do(chromedp.SetUploadFiles("#attach", []string{file}))
	b.click("#Attachments .adder button")
	require.Contains(b.t, ask[string](b, `document.querySelector("#Attachments").textContent`), name)
	stored, _, err := org.Attachments.List(b.t.Context(), record.Query{Where: record.Eq("File_Name", name)})
	require.NoError(b.t, err)
	require.Len(b.t, stored, 1)
	require.Equal(b.t, int64(len(content)), *stored[0].Size)
	got := ask[string](b, `(() => { const r = new XMLHttpRequest(); r.open("GET", "/attachments/`+stored[0].ID.String()+`", false); r.send(); return r.getResponseHeader("Content-Disposition").split(";")[0] + " " + r.responseText; })()`)
	require.Equal(b.t, "attachment "+content, got)
}

// form fills in the form of a new account, wrong at first.
func (b *tab) form(org *crm.Org) {
	b.t.Helper()
	b.open("/records/Accounts/new")
	b.look("form")
	name := map[string]string{"en": "Adatum", "zh": "星河贸易有限公司"}[b.lang]
	b.do(chromedp.SendKeys("#f-Website", "javascript:alert(1)"), chromedp.SendKeys("#f-Employees", "many"), chromedp.SendKeys("#f-Parent_Account", "northwind europe"))
	b.click(".send .primary")
	require.Equal(b.t, []string{"e-Account_Name", "e-Website", "e-Employees"}, ask[[]string](b, `[...document.querySelectorAll(".error")].map(e => e.id)`))
	require.Equal(b.t, "many", ask[string](b, `document.querySelector("#f-Employees").value`))
	require.Equal(b.t, "#f-Account_Name", ask[string](b, `document.activeElement.hash`), "what is wrong is read first")
	b.mu.Lock()
	b.faults = nil // the browser tells of an answer that is a refusal
	b.mu.Unlock()
	b.look("refused")
	b.do(chromedp.SendKeys("#f-Account_Name", name), chromedp.SetValue("#f-Website", "adatum.example"), chromedp.SetValue("#f-Employees", "7"))
	b.click(".send .primary")
	require.Equal(b.t, name, ask[string](b, `document.querySelector("h1").textContent.trim()`))
	stored := b.account(org, name)
	require.Equal(b.t, int64(7), *stored.Employees)
	require.Equal(b.t, b.account(org, "Northwind Europe").ID, stored.ParentID)
}

// stale has somebody else change the account while its form is open.
func (b *tab) stale(org *crm.Org) {
	b.t.Helper()
	a := b.account(org, map[string]string{"en": "Adatum", "zh": "星河贸易有限公司"}[b.lang])
	b.click(".head .primary")
	a.Phone = "1"
	require.NoError(b.t, org.As("bo").Accounts.Update(b.t.Context(), a))
	b.do(chromedp.SetValue("#f-Fax", "2"))
	b.click(".send .primary")
	require.NotEmpty(b.t, ask[string](b, `document.querySelector(".alert").textContent.trim()`))
	require.Equal(b.t, "2", ask[string](b, `document.querySelector("#f-Fax").value`))
	b.mu.Lock()
	b.faults = nil // as above
	b.mu.Unlock()
	b.look("stale")
	b.click(".alert .button")
	require.Equal(b.t, "1", ask[string](b, `document.querySelector("#f-Phone").value`))
	require.Empty(b.t, b.account(org, a.Name).Fax)
}

// importing imports a file, and waits for its report.
func (b *tab) importing(org *crm.Org) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "customers.csv")
	rows := "客户名称,Employees\n"
	for i := range 3000 {
		rows += b.lang + strings.Repeat("x", i%7) + " " + record.NewID().String() + ",5\n"
	}
	require.NoError(b.t, os.WriteFile(file, []byte(rows+"Broken,many\n"), 0o600))
	before, err := org.Accounts.Count(b.t.Context(), record.Query{})
	require.NoError(b.t, err)
	b.open("/imports")
	b.look("import")
	b.do(chromedp.SetUploadFiles("#file", []string{file}))
	b.click(".import .primary")
	require.Eventually(b.t, func() bool {
		return ask[bool](b, `!!document.querySelector("#job") && !document.querySelector("#job").dataset.events && document.querySelector("[data-count=created]").textContent === "3000"`)
	}, 30*time.Second, 100*time.Millisecond)
	b.do(chromedp.WaitReady("main"))
	require.Equal(b.t, "1", ask[string](b, `document.querySelector("[data-count=failed]").textContent`))
	b.look("report")
	after, err := org.Accounts.Count(b.t.Context(), record.Query{})
	require.NoError(b.t, err)
	require.Equal(b.t, before+3000, after)
	b.open("/imports")
	b.look("history")
	b.click("td.actions button")
	after, err = org.Accounts.Count(b.t.Context(), record.Query{})
	require.NoError(b.t, err)
	require.Equal(b.t, before, after, "taken back")
}

// extremes looks at the pages of accounts whose texts are as long as they may be, and of several scripts.
func (b *tab) extremes(org *crm.Org) {
	b.t.Helper()
	ctx := b.t.Context()
	wide := &account.Account{Name: strings.Repeat("W", 100), Website: strings.Repeat("w", 60) + "." + strings.Repeat("w", 60) + ".example", Phone: "+1 (617) 555-0134 ext. 1234567", Industry: strings.Repeat("行业", 60), Description: strings.Repeat("x", 2000)}
	require.NoError(b.t, org.Accounts.Create(ctx, wide))
	under := wide.ID
	for _, name := range []string{strings.Repeat("很长的名称", 20), "שלום עולם بالعالم", strings.Repeat("il", 50), "华信集团（北京）有限公司 & Söhne", "ＭＷ@%—…ＭＷ"} {
		a := &account.Account{Name: name, ParentID: under}
		require.NoError(b.t, org.Accounts.Create(ctx, a))
		under = a.ID
	}
	require.NoError(b.t, org.Notes.Create(ctx, &relations.Note{Title: strings.Repeat("N", 120), Content: strings.Repeat("字", 500) + strings.Repeat("n", 500), Parent: record.Link{Module: account.Module, ID: wide.ID}}))
	require.NoError(b.t, org.Contacts.Create(ctx, &relations.Contact{FirstName: strings.Repeat("F", 40), LastName: strings.Repeat("L", 80), Email: strings.Repeat("e", 60) + "@a.example", AccountID: wide.ID}))
	_, err := org.Files.Attach(ctx, record.Link{Module: account.Module, ID: wide.ID}, strings.Repeat("f", 240)+".txt", strings.NewReader("x"))
	require.NoError(b.t, err)
	for name, path := range map[string]string{"wide": "/accounts/" + wide.ID.String(), "wide-timeline": "/accounts/" + wide.ID.String() + "/timeline", "wide-form": "/records/Accounts/" + wide.ID.String(), "deep": "/accounts/" + under.String(),
		"wide-list": "/accounts", "chinese": "/accounts/" + b.account(org, "华信集团").ID.String()} {
		b.open(path)
		b.look(name)
	}
	require.NoError(b.t, org.Accounts.Delete(ctx, wide.ID))
}

// leads converts one, as the preview says, and takes that back.
func (b *tab) leads(org *crm.Org) {
	b.t.Helper()
	ctx := b.t.Context()
	b.open("/leads")
	b.look("leads")
	stored := func() *lead.Lead {
		all, _, err := org.Leads.List(ctx, record.Query{Where: record.Eq("Last_Name", "林晓"), Aside: record.AsideToo})
		require.NoError(b.t, err)
		require.Len(b.t, all, 1)
		return all[0]
	}
	path := "/leads/" + stored().ID.String()
	b.open(path)
	b.look("lead")
	b.click("form.record .primary")
	l := stored()
	require.True(b.t, *l.Converted)
	require.Contains(b.t, ask[string](b, `document.querySelector("h1").textContent`), l.Company)
	b.open(path)
	b.look("lead-converted")
	b.click("main form button.danger")
	require.False(b.t, *stored().Converted)
}

// customize adds a related list of the organization's own.
func (b *tab) customize() {
	b.t.Helper()
	b.open("/customize")
	b.look("customize")
	title := map[string]string{"en": "Deals again", "zh": "再次列出商机"}[b.lang]
	b.do(chromedp.SendKeys("#new-title", title), chromedp.SendKeys("#new-title-zh", title), chromedp.SetValue("#new-records", "Deals.Account_Name"))
	b.click(`form[action="/customize/lists"] .primary`)
	b.open("/accounts?q=Northwind+Holding")
	b.click("tbody th a")
	require.Contains(b.t, ask[string](b, `document.querySelector(".jump").textContent`), title)
}

// deleted deletes an account by the menu, and restores it by the notice.
func (b *tab) deleted(org *crm.Org) {
	b.t.Helper()
	a := b.account(org, map[string]string{"en": "Adatum", "zh": "星河贸易有限公司"}[b.lang])
	b.open("/accounts/" + a.ID.String())
	b.do(chromedp.Click(".menu summary"), chromedp.WaitVisible(".menu .danger"))
	b.click(".menu .danger")
	_, err := org.Accounts.Get(b.t.Context(), a.ID)
	require.ErrorIs(b.t, err, record.ErrNotFound)
	b.look("deleted")
	b.open("/bin/Accounts")
	b.look("bin")
	b.click("td.actions button")
	_, err = org.Accounts.Get(b.t.Context(), a.ID)
	require.NoError(b.t, err)
}
