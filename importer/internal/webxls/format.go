package webxls

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// named are the number formats that have a name.
var named = map[string]string{
	"general": "General", "general number": "General", "fixed": "0.00", "standard": "#,##0.00", "scientific": "0.00E+00", "currency": "#,##0.00", "euro currency": "#,##0.00",
	"percent": "0.00%", "yes/no": "General", "true/false": "General", "on/off": "General",
	"general date": "yyyy-mm-dd hh:mm", "short date": "yyyy-mm-dd", "medium date": "yyyy-mm-dd", "long date": "yyyy-mm-dd",
	"short time": "hh:mm", "medium time": "hh:mm", "long time": "hh:mm:ss",
}

// formatOf returns the number format with a name or a code.
func formatOf(code string) grid.Format {
	if known, ok := named[strings.ToLower(code)]; ok {
		code = known
	}
	return grid.ParseFormat(code)
}

// numberFormats finds the number formats of classes in a style sheet.
var numberFormats = regexp.MustCompile(`\.([A-Za-z_][\w-]*)\s*\{([^}]*)\}`)

// inStyle finds a number format in the style of an element.
var inStyle = regexp.MustCompile(`(?i)mso-number-format\s*:\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^;}]*)`)

// maxFormats is how many classes may have a number format.
const maxFormats = 1 << 16

// styles takes a style sheet, which says how classes show numbers.
func (r *tables) styles(sheet []byte) {
	for _, m := range numberFormats.FindAllSubmatch(sheet, maxFormats) {
		if f, ok := styleFormat(string(m[2])); ok && len(r.formats) < maxFormats {
			if r.formats == nil {
				r.formats = map[string]grid.Format{}
			}
			r.formats[string(m[1])] = f
		}
	}
}

// styleFormat returns the number format that a style has. It is not ok when it has none.
func styleFormat(style string) (f grid.Format, ok bool) {
	m := inStyle.FindStringSubmatch(style)
	if m == nil {
		return f, false
	}
	return formatOf(unescape(strings.Trim(strings.TrimSpace(m[1]), `"'`))), true
}

// unescape returns a text of a style sheet: a backslash is before what stands for itself, or before the number of a character.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		end := i + 1
		for end < len(s) && end < i+7 && strings.IndexByte("0123456789abcdefABCDEF", s[end]) >= 0 {
			end++
		}
		if n, err := strconv.ParseUint(s[i+1:end], 16, 32); err == nil {
			b.WriteRune(rune(n))
			if i = end - 1; end < len(s) && s[end] == ' ' {
				i++
			}
			continue
		}
		if i++; i < len(s) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
