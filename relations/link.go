package relations

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// Link is a link of the organization's own on the pages of accounts (自定义链接): a web address in which the values of fields stand.
type Link struct {
	Name    string // unique, at most MaxLinkName characters
	Chinese string // name; default Name

	// URL is an address with merge fields, such as https://maps.example/?q=${Accounts.Billing_City}: "id" or the API name of a field. It is
	// of http, https, mailto or tel, and its scheme and host are its own, not a field's. At most MaxLinkURL characters.
	URL string

	Profiles []string `json:",omitempty"` // ids of the profiles of a policy that see it; default all
}

// The limits of links. Zoho has the same.
const (
	MaxLinkName = 100
	MaxLinkURL  = 3000
	MaxLinks    = 50
	maxProfiles = 200
)

// linksSetting is the setting of the links of accounts.
const linksSetting = "links." + account.Module

var mergeField = regexp.MustCompile(`\$\{([^{}]*)\}`)

// schemes are those that a link may have. What a browser would run is none of them.
var schemes = []string{"http", "https", "mailto", "tel"}

// Links returns the links of the organization, in order.
func Links(ctx context.Context, s *record.Session) ([]Link, error) {
	links, _, err := loadList[Link](ctx, s, linksSetting)
	return links, err
}

// SaveLinks stores the links of the organization in place of those that there are, or it is a *record.ValidationError. It takes
// [record.RightCustomize].
func SaveLinks(ctx context.Context, s *record.Session, links ...Link) error {
	return saveList(ctx, s, linksSetting, account.Module, links, MaxLinks, func(_ *record.Session, shape *record.Shape) (wrong []record.FieldError) {
		for i := range links {
			for _, e := range links[i].wrong(shape, links[:i]) {
				e.Record = i
				wrong = append(wrong, e)
			}
		}
		return wrong
	})
}

// wrong says what is wrong with a link after others.
func (l *Link) wrong(shape *record.Shape, others []Link) (es []record.FieldError) {
	bad := func(field string, code record.Code, english, chinese string) {
		es = append(es, record.FieldError{Field: field, Code: code, Args: record.Args{"text": record.Words{English: english, Chinese: chinese}}})
	}
	switch n := utf8.RuneCountInString(l.Name); {
	case strings.TrimSpace(l.Name) == "":
		bad("Name", record.CodeMandatory, "required", "必填")
	case n > MaxLinkName, utf8.RuneCountInString(l.Chinese) > MaxLinkName:
		bad("Name", record.CodeInvalid, fmt.Sprintf("at most %d characters", MaxLinkName), fmt.Sprintf("最多%d个字符", MaxLinkName))
	case slices.ContainsFunc(others, func(o Link) bool { return o.Name == l.Name }):
		bad("Name", record.CodeDuplicate, "another link has this name", "与其他链接重名")
	}
	if len(l.Profiles) > maxProfiles {
		bad("Profiles", record.CodeLimit, fmt.Sprintf("at most %d profiles", maxProfiles), fmt.Sprintf("最多%d个配置文件", maxProfiles))
	}
	if !utf8.ValidString(l.URL) || utf8.RuneCountInString(l.URL) > MaxLinkURL {
		bad("URL", record.CodeInvalid, fmt.Sprintf("at most %d characters", MaxLinkURL), fmt.Sprintf("最多%d个字符", MaxLinkURL))
		return es
	}
	for _, m := range mergeField.FindAllStringSubmatch(l.URL, -1) {
		if _, ok := fieldOf(shape, m[1]); !ok {
			bad("URL", record.CodeUnknown, "there is no field "+m[0], "没有此字段："+m[0])
		}
	}
	// With letters in place of the fields, an address is what it will be whatever they hold: they are escaped.
	u, err := url.Parse(mergeField.ReplaceAllString(l.URL, "x"))
	scheme, _, _ := strings.Cut(l.URL, ":")
	web := scheme == "http" || scheme == "https"
	_, rest, _ := strings.Cut(l.URL, "//")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	host, _, _ = strings.Cut(host, "#")
	switch {
	case err != nil || !slices.Contains(schemes, scheme):
		bad("URL", record.CodeInvalid, "an address of http, https, mailto or tel", "应为http、https、mailto或tel地址")
	case web && (u.Host == "" || u.User != nil || strings.Contains(host, "$")):
		bad("URL", record.CodeInvalid, "an address with a host of its own", "地址必须有固定的主机")
	case strings.Contains(mergeField.ReplaceAllString(l.URL, ""), "${"):
		bad("URL", record.CodeInvalid, "merge fields like ${Accounts.Account_Name}", "合并字段应形如${Accounts.Account_Name}")
	}
	return es
}

// fieldOf returns the field that a merge field names.
func fieldOf(shape *record.Shape, name string) (string, bool) {
	module, field, ok := strings.Cut(name, ".")
	if !ok || module != account.Module {
		return "", false
	}
	if field == "id" {
		return field, true
	}
	_, ok = shape.Field(field)
	return field, ok
}

// LinkEntry is a link on the page of an account.
type LinkEntry struct {
	Name string `json:"name"` // in the session's language
	URL  string `json:"url"`
}

// LinksOf returns the links on the page of an account for an actor of some profiles, of those that have any. Fields that are hidden
// from the actor, or empty, stand there as nothing. It fails with ErrNotFound.
func LinksOf(ctx context.Context, s *record.Session, id record.ID, profiles ...string) (entries []LinkEntry, err error) {
	err = s.View(ctx, func(s *record.Session) error {
		rs, err := s.Records(account.Module)
		if err != nil {
			return err
		}
		rec, err := rs.Get(ctx, id)
		if err != nil {
			return err
		}
		entries, err = linksOf(ctx, s, rec, profiles)
		return err
	})
	return entries, err
}

// linksOf returns the links on the page of a record that was read.
func linksOf(ctx context.Context, s *record.Session, rec *record.Record, profiles []string) (entries []LinkEntry, err error) {
	links, err := Links(ctx, s)
	for _, l := range links {
		if l.Profiles != nil && !slices.ContainsFunc(l.Profiles, func(p string) bool { return slices.Contains(profiles, p) }) {
			continue
		}
		name := record.Words{English: l.Name, Chinese: l.Chinese}.In(s.Locale().Language)
		entries = append(entries, LinkEntry{name, l.merge(rec, s.Locale())})
	}
	return entries, err
}

// merge puts the values of a record into the address, escaped so that nothing but a part of it comes of them.
func (l *Link) merge(rec *record.Record, locale *record.Locale) string {
	scheme, _, _ := strings.Cut(l.URL, ":")
	path, at := true, 0
	var b strings.Builder
	for _, m := range mergeField.FindAllStringSubmatchIndex(l.URL, -1) {
		before := l.URL[at:m[0]]
		path = path && !strings.ContainsAny(before, "?#")
		b.WriteString(before)
		_, field, _ := strings.Cut(l.URL[m[2]:m[3]], ".")
		value := rec.Text(field, locale)
		if field == "id" {
			value = rec.ID.String()
		}
		b.WriteString(escape(value, kept[scheme], path))
		at = m[1]
	}
	b.WriteString(l.URL[at:])
	return b.String()
}

// kept are the characters that stand as they are in an address of a scheme, before what is asked of it.
var kept = map[string]string{"mailto": "@", "tel": "+"}

// escape writes a value as a part of an address. In a path, dots alone would lead up, also when they are escaped.
func escape(value, kept string, path bool) string {
	if path && strings.Trim(value, ".") == "" {
		return ""
	}
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 || path && strings.IndexByte(kept, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
