package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// format writes a number as it is stored.
func (n *Numbering) format(number int64) string {
	return fmt.Sprintf("%s%0*d%s", n.Prefix, n.Digits, number, n.Suffix)
}

// number returns which number a text of the format is of; ok is false for any other text.
func (n *Numbering) number(text string) (number int64, ok bool) {
	text, begins := strings.CutPrefix(text, n.Prefix)
	text, ends := strings.CutSuffix(text, n.Suffix)
	if !begins || !ends || text == "" || !asciiDigit(text[0]) {
		return 0, false // a sign is no digit
	}
	number, err := strconv.ParseInt(text, 10, 64)
	return number, err == nil
}

// checked returns the numbering with its defaults, or why it is refused.
func (n *Numbering) checked() (*Numbering, Problem) {
	c := Numbering{}
	if n != nil {
		c = *n
	}
	if c.Start == 0 {
		c.Start = 1
	}
	switch most := max(utf8.RuneCountInString(c.Prefix), utf8.RuneCountInString(c.Suffix)); {
	case c.Start < 0 || c.Digits < 0:
		return nil, refuse(expectedPositive)
	case most > maxNumberAffix:
		return nil, tooLong(maxNumberAffix, most)
	case c.Digits > maxNumberDigits || c.Start >= 1e15:
		return nil, tooMany(unitDigits, maxNumberDigits, max(c.Digits, len(fmt.Sprint(c.Start))))
	}
	return &c, exactly(AutoNumberType(), c.format(c.Start))
}

// mayMeet reports whether a number in one format could be the text of another number in the other. A number is never
// given twice, so that one format never meets itself.
func (n *Numbering) mayMeet(o *Numbering) bool {
	digit := func(s string) bool { return s != "" && asciiDigit(s[0]) }
	if n.Prefix == o.Prefix {
		return n.Suffix != o.Suffix && (digit(n.Suffix) || digit(o.Suffix))
	}
	longer, ok := strings.CutPrefix(n.Prefix, o.Prefix)
	if !ok {
		longer, ok = strings.CutPrefix(o.Prefix, n.Prefix)
	}
	return ok && digit(longer)
}

// formats returns those in which the numbers of an auto-number were given before it becomes next, but for that of next.
func (f *FieldLayout) formats(next *FieldLayout) (earlier []Numbering) {
	if f.Type != "autonumber" || next.Type != f.Type {
		return nil
	}
	affixes := func(n *Numbering) Numbering {
		if n == nil {
			return Numbering{}
		}
		return Numbering{Prefix: n.Prefix, Suffix: n.Suffix}
	}
	now := affixes(next.Number)
	for _, n := range append(slices.Clone(f.Earlier), affixes(f.Number)) {
		if n != now && !slices.Contains(earlier, n) {
			earlier = append(earlier, n)
		}
	}
	return earlier
}
