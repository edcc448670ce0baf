package relations

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// ListChoice is what an organization makes of one related list on the pages of its accounts: the order of the choices is that of the
// lists. One that names no list there is makes a new one, of the records of a module that lead to an account.
type ListChoice struct {
	Name    string
	Hidden  bool     `json:",omitempty"`
	Columns []string `json:",omitempty"` // API names of fields; default those of the list
	Order   []string `json:",omitempty"` // as [record.By] takes them; default that of the list

	// Of a new list alone.
	English string `json:",omitempty"` // title; default Name
	Chinese string `json:",omitempty"` // title; default English
	Module  string `json:",omitempty"`
	Via     string `json:",omitempty"` // a lookup of Module to accounts, or to any module
}

// The limits of what an organization makes of its lists.
const (
	MaxLists     = 50
	MaxListName  = 100 // characters, of a title too
	MaxColumns   = 20  // of a list
	maxListOrder = 3
)

// listsSetting is the setting of the lists of accounts.
const listsSetting = "lists." + account.Module

// ListChoices returns what the organization has made of its lists, none when it has made nothing.
func ListChoices(ctx context.Context, s *record.Session) ([]ListChoice, error) {
	choices, _, err := loadList[ListChoice](ctx, s, listsSetting)
	return choices, err
}

// ListsOf returns the related lists of accounts as the organization wants them, without the hidden ones: those of [Lists] and, after
// them where nothing else was chosen, the host's own.
func ListsOf(ctx context.Context, s *record.Session, own ...*List) (lists []*List, err error) {
	choices, err := ListChoices(ctx, s)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(Lists(), own)
	for i := range choices {
		c := &choices[i]
		at := slices.IndexFunc(all, func(l *List) bool { return l.Name == c.Name })
		l := &List{Name: c.Name, English: c.English, Chinese: c.Chinese, Module: c.Module, Via: c.Via}
		switch {
		case at >= 0:
			l, all = all[at], slices.Delete(slices.Clone(all), at, at+1)
		case c.Module == "" || !slices.Contains(s.Modules(), c.Module):
			continue // one of the host's that is not given, or of a module that is no more
		}
		if !c.Hidden {
			lists = append(lists, c.of(l))
		}
	}
	return append(lists, all...), nil
}

// of returns a list as it was chosen to be.
func (c *ListChoice) of(l *List) *List {
	chosen := *l
	if c.Columns != nil {
		chosen.Columns = c.Columns
	}
	if c.Order != nil {
		chosen.Order = record.By(c.Order...)
	}
	if chosen.English == "" {
		chosen.English = c.Name
	}
	return &chosen
}

// SaveLists stores what the organization makes of its lists, in place of what it has made before; with no choices, nothing. Own are the
// host's own lists, which choices may name. What is wrong is a *record.ValidationError. It takes [record.RightCustomize].
func SaveLists(ctx context.Context, s *record.Session, own []*List, choices ...ListChoice) error {
	all := slices.Concat(Lists(), own)
	return saveList(ctx, s, listsSetting, account.Module, choices, MaxLists, func(s *record.Session, _ *record.Shape) (wrong []record.FieldError) {
		for i := range choices {
			c := &choices[i]
			bad := func(field string, code record.Code, english, chinese string) {
				wrong = append(wrong, record.FieldError{Record: i, Field: field, Code: code, Args: record.Args{"text": record.Words{English: english, Chinese: chinese}}})
			}
			c.check(s, all, bad)
			if slices.ContainsFunc(choices[:i], func(o ListChoice) bool { return o.Name == c.Name }) {
				bad("Name", record.CodeDuplicate, "another list has this name", "与其他列表重名")
			}
		}
		return wrong
	})
}

// check tells what is wrong with a choice, of lists that there are.
func (c *ListChoice) check(s *record.Session, all []*List, bad func(field string, code record.Code, english, chinese string)) {
	for _, t := range [][2]string{{"Name", c.Name}, {"English", c.English}, {"Chinese", c.Chinese}} {
		if n := utf8.RuneCountInString(t[1]); n > MaxListName || !utf8.ValidString(t[1]) {
			bad(t[0], record.CodeInvalid, fmt.Sprintf("at most %d characters", MaxListName), fmt.Sprintf("最多%d个字符", MaxListName))
		}
	}
	if strings.TrimSpace(c.Name) == "" {
		bad("Name", record.CodeMandatory, "required", "必填")
	}
	l := &List{Module: c.Module, Via: c.Via}
	if at := slices.IndexFunc(all, func(l *List) bool { return l.Name == c.Name }); at >= 0 {
		l = all[at]
		if c.Module+c.Via+c.English+c.Chinese != "" {
			bad("Name", record.CodeDuplicate, "there is such a list already", "该列表已存在")
			return
		}
	}
	rs, err := s.AsSystem().Records(l.Module)
	if err != nil {
		bad("Module", record.CodeNotFound, "there is no such module", "没有此模块")
		return
	}
	shape := rs.Shape()
	if l.Through == "" {
		if d, ok := shape.Field(l.Via); !ok || d.To != account.Module && d.To != record.AnyModule {
			bad("Via", record.CodeUnknown, "a lookup to accounts", "应为指向客户的查找字段")
		}
		if c.Module != "" && len(c.Columns) == 0 {
			bad("Columns", record.CodeMandatory, "a new list has columns", "新列表需要列")
		}
	}
	if len(c.Columns) > MaxColumns {
		bad("Columns", record.CodeLimit, fmt.Sprintf("at most %d columns", MaxColumns), fmt.Sprintf("最多%d列", MaxColumns))
	}
	for i, name := range c.Columns {
		if _, ok := shape.Field(name); !ok || slices.Contains(c.Columns[:i], name) {
			bad("Columns", record.CodeUnknown, "different fields of the module: "+name, "应为该模块的不同字段："+name)
		}
	}
	if len(c.Order) > maxListOrder {
		bad("Order", record.CodeLimit, fmt.Sprintf("at most %d fields", maxListOrder), fmt.Sprintf("最多%d个字段", maxListOrder))
	}
	for _, o := range record.By(c.Order...) {
		if !c.of(l).Orderable(o.Field) {
			bad("Order", record.CodeInvalid, "columns of the list: "+o.Field, "应为列表中的列："+o.Field)
		}
	}
}
