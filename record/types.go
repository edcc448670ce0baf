package record

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clientele-go/crm/storage"
)

// Problem is why a value is refused. The zero Problem is none.
type Problem struct {
	Code Code
	Args Args // "expected", "limit", "length" and the like; never the value
}

// OK reports whether there is no problem.
func (p Problem) OK() bool { return p.Code == "" }

// Type is what the values of a field are: how text becomes a value, which values are refused, and how a value is shown.
// It is safe for concurrent use. A host may have types of its own.
//
// Zoho's formatted text and address are none: the one is a TextArea, and the other five fields of text.
//
// Four optional methods say more. JSON() bool reports that a value is a text that is JSON, compact, and stands as it is in the JSON of a
// record. Multi() bool reports that a value is a text that [JoinMulti] made of several,
// Unknown(storage.Value) bool that a value is outside of the type's pick list, and Offered(*Locale) (values []string, closed bool)
// returns how the values of that list are shown which a form offers, and whether there can be no others.
type Type interface {
	// Name is Zoho's data_type: "text", "textarea", "email" and so on.
	Name() string
	// Kind is the kind of the values.
	Kind() storage.Kind
	// Parse reads a cell or an input. Text that is empty but for spaces is null. It converts only; limits are Clean's.
	Parse(text string, l *Locale) (storage.Value, Problem)
	// Clean returns the value to store in place of v, such as a text without the spaces around it, or why v is refused.
	// Null is always fine, and Clean(Clean(v)) is Clean(v).
	Clean(v storage.Value) (storage.Value, Problem)
	// Format shows a clean value as text that Parse reads back as the same value, with the same Locale.
	Format(v storage.Value, l *Locale) string
}

// The "expected" of the problems that types report, beside the names of types. They are for programs, and
// [Problem.Message] translates them.
const (
	expectedUTF8     = "UTF-8"
	expectedNoNUL    = "text without zero bytes"
	expectedLine     = "one line of text"
	expectedArea     = "text without control characters"
	expectedEmail    = "email"
	expectedURL      = "url"
	expectedPhone    = "phone"
	expectedInteger  = "integer"
	expectedDecimal  = "decimal"
	expectedPlain    = "number without separators or currency signs"
	expectedNoExp    = "number without an exponent"
	expectedBool     = "true or false"
	expectedDate     = "date YYYY-MM-DD"
	expectedDateTime = "date and time YYYY-MM-DD hh:mm:ss"
	expectedRealTime = "time that the time zone has"
	expectedPick     = "one of the pick list"
	expectedNoSemi   = "values without semicolons"
	expectedID       = "id"
)

func refuse(expected string) Problem {
	return Problem{CodeInvalid, Args{"expected": expected}}
}

func tooLong(limit, length int) Problem {
	return Problem{CodeInvalid, Args{"limit": limit, "length": length}}
}

// The "unit" of a limit and a length that count no characters.
const (
	unitDigits   = "digits"
	unitWhole    = "digits before the point"
	unitFraction = "decimal places"
)

func tooMany(unit string, limit, length int) Problem {
	return Problem{CodeInvalid, Args{"limit": limit, "length": length, "unit": unit}}
}

// mustBePositive guards the limits of the constructors, which come from source code.
func mustBePositive(what string, n int) {
	if n < 1 {
		panic(fmt.Sprintf("record: a type with %s %d", what, n))
	}
}

// trim returns s without the spaces around it, and without the byte order marks that are left when files are joined.
// Nothing is left of a text that nobody can see.
func trim(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || s[0] < utf8.RuneSelf && s[len(s)-1] < utf8.RuneSelf {
		return s
	}
	if strings.HasPrefix(s, byteOrderMark) || strings.HasSuffix(s, byteOrderMark) {
		s = strings.TrimFunc(s, blank)
	}
	if strings.IndexFunc(s, visible) < 0 {
		return ""
	}
	return s
}

const byteOrderMark = "\ufeff"

func blank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

// visible reports whether a character shows, or is a fault that must not be passed over.
func visible(r rune) bool {
	if r >= '\u3400' && r <= '\u9fff' || r > ' ' && r < '\x7f' {
		return true // Han and ASCII, the most of all
	}
	return r == utf8.RuneError || r != '\u2800' &&
		!unicode.In(r, unicode.White_Space, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// cleanLine returns s without the spaces around it, or why it is not one line of at most limit characters.
func cleanLine(s string, limit int) (string, Problem) {
	line := trim(s)
	for i := range len(line) {
		if c := line[i]; c < ' ' || c >= 0x7f {
			return line, badLine(line, limit)
		}
	}
	if len(line) > limit {
		return line, tooLong(limit, len(line))
	}
	return line, Problem{}
}

// badLine is the part of cleanLine for texts that are not plain ASCII.
func badLine(line string, limit int) Problem {
	if p := badText(line); !p.OK() {
		return p
	}
	n := 0
	for _, r := range line {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return refuse(expectedLine)
		}
		n++
	}
	if n > limit {
		return tooLong(limit, n)
	}
	return Problem{}
}

// badText says where s is no text that storage takes: valid UTF-8 without NUL.
func badText(s string) Problem {
	if at := strings.IndexByte(s, 0); at >= 0 {
		return Problem{CodeInvalid, Args{"expected": expectedNoNUL, "offset": at}}
	}
	if utf8.ValidString(s) {
		return Problem{}
	}
	for at := 0; ; {
		r, n := utf8.DecodeRuneInString(s[at:])
		if r == utf8.RuneError && n <= 1 {
			return Problem{CodeInvalid, Args{"expected": expectedUTF8, "offset": at}}
		}
		at += n
	}
}
