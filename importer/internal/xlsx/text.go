package xlsx

import (
	"bytes"
	"context"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// content appends the text of the element e, which has begun, and moves behind its end. What is in dst from start
// on is not longer than a cell may be.
func (s *scanner) content(ctx context.Context, e element, dst []byte, start int) ([]byte, error) {
	for {
		i := bytes.IndexByte(s.buf[s.pos:], '<')
		for i < 0 {
			if err := s.more(ctx); err != nil {
				return nil, err
			}
			i = bytes.IndexByte(s.buf[s.pos:], '<')
		}
		end := s.pos + i
		var ok bool
		if dst, ok = s.appendText(dst, end); !ok {
			return nil, s.fail(grid.Damaged, noEntity)
		}
		s.pos = end
		if len(dst)-start > grid.MaxCell {
			return nil, s.fail(grid.TooLarge, "a text")
		}
		if s.accept(e.end) {
			return dst, nil
		}
		t, found, err := s.markup(ctx)
		if err == nil && !found && s.cdata() {
			dst, err = s.appendCDATA(ctx, dst)
		}
		switch {
		case err != nil:
			return nil, err
		case !found:
		case t.ends(e.name):
			return dst, nil
		default:
			return nil, s.fault(t.at, "an element within a text")
		}
	}
}

const noEntity = "an entity that XML does not have"

// appendText appends the text up to end. It is not ok when there is an entity that XML does not have.
func (s *scanner) appendText(dst []byte, end int) (text []byte, ok bool) {
	if s.amp.next(s.buf, '&', s.pos) >= end && s.ret.next(s.buf, '\r', s.pos) >= end {
		return append(dst, s.buf[s.pos:end]...), true
	}
	return appendUnescaped(dst, s.buf[s.pos:end])
}

// appendUnescaped appends text with its entities as what they stand for, and with line ends as XML has them. It is not ok
// when there is an entity that XML does not have.
func appendUnescaped(dst, text []byte) (all []byte, ok bool) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return appendLines(dst, text), true
		}
		dst = appendLines(dst, text[:i])
		end := bytes.IndexByte(text[i:], ';')
		if end < 0 {
			return dst, false
		}
		r, ok := entity(string(text[i+1 : i+end]))
		if !ok {
			return dst, false
		}
		dst = utf8.AppendRune(dst, r)
		text = text[i+end+1:]
	}
}

// appendLines appends text with every line end as \n.
func appendLines(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '\r')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(append(dst, text[:i]...), '\n')
		if text = text[i+1:]; len(text) > 0 && text[0] == '\n' {
			text = text[1:]
		}
	}
}

// entity returns what a name between & and ; stands for.
func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && utf8.ValidRune(rune(n)) && isCharacter(rune(n))
}

// appendCDATA appends the character data at pos.
func (s *scanner) appendCDATA(ctx context.Context, dst []byte) ([]byte, error) {
	for {
		text := s.buf[s.pos+len(cdataStart):]
		if i := bytes.Index(text, []byte("]]>")); i >= 0 {
			s.pos += len(cdataStart) + i + len("]]>")
			return appendLines(dst, text[:i]), nil
		}
		if err := s.more(ctx); err != nil {
			return nil, err
		}
	}
}

// richText appends the text of the element e, which has begun and has texts and runs of them, and moves behind its
// end. How it is pronounced, which phonetic runs say, is no part of the text.
func (s *scanner) richText(ctx context.Context, e element, dst []byte, start int) ([]byte, error) {
	run := false
	for {
		switch {
		case s.accept(s.t.start):
			var err error
			if dst, err = s.text(ctx, dst, start); err != nil {
				return nil, err
			}
			continue
		case !run && s.accept(e.end):
			return dst, nil
		}
		t, err := s.next(ctx)
		switch {
		case err != nil:
		case t.is("t"):
			if t.kind == opening {
				dst, err = s.text(ctx, dst, start)
			}
		case t.is("r") && !run:
			run = t.kind == opening
		case t.ends("r") && run:
			run = false
		case t.ends(e.name) && !run:
			return dst, nil
		case t.is("rPh"), t.is("rPr"), t.is("phoneticPr"):
			err = s.skip(ctx, t)
		default:
			err = s.unexpected(ctx, t)
		}
		if err != nil {
			return nil, err
		}
	}
}

// text appends the text of a t, which has begun.
func (s *scanner) text(ctx context.Context, dst []byte, start int) ([]byte, error) {
	from := len(dst)
	dst, err := s.content(ctx, s.t, dst, start)
	if err != nil {
		return nil, err
	}
	return unescape(dst, from), nil
}

// unescape puts characters in the place of _xHHHH_ in text[from:], which is how cells have those that XML forbids. Half a
// character, which is none without the other half beside it, stays as it is.
func unescape(text []byte, from int) []byte {
	i := bytes.IndexByte(text[from:], '_')
	if i < 0 {
		return text
	}
	out, rest := text[:from+i], text[from+i:]
	for len(rest) > 0 {
		r, ok := escaped(rest)
		n := len("_xHHHH_")
		if ok && utf16.IsSurrogate(r) {
			var low rune
			low, ok = escaped(rest[n:])
			r = utf16.DecodeRune(r, low)
			n *= 2
			ok = ok && r != utf8.RuneError
		}
		if !ok {
			out, rest = append(out, rest[0]), rest[1:]
			continue
		}
		out, rest = utf8.AppendRune(out, r), rest[n:]
	}
	return out
}

// escaped returns the character of the _xHHHH_ that text begins with.
func escaped(text []byte) (rune, bool) {
	if len(text) < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}

// attribute returns an attribute's value.
func (s *scanner) attribute(t tag, value []byte) (string, error) {
	var ok bool
	if s.plain, ok = appendUnescaped(s.plain[:0], value); !ok {
		return "", s.fault(t.at, noEntity)
	}
	return string(s.plain), nil
}
