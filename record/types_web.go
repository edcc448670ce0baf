package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
)

// validate has the rules for what is worth no rules of our own. Its tags come from this file only: it panics on one that
// it does not know.
var validate = validator.New()

const (
	ruleEmail = "email"
	ruleURL   = "http_url"
)

// isEmail reports whether a line is an e-mail address.
func isEmail(s string) bool { return plainEmail(s) || validEmail(s) }

// plainEmail is the fast way for what most addresses are: ASCII letters, digits and . _ + -. It takes nothing that
// validEmail refuses.
func plainEmail(s string) bool {
	at := strings.IndexByte(s, '@')
	if at < 1 {
		return false
	}
	before := byte('.')
	for i := range at {
		c := s[i]
		if !asciiLetter(c) && !asciiDigit(c) && c != '_' && c != '+' && c != '-' && (c != '.' || before == '.') {
			return false
		}
		before = c
	}
	if before == '.' {
		return false
	}
	labels, letters := plainHost(s[at+1:])
	return labels > 1 && letters
}

func validEmail(s string) bool {
	at := strings.IndexByte(s, '@')
	if at < 1 || s[0] == '"' || strings.IndexByte(s[at:], '.') < 0 {
		return false
	}
	for _, r := range s {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return false
		}
	}
	return validate.Var(s, ruleEmail) == nil
}

// isURL reports whether a line is a web address.
func isURL(s string) bool {
	rest, ok := cutScheme(s)
	if !ok {
		return false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return plainURL(rest[:end], rest[end:]) || validURL(rest[:end], rest[end:])
}

// cutScheme returns what follows the scheme. ok is false for any scheme but those of the web and ftp. One that no // follows
// is left for the host's rules to refuse, since it looks like a host with a port.
func cutScheme(s string) (rest string, ok bool) {
	scheme, rest, found := strings.Cut(s, "://")
	switch {
	case !found || strings.ContainsAny(scheme, "/?#"):
		return s, true
	case strings.EqualFold(scheme, "https"), strings.EqualFold(scheme, "http"), strings.EqualFold(scheme, "ftp"):
		return rest, true
	}
	return "", false
}

// plainURL is the fast way for what most addresses are: a host of ASCII letters, digits and -, and a path and query
// without escapes. It takes nothing that validURL refuses.
func plainURL(host, rest string) bool {
	if labels, _ := plainHost(host); labels < 2 {
		return false
	}
	for i := range len(rest) {
		if c := rest[i]; !asciiLetter(c) && !asciiDigit(c) && strings.IndexByte("/-._~?=&+,;:@!$()*#", c) < 0 {
			return false
		}
	}
	return true
}

// validURL asks the validator, which knows no address without a scheme, and none of ftp.
func validURL(host, rest string) bool {
	name, _, _ := strings.Cut(host, ":")
	labels := 0
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		labels++
	}
	if labels < 2 {
		return false
	}
	for _, r := range name {
		if r < utf8.RuneSelf && !asciiLetter(byte(r)) && !asciiDigit(byte(r)) && r != '.' && r != '-' && r != '_' {
			return false
		}
		if r >= utf8.RuneSelf && !unicode.In(r, unicode.L, unicode.M, unicode.N) {
			return false
		}
	}
	for _, r := range rest {
		if r == '\\' || r == '<' || r == '>' || r == '"' || unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return false
		}
	}
	return validate.Var("http://"+host+rest, ruleURL) == nil
}

// plainHost counts the labels of a host of ASCII letters, digits and -, and reports whether the last is all letters. It
// gives 0 for any other host.
func plainHost(s string) (labels int, letters bool) {
	before := byte('.')
	labels, letters = 1, true
	for i := range len(s) {
		c := s[i]
		switch {
		case asciiLetter(c):
		case asciiDigit(c):
			letters = false
		case c == '-' && before != '.':
			letters = false
		case c == '.' && before != '.' && before != '-':
			labels, letters = labels+1, true
		default:
			return 0, false
		}
		before = c
	}
	if before == '.' || before == '-' {
		return 0, false
	}
	return labels, letters
}
