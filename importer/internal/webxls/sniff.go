package webxls

import (
	"bytes"
	"regexp"
	"strings"
)

// Markup is a kind of text.
type Markup string

// The kinds.
const (
	None     Markup = ""
	HTML     Markup = "HTML"
	Workbook Markup = "XML" // a workbook
	OtherXML Markup = "other XML"
)

// first are the elements with which a text begins that is HTML, if it has no more than a table.
var first = map[string]bool{"html": true, "head": true, "meta": true, "title": true, "style": true, "script": true, "link": true, "base": true, "body": true,
	"table": true, "thead": true, "tbody": true, "caption": true, "tr": true, "div": true, "center": true, "font": true, "p": true, "h1": true, "h2": true, "h3": true, "br": true, "form": true, "span": true}

// Sniff tells by the beginning of a text, without a byte order mark, what markup it is.
func Sniff(head []byte) Markup {
	declared := false
	for {
		head = bytes.TrimLeft(head, " \t\r\n\f")
		switch {
		case bytes.HasPrefix(head, []byte("<!--")):
			head = behind(head, "-->")
		case bytes.HasPrefix(head, []byte("<?")):
			declared = true
			head = behind(head, "?>")
		case bytes.HasPrefix(head, []byte("<!")):
			if name, _, _ := strings.Cut(strings.ToLower(string(head[:min(len(head), 64)])), ">"); strings.Contains(name, "html") {
				return HTML
			}
			head = behind(head, ">")
		default:
			name := element(head)
			switch {
			case name == "workbook":
				return Workbook
			case first[name]:
				return HTML
			case declared:
				return OtherXML
			}
			return None
		}
	}
}

// behind returns what is behind the first end in a text, or nothing.
func behind(text []byte, end string) []byte {
	i := bytes.Index(text, []byte(end))
	if i < 0 {
		return nil
	}
	return text[i+len(end):]
}

// element returns the name of the element that a text begins with, in small letters and without a prefix.
func element(text []byte) string {
	if len(text) == 0 || text[0] != '<' {
		return ""
	}
	end := 1
	for end < len(text) && end < 64 && strings.IndexByte(" \t\r\n\f/>", text[end]) < 0 {
		end++
	}
	if end == len(text) || end == 64 {
		return ""
	}
	name := strings.ToLower(string(text[1:end]))
	return name[strings.LastIndexByte(name, ':')+1:]
}

var (
	inXML  = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)`)
	inMeta = regexp.MustCompile(`(?i)<meta\s[^>]*charset\s*=\s*["']?\s*([a-z0-9_.:-]+)`)
)

// Declared returns the charset that the beginning of a text names, or "".
func Declared(head []byte) string {
	for _, way := range []*regexp.Regexp{inXML, inMeta} {
		if m := way.FindSubmatch(head); m != nil {
			return string(m[1])
		}
	}
	return ""
}
