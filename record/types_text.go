package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clientele-go/crm/storage"
)

// maxUserID is the longest id that a host may have for a user.
const maxUserID = 255

// lineType is one line of text, perhaps of a certain form.
type lineType struct {
	name     string
	limit    int
	takes    func(line string) bool // nil takes every line
	expected string
}

// TextType is one line of at most limit characters. Line breaks and control characters are refused, the spaces around it
// are dropped, and a text of nothing but invisible characters is empty.
func TextType(limit int) Type { return newLine("text", limit, nil, "") }

// EmailType is an e-mail address of at most limit characters. Letters of every script are fine, as in Zoho, also in the
// domain; a quoted local part is not.
func EmailType(limit int) Type { return newLine("email", limit, isEmail, expectedEmail) }

// PhoneType is a telephone number as people write it, of at most limit characters: letters and digits, . - + , ; # / ( )
// and spaces, and the full-width forms of these, with at least one digit. Zoho: letters, digits and those signs.
func PhoneType(limit int) Type { return newLine("phone", limit, isPhone, expectedPhone) }

// URLType is a web address of at most limit characters, with http, https, ftp or no scheme, and a dot in the host, as in
// Zoho. It is kept as it was written. User names, IPv6 addresses and escapes in the host are refused.
func URLType(limit int) Type { return newLine("website", limit, isURL, expectedURL) }

// UserType is a user, by the host's own id of at most 255 characters, which means nothing to this package.
func UserType() Type { return newLine("userlookup", maxUserID, nil, "") }

func newLine(name string, limit int, takes func(string) bool, expected string) Type {
	mustBePositive("limit", limit)
	return &lineType{name, limit, takes, expected}
}

// AutoNumberType is a number with its prefix and suffix, one line of at most 255 characters (Zoho: 255), for a field made
// with [Typed] that is ReadOnly: a hook counts.
func AutoNumberType() Type { return newLine("autonumber", 255, nil, "") }

func (t *lineType) Name() string       { return t.name }
func (t *lineType) Kind() storage.Kind { return storage.Text }

func (t *lineType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	if text = trim(text); text == "" {
		return storage.Value{}, Problem{}
	}
	return storage.TextValue(text), Problem{}
}

func (t *lineType) Clean(v storage.Value) (storage.Value, Problem) {
	if v.IsNull() {
		return v, Problem{}
	}
	if v.Kind() != storage.Text {
		return v, refuse(t.name)
	}
	line, p := cleanLine(v.Raw(), t.limit)
	switch {
	case !p.OK():
		return v, p
	case line == "":
		return storage.Value{}, Problem{}
	case t.takes != nil && !t.takes(line):
		return v, Problem{CodeInvalid, Args{"expected": t.expected, "limit": t.limit, "length": utf8.RuneCountInString(line)}}
	}
	return storage.TextValue(line), Problem{}
}

func (t *lineType) Format(v storage.Value, _ *Locale) string { return v.Text() }

// isPhone reports whether a line is made of what phone numbers are written with.
func isPhone(s string) bool {
	digit := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case r < utf8.RuneSelf:
			if !asciiLetter(byte(r)) && !strings.ContainsRune(" .-(),+;#/", r) {
				return false
			}
		case unicode.IsDigit(r):
			digit = true
		case !unicode.IsLetter(r) && !strings.ContainsRune("．－（），＋；＃／\u3000\u00a0", r):
			return false
		}
	}
	return digit
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func asciiDigit(c byte) bool  { return c >= '0' && c <= '9' }

// areaType is text of several lines.
type areaType struct{ limit int }

// TextAreaType is text of several lines, at most limit characters. Line ends become \n, and white space is dropped at the
// end only. Control characters but tabs are refused, and a text of nothing but invisible characters is empty.
func TextAreaType(limit int) Type {
	mustBePositive("limit", limit)
	return &areaType{limit}
}

func (t *areaType) Name() string       { return "textarea" }
func (t *areaType) Kind() storage.Kind { return storage.Text }

func (t *areaType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	if trim(text) == "" {
		return storage.Value{}, Problem{}
	}
	return storage.TextValue(text), Problem{}
}

func (t *areaType) Clean(v storage.Value) (storage.Value, Problem) {
	if v.IsNull() {
		return v, Problem{}
	}
	if v.Kind() != storage.Text {
		return v, refuse(t.Name())
	}
	text := v.Raw()
	if p := badText(text); !p.OK() {
		return v, p
	}
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	text = strings.TrimLeft(strings.TrimRightFunc(text, blank), byteOrderMark)
	if trim(text) == "" {
		return storage.Value{}, Problem{}
	}
	if hasControl(text) {
		return v, refuse(expectedArea)
	}
	if len(text) > t.limit {
		if n := utf8.RuneCountInString(text); n > t.limit {
			return v, tooLong(t.limit, n)
		}
	}
	return storage.TextValue(text), Problem{}
}

// hasControl reports whether valid UTF-8 has a control character but tabs and line ends.
func hasControl(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' && c != '\t' && c != '\n' || c == 0x7f || c == 0xc2 && s[i+1] < 0xa0 {
			return true
		}
	}
	return false
}

func (t *areaType) Format(v storage.Value, _ *Locale) string { return v.Text() }
