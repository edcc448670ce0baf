package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/relations"
)

// TestFaultsBesideInputs sends a form with much that is wrong: all of it is said beside its input, in the language of the page, what was
// typed is still there, and nothing is stored.
func TestFaultsBesideInputs(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	before := s.count(s.org.Accounts.Records, record.Filter{})
	for lang, said := range map[string]map[string]string{
		"en": {"Account_Name": "required", "Phone": "at most 30 characters, has 31", "Website": "not valid: expected a web address", "Employees": "not valid: expected a whole number",
			"Annual_Revenue": "not valid: expected a number without separators or currency signs", "Parent_Account": "there is no such record"},
		"zh": {"Account_Name": "必填", "Phone": "最多30个字符，实际31个", "Website": "格式不正确，应为网址", "Employees": "格式不正确，应为整数", "Annual_Revenue": "格式不正确，应为不含分隔符和货币符号的数字", "Parent_Account": "找不到该记录"},
	} {
		s := s.in(lang)
		form := formOf(t, s.page("/records/Accounts/new"))
		typed := map[string]string{"Account_Name": " ", "Phone": strings.Repeat("5", 31), "Website": "javascript:alert(1)", "Employees": "many", "Annual_Revenue": "1,200", "Parent_Account": "Nobody & Sons", "Industry": "Beekeeping", "Description": "two\r\nlines"}
		for k, v := range typed {
			form.Set(k, v)
		}
		a := s.post("/records/Accounts/new", form)
		require.Equal(t, http.StatusUnprocessableEntity, a.Status)
		sound(t, lang, a.Body, lang)
		for name, text := range said {
			part := field(t, a.Body, name)
			require.Contains(t, part, `<p class="error" id="e-`+name+`">`+text+`</p>`, name)
			require.Contains(t, part, `aria-invalid="true"`, name)
			require.Contains(t, a.Body, `<li><a href="#f-`+name+`">`, "and at the top")
		}
		kept := formOf(t, a.Body)
		for k, v := range typed {
			require.Equal(t, strings.ReplaceAll(v, "\r\n", "\n"), kept.Get(k), k)
		}
		require.NotContains(t, field(t, a.Body, "Industry"), "error")
	}
	require.Equal(t, before, s.count(s.org.Accounts.Records, record.Filter{}))
}

// TestLife makes an account, changes, copies, deletes and restores it, and looks at what is stored each time.
func TestLife(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{}).in("zh")
	form := formOf(t, s.page("/records/Accounts/new"))
	for k, v := range map[string]string{"Account_Name": "Äpfel & <b>Birnen</b>", "Industry": "制造业", "Account_Type": "客户", "Employees": "12", "Annual_Revenue": "1200.5", "Parent_Account": "northwind  EUROPE", "Tag": "a; b"} {
		form.Set(k, v)
	}
	a := s.post("/records/Accounts/new", form)
	require.Equal(t, http.StatusSeeOther, a.Status, a.Body)
	made := s.account("Äpfel & <b>Birnen</b>")
	require.Equal(t, "/accounts/"+made.ID.String()+"?done=created", a.Header.Get("Location"))
	require.Equal(t, "Manufacturing", made.Industry, "a label stands for its value")
	require.Equal(t, int64(12), *made.Employees)
	require.Equal(t, "1200.5", made.AnnualRevenue.Decimal.String())
	require.Equal(t, []string{"a", "b"}, made.Tags)
	require.Equal(t, s.account("Northwind Europe").ID, made.ParentID, "a name is found whatever its case and spacing")
	require.Equal(t, "page", made.Source)
	require.Equal(t, record.Actor("ann"), made.CreatedBy)
	page := s.page(a.Header.Get("Location"))
	require.Contains(t, page, "Äpfel &amp; &lt;b&gt;Birnen&lt;/b&gt;")
	require.NotContains(t, page, "<b>Birnen")
	require.Contains(t, page, "已保存。")

	// The same form again makes no second one.
	require.Equal(t, http.StatusSeeOther, s.post("/records/Accounts/new", form).Status)
	s.account("Äpfel & <b>Birnen</b>")

	// A form that comes back as it was shown changes nothing, not even what it does not show to the last digit.
	path := "/records/Accounts/" + made.ID.String()
	form = formOf(t, s.page(path))
	require.Equal(t, http.StatusSeeOther, s.post(path, form).Status)
	require.Equal(t, int64(1), s.account(made.Name).Version)
	form.Set("Employees", "")
	form.Set("Parent_Account", "")
	form.Set("Account_Name", "Äpfel")
	require.Equal(t, http.StatusSeeOther, s.post(path, form).Status)
	made = s.account("Äpfel")
	require.Equal(t, int64(2), made.Version)
	require.Nil(t, made.Employees)
	require.True(t, made.ParentID.IsZero())
	require.Equal(t, "Manufacturing", made.Industry)

	// A copy is a form first.
	before := s.count(s.org.Accounts.Records, record.Filter{})
	clone := s.page("/records/Accounts/new?clone=" + made.ID.String())
	require.Equal(t, before, s.count(s.org.Accounts.Records, record.Filter{}))
	form = formOf(t, clone)
	require.Equal(t, "Äpfel", form.Get("Account_Name"))
	require.Empty(t, form.Get("Tag"))
	form.Set("Account_Name", "Birnen")
	require.Equal(t, http.StatusSeeOther, s.post(actionOf(t, clone), form).Status)
	copied := s.account("Birnen")
	require.Equal(t, "clone", copied.Source)
	require.Equal(t, "Manufacturing", copied.Industry)
	require.Equal(t, "Äpfel", s.account("Äpfel").Name)

	// Deleted, it is in the bin, and comes back from where it is offered.
	a = s.post(path+"/delete", nil)
	require.Equal(t, http.StatusSeeOther, a.Status)
	gone := s.get("/accounts/" + made.ID.String())
	require.Equal(t, http.StatusNotFound, gone.Status)
	require.Contains(t, gone.Body, "此客户在回收站中。")
	require.Contains(t, gone.Body, `action="/records/Accounts/`+made.ID.String()+`/restore"`)
	list := s.page(a.Header.Get("Location"))
	require.Contains(t, list, `action="/records/Accounts/`+made.ID.String()+`/restore"`)
	require.Contains(t, s.page("/bin/Accounts"), "Äpfel")
	require.Equal(t, http.StatusNotFound, s.post(path+"/delete", nil).Status)
	require.Equal(t, http.StatusSeeOther, s.post(path+"/restore", nil).Status)
	require.Equal(t, made.ID, s.account("Äpfel").ID)
	require.NotContains(t, s.page("/bin/Accounts"), "Äpfel")
	require.NotContains(t, s.page("/accounts?done=deleted&undo="+made.ID.String()), "/restore", "nothing to take back")
}

// TestFaster has two people change one account: who comes second is told, keeps what was typed, and overwrites nothing.
func TestFaster(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	id := s.account("Fabrikam Studio").ID
	path := "/records/Accounts/" + id.String()
	one, other := formOf(t, s.page(path)), formOf(t, s.page(path))
	one.Set("Phone", "1111")
	require.Equal(t, http.StatusSeeOther, s.post(path, one).Status)
	other.Set("Fax", "2222")
	other.Set("Website", "no address") // which is not what matters now
	for lang, text := range map[string]string{"en": "somebody else has changed this record", "zh": "其他人已在此期间修改了该记录"} {
		a := s.in(lang).post(path, other)
		require.Equal(t, http.StatusConflict, a.Status)
		require.Contains(t, a.Body, text)
		sound(t, lang, a.Body, lang)
		require.Equal(t, "2222", formOf(t, a.Body).Get("Fax"))
		require.Equal(t, other.Get("version"), formOf(t, a.Body).Get("version"), "to send it again does not help")
	}
	stored := s.account("Fabrikam Studio")
	require.Equal(t, "1111", stored.Phone)
	require.Empty(t, stored.Fax)
	for _, version := range []string{"", "x", "99999999999999999999"} {
		other.Set("version", version)
		require.Equal(t, http.StatusBadRequest, s.post(path, other).Status)
	}
	other.Set("version", "7")
	require.Equal(t, http.StatusConflict, s.post(path, other).Status)
}

// TestEntries makes a record of every kind from the page of an account, in both languages, and finds it in its list.
func TestEntries(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{}).in("zh")
	fabrikam := s.account("Fabrikam Studio")
	start := "2031-05-06T07:08"
	for list, typed := range map[string]map[string]string{
		"Deals": {"Deal_Name": "N", "Stage": "资格审查"}, "Contacts": {"Last_Name": "N"}, "Tasks": {"Subject": "N"}, "Events": {"Event_Title": "N", "Start_DateTime": start, "End_DateTime": start},
		"Calls": {"Subject": "N", "Call_Type": "呼出", "Outbound_Call_Status": "已安排", "Call_Start_Time": start}, "Quotes": {"Subject": "N", "Quoted_Items.Product_Name": "Pump", "Quoted_Items.Quantity": "3", "Quoted_Items.List_Price": "9.99"},
		"Sales_Orders": {"Subject": "N", "Ordered_Items.Product_Name": "Pump", "Ordered_Items.Quantity": "3", "Ordered_Items.List_Price": "9.99"}, "Invoices": {"Subject": "N", "Invoiced_Items.Product_Name": "Pump", "Invoiced_Items.Quantity": "3", "Invoiced_Items.List_Price": "9.99"},
		"Emails": {"Subject": "N", "Direction": "已发送", "From": "a@b.example", "Sent_Time": start}, "Member_Accounts": {"Account_Name": "N"}, "Cases": {"Subject": "N", "Status": "新建", "Case_Origin": "电话"},
		"Notes": {"Note_Title": "N", "Note_Content": "text"},
	} {
		l := relations.ListNamed(list)
		path := fmt.Sprintf("/records/%s/new?account=%s&list=%s", l.Module, fabrikam.ID, list)
		page := s.page(path)
		form := formOf(t, page)
		for k, v := range typed {
			form[k] = append([]string{v}, form[k][min(1, len(form[k])):]...)
		}
		a := s.post(actionOf(t, page), form)
		require.Equal(t, http.StatusSeeOther, a.Status, "%s: %s", list, a.Body)
		require.Equal(t, "/accounts/"+fabrikam.ID.String()+"?done=created#"+list, a.Header.Get("Location"))
		recs, _, err := l.Page(t.Context(), s.org.Session(), []record.ID{fabrikam.ID}, record.Query{})
		require.NoError(t, err)
		require.Len(t, recs, 1, list)
		require.Contains(t, s.page("/accounts/"+fabrikam.ID.String()), `id="r-`, list)
		edit := fmt.Sprintf("/records/%s/%s", l.Module, recs[0].ID)
		again := formOf(t, s.page(edit))
		require.Equal(t, http.StatusSeeOther, s.post(edit, again).Status, list)
		require.Equal(t, http.StatusSeeOther, s.post(edit+"/delete?account="+fabrikam.ID.String()+"&list="+list, nil).Status)
		n, _, err := l.Count(t.Context(), s.org.Session(), []record.ID{fabrikam.ID}, 9)
		require.NoError(t, err)
		require.Zero(t, n, list)
	}
}

// TestLines changes the lines of a quote, and sees what is wrong with others.
func TestLines(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	quotes, _, err := s.org.Quotes.List(t.Context(), record.Query{})
	require.NoError(t, err)
	path := "/records/Quotes/" + quotes[0].ID.String()
	page := s.page(path)
	require.Equal(t, 2+blankLines, strings.Count(page, `name="Quoted_Items.Quantity"`))
	form := formOf(t, page)
	form["Quoted_Items.Quantity"][0] = "10"
	form["Quoted_Items.Product_Name"][2], form["Quoted_Items.Quantity"][2], form["Quoted_Items.List_Price"][2] = "Delivery", "1", "25"
	require.Equal(t, http.StatusSeeOther, s.post(path, form).Status)
	q, err := s.org.Quotes.Get(t.Context(), quotes[0].ID)
	require.NoError(t, err)
	require.Len(t, q.Lines, 3)
	require.True(t, q.Lines[0].Quantity.Equal(decimal.NewFromInt(10)))
	require.Equal(t, quotes[0].Lines[0].ProductID, q.Lines[0].ProductID, "what the form does not show stays")
	require.Equal(t, "6647.92", q.GrandTotal.Decimal.String()) // 10 x 349.90 - 10 % + 20 %, 30 x 79 + 20 %, and 25
	for typed, said := range map[string]string{"many": "not valid: expected a number", "": "a line with a Quantity of none or less (line 1)", "-1": "a line with a Quantity of none or less (line 1)"} {
		form := formOf(t, s.page(path))
		form["Quoted_Items.Quantity"][0] = typed
		a := s.post(path, form)
		require.Equal(t, http.StatusUnprocessableEntity, a.Status, typed)
		require.Contains(t, field(t, a.Body, "Quoted_Items"), said)
		require.Equal(t, typed, formOf(t, a.Body)["Quoted_Items.Quantity"][0])
		require.Equal(t, "Delivery", formOf(t, a.Body)["Quoted_Items.Product_Name"][2])
	}
	now, err := s.org.Quotes.Get(t.Context(), quotes[0].ID)
	require.NoError(t, err)
	require.Equal(t, q.Version, now.Version)
}

// TestLookups finds a record by its name, tells those of one name apart, and keeps a link that the form shows.
func TestLookups(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	ctx := t.Context()
	one, two := &account.Account{Name: "Twin"}, &account.Account{Name: "twin"}
	require.NoError(t, s.org.Accounts.Create(ctx, one, two))
	child := &account.Account{Name: "Child", ParentID: two.ID}
	require.NoError(t, s.org.Accounts.Create(ctx, child))
	path := "/records/Accounts/" + child.ID.String()
	form := formOf(t, s.page(path))
	require.Equal(t, "twin", form.Get("Parent_Account"))
	form.Set("Phone", "1")
	require.Equal(t, http.StatusSeeOther, s.post(path, form).Status, "a link that was not touched is no question")
	require.Equal(t, two.ID, s.account("Child").ParentID)
	form = formOf(t, s.page(path))
	form.Set("Parent_Account", "TWIN")
	a := s.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, a.Status)
	require.Contains(t, field(t, a.Body, "Parent_Account"), "2 records match")
	form.Set("Parent_Account", "Twin ("+one.ID.String()+")")
	require.Equal(t, http.StatusSeeOther, s.post(path, form).Status)
	require.Equal(t, one.ID, s.account("Child").ParentID)
	form = formOf(t, s.page(path))
	form.Set("Parent_Account", "child")
	a = s.post(path, form)
	require.Contains(t, field(t, a.Body, "Parent_Account"), "the record would be above itself")
	form.Set("Parent_Account", "00000000-0000-7000-8000-000000000001")
	require.Contains(t, field(t, s.post(path, form).Body, "Parent_Account"), "there is no such record")

	// What a task is about is in the module that is chosen beside it.
	tasks, _, err := s.org.Tasks.List(ctx, record.Query{Limit: 1})
	require.NoError(t, err)
	path = "/records/Tasks/" + tasks[0].ID.String()
	form = formOf(t, s.page(path))
	form.Set("What_Module", "Deals")
	form.Set("What_Id", "pilot in felixstowe")
	require.Equal(t, http.StatusSeeOther, s.post(path, form).Status)
	task, err := s.org.Tasks.Get(ctx, tasks[0].ID)
	require.NoError(t, err)
	require.Equal(t, "Deals", task.What.Module)
}

// TestCustomFields has fields of the organization's own, of many types, in the form of an account.
func TestCustomFields(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{}).in("zh")
	values := []record.PickValue{{Actual: "North", Chinese: "北"}, {Actual: "South", Chinese: "南"}, {Actual: "East", Chinese: "东"}}
	_, err := s.org.Session().SaveLayout(t.Context(), account.Module, &record.Layout{Fields: []record.FieldLayout{
		{Name: "Regions", Type: "multiselectpicklist", Chinese: "地区", Values: values}, {Name: "Vip", Type: "boolean", Chinese: "贵宾"}, {Name: "Since", Type: "date", Chinese: "始于"},
		{Name: "Rate", Type: "percent", Chinese: "费率"}, {Name: "Next", Type: "datetime", Chinese: "下次"}}}, nil)
	require.NoError(t, err)
	page := s.page("/records/Accounts/new")
	sound(t, "custom", page, "zh")
	require.Contains(t, field(t, page, "Regions"), "multiple")
	require.Contains(t, field(t, page, "Since"), `type="date"`)
	require.Contains(t, field(t, page, "Next"), `type="datetime-local"`)
	form := formOf(t, page)
	for k, v := range map[string]string{"Account_Name": "Own", "Vip": "是", "Since": "2026-02-03", "Rate": "12.5%", "Next": "2026-02-03T04:05"} {
		form.Set(k, v)
	}
	form["Regions"] = []string{"北", "东"}
	require.Equal(t, http.StatusSeeOther, s.post("/records/Accounts/new", form).Status)
	a := s.account("Own")
	for name, want := range map[string]string{"Regions": ";North;East;", "Since": "2026-02-03"} {
		require.Equal(t, want, a.Custom[name].Text(), name)
	}
	require.True(t, a.Custom["Vip"].Bool())
	shown := s.page("/accounts/" + a.ID.String())
	for _, text := range []string{"北、东", "12.5%", "2026-02-03 04:05"} {
		require.Contains(t, shown, text)
	}
	path := "/records/Accounts/" + a.ID.String()
	require.Equal(t, http.StatusSeeOther, s.post(path, again(t, s.page(path), "Regions", "北", "东")).Status)
	require.Equal(t, int64(1), s.account("Own").Version, "as it was shown")
	require.Equal(t, http.StatusSeeOther, s.post(path, again(t, s.page(path), "Regions")).Status)
	require.NotContains(t, s.account("Own").Custom, "Regions", "nothing is chosen")
	bad := again(t, s.page(path), "Since", "2026-02-31")
	refused := s.post(path, bad)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Contains(t, field(t, refused.Body, "Since"), "应为日期")
}

// again is the form of a page with other values of one field.
func again(t *testing.T, page, name string, values ...string) url.Values {
	t.Helper()
	form := formOf(t, page)
	form.Del(name)
	if values != nil {
		form[name] = values
	}
	return form
}

// TestHiddenFields has somebody at the page who does not see a field, nor deals, and may not delete.
func TestHiddenFields(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{Policy: rights.New(), Actor: "eve"})
	ctx := t.Context()
	views := func(fields map[string]record.Access) rights.Permission {
		return rights.Permission{Rights: []record.Right{record.RightView, record.RightEdit, record.RightCreate}, Fields: fields}
	}
	require.NoError(t, s.org.AsSystem().Update(ctx, func(tx *crm.Org) error {
		modules := map[string]rights.Permission{}
		for _, m := range shownModules {
			modules[m] = views(nil)
		}
		modules[account.Module] = views(map[string]record.Access{"Annual_Revenue": record.FieldHidden, "Phone": record.FieldReadOnly})
		delete(modules, relations.DealModule)
		if err := tx.Rights.SaveProfile(ctx, &rights.Profile{ID: "p", Name: "P", Organization: []record.Right{record.RightUse}, Modules: modules}); err != nil {
			return err
		}
		return tx.Rights.SaveUsers(ctx, rights.User{ID: "eve", Profile: "p", Role: rights.CEO, Active: true}, rights.User{ID: "ann", Profile: rights.Administrator, Role: rights.CEO, Active: true})
	}))
	all, _, err := s.org.AsSystem().Accounts.List(ctx, record.Query{Where: record.Eq("Account_Name", chief)})
	require.NoError(t, err)
	id := all[0].ID.String()
	page := s.page("/accounts/" + id)
	require.NotContains(t, page, "Annual Revenue")
	require.NotContains(t, page, "51,750,000")
	require.Contains(t, page, "You may not see these records.")
	require.NotContains(t, page, "Warehouse scanners")
	require.NotContains(t, page, ">Delete<")
	require.NotContains(t, page, "/records/Deals/new")
	require.NotContains(t, s.page("/accounts/"+id+"/timeline"), "Annual Revenue")
	require.NotContains(t, s.page("/accounts"), "Annual Revenue")
	form := formOf(t, s.page("/records/Accounts/"+id))
	require.False(t, form.Has("Annual_Revenue") || form.Has("Phone"))
	require.True(t, form.Has("Fax"))
	form.Set("Annual_Revenue", "1")
	form.Set("Phone", "1")
	form.Set("Fax", "1")
	require.Equal(t, http.StatusSeeOther, s.post("/records/Accounts/"+id, form).Status)
	stored, err := s.org.AsSystem().Accounts.Get(ctx, all[0].ID)
	require.NoError(t, err)
	require.Equal(t, all[0].AnnualRevenue, stored.AnnualRevenue)
	require.Equal(t, all[0].Phone, stored.Phone)
	require.Equal(t, "1", stored.Fax)
	for path, form := range map[string]url.Values{"/records/Accounts/" + id + "/delete": nil, "/records/Deals/" + id + "/delete": nil} {
		require.Equal(t, http.StatusForbidden, s.post(path, form).Status, path)
	}
	require.Equal(t, http.StatusForbidden, s.upload("/imports", "a.csv", "Account Name\nX\n", nil).Status)
	require.Equal(t, http.StatusForbidden, s.get("/records/Deals/"+id).Status)
}
