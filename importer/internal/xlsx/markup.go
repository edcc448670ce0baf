package xlsx

import (
	"bytes"
	"context"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// maxDepth is how deep elements may be nested where it does not matter what they are.
const maxDepth = 1000

// scanner reads the markup of a part.
type scanner struct {
	window
	prefix string  // of the root's name
	t      element // a text
	open   []int   // where the names of the open elements end in names, while they are skipped
	names  []byte
	plain  []byte // of the attribute that was read last
}

// element is the name of an element, and its tags as they nearly always are: with the prefix of the root, and nothing else
// but attributes.
type element struct{ name, start, begins, end string }

func (s *scanner) element(name string) element {
	full := name
	if s.prefix != "" {
		full = s.prefix + ":" + name
	}
	return element{name, "<" + full + ">", "<" + full + " ", "</" + full + ">"}
}

// kind says whether a tag begins or ends an element, or both.
type kind uint8

const (
	opening kind = iota
	closing
	empty // <name/>
)

// tag is a tag of an element. Its slices are good until the scanner reads on.
type tag struct {
	kind   kind
	prefix []byte
	name   []byte // without prefix
	attrs  []byte
	at     int64 // the part's offset
}

// is reports whether an element of that name begins.
func (t tag) is(name string) bool { return t.kind != closing && string(t.name) == name }

// ends reports whether an element of that name ends, which began with a tag of its own.
func (t tag) ends(name string) bool { return t.kind == closing && string(t.name) == name }

// begin reads the declaration and the root's tag, which has to be of that name.
func (s *scanner) begin(ctx context.Context, name string) (tag, error) {
	t, err := s.root(ctx)
	if err == nil && !t.is(name) {
		err = s.fault(t.at, "the root is not "+name)
	}
	return t, err
}

// root reads the declaration and the root's tag.
func (s *scanner) root(ctx context.Context) (tag, error) {
	if err := s.declaration(ctx); err != nil {
		return tag{}, err
	}
	t, err := s.next(ctx)
	s.prefix = string(t.prefix)
	s.t = s.element("t")
	return t, err
}

// declaration looks at the encoding that the part says it has. The text itself tells UTF-8 from UTF-16.
func (s *scanner) declaration(ctx context.Context) error {
	r, err := utf8Of(s.r)
	if err != nil {
		return err
	}
	s.r = r
	if err := s.more(ctx); err != nil {
		return err
	}
	if bytes.HasPrefix(s.buf, []byte("\ufeff")) {
		s.pos = len("\ufeff")
	}
	text, declared := bytes.CutPrefix(s.buf[s.pos:], []byte("<?xml "))
	if !declared {
		return nil
	}
	text, _, _ = bytes.Cut(text, []byte("?>"))
	a := attributes{rest: text}
	for a.next() {
		if string(a.name) != "encoding" {
			continue
		}
		switch strings.ToLower(string(a.value)) {
		case "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii":
		default:
			return s.fail(grid.Damaged, "an encoding other than UTF-8 and UTF-16")
		}
	}
	return s.skipPast(ctx, "?>")
}

// next returns the next tag. There must be nothing before it but white space, comments and processing instructions.
func (s *scanner) next(ctx context.Context) (tag, error) {
	for {
		for s.pos < len(s.buf) && isSpace(s.buf[s.pos]) {
			s.pos++
		}
		if s.pos == len(s.buf) {
			if err := s.more(ctx); err != nil {
				return tag{}, err
			}
			continue
		}
		if s.buf[s.pos] != '<' {
			return tag{}, s.fail(grid.Damaged, "text between elements")
		}
		t, found, err := s.markup(ctx)
		if found || err != nil {
			return t, err
		}
		if s.cdata() {
			return tag{}, s.fail(grid.Damaged, "text between elements")
		}
	}
}

// markup reads what begins with the < at pos. It is no tag when that is a comment or a processing instruction, which are
// left behind, or the beginning of character data, which is not.
func (s *scanner) markup(ctx context.Context) (t tag, found bool, err error) {
	for len(s.buf)-s.pos < len(cdataStart) {
		if err := s.more(ctx); err != nil {
			if s.pos+1 < len(s.buf) && s.buf[s.pos+1] != '!' && s.buf[s.pos+1] != '?' {
				break // a short tag is the last there is
			}
			return tag{}, false, err
		}
	}
	switch s.buf[s.pos+1] {
	case '?':
		return tag{}, false, s.skipPast(ctx, "?>")
	case '!':
		switch {
		case bytes.HasPrefix(s.buf[s.pos:], []byte("<!--")):
			s.pos += len("<!--")
			return tag{}, false, s.skipPast(ctx, "-->")
		case s.cdata():
			return tag{}, false, nil
		}
		return tag{}, false, s.fail(grid.Damaged, "a document type")
	}
	t, err = s.tag(ctx)
	return t, err == nil, err
}

const cdataStart = "<![CDATA["

// cdata reports whether character data begins at pos.
func (s *scanner) cdata() bool { return bytes.HasPrefix(s.buf[s.pos:], []byte(cdataStart)) }

// tag reads the tag at pos.
func (s *scanner) tag(ctx context.Context) (tag, error) {
	end := tagEnd(s.buf, s.pos+1)
	for end < 0 {
		if err := s.more(ctx); err != nil {
			return tag{}, err
		}
		end = tagEnd(s.buf, s.pos+1)
	}
	raw := s.buf[s.pos+1 : end]
	t := tag{at: s.offset()}
	switch {
	case len(raw) == 0:
		return tag{}, s.fail(grid.Damaged, "a tag without a name")
	case raw[0] == '/':
		t.kind = closing
		raw = raw[1:]
	case raw[len(raw)-1] == '/':
		t.kind = empty
		raw = raw[:len(raw)-1]
	}
	colon, i := -1, 0
	for i < len(raw) && !isSpace(raw[i]) {
		if raw[i] == ':' {
			colon = i
		}
		i++
	}
	if t.name, t.attrs = raw[colon+1:i], raw[i:]; colon >= 0 {
		t.prefix = raw[:colon]
	}
	if len(t.name) == 0 {
		return tag{}, s.fail(grid.Damaged, "a tag without a name")
	}
	s.pos = end + 1
	return t, nil
}

// tagOf returns the next tag if e begins with it and has attributes. It need not be in the window when it is not ok.
func (s *scanner) tagOf(e element) (t tag, ok bool) {
	start := s.pos
	if !s.accept(e.begins) {
		return t, false
	}
	from, end := s.pos, tagEnd(s.buf, s.pos)
	if end < 0 {
		s.pos = start
		return t, false
	}
	t.at, s.pos = s.base+int64(start), end+1
	if s.buf[end-1] == '/' {
		t.kind = empty
		end--
	}
	t.attrs = s.buf[from:end]
	return t, true
}

// tagEnd returns the place of the > that ends the tag that p is in, or -1 when buf does not have it.
func tagEnd(buf []byte, p int) int {
	var quote byte
	for ; p < len(buf); p++ {
		switch c := buf[p]; c {
		case '>':
			if quote == 0 {
				return p
			}
		case '"', '\'':
			if quote == 0 {
				quote = c
			} else if quote == c {
				quote = 0
			}
		}
	}
	return -1
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// fault returns an error at an offset of the part.
func (s *scanner) fault(at int64, detail string) error {
	return &grid.Error{Code: grid.Damaged, Offset: at, Detail: detail}
}

// unexpected is called for a tag that does not belong where it is. Elements of other namespaces and extensions may be
// anywhere, and are skipped.
func (s *scanner) unexpected(ctx context.Context, t tag) error {
	if t.kind != closing && (string(t.prefix) != s.prefix || string(t.name) == "extLst") {
		return s.skip(ctx, t)
	}
	return s.fault(t.at, "an element out of its place")
}

// each calls fn with the tag of each child of that name. What the children have within is skipped.
func (s *scanner) each(ctx context.Context, parent tag, name string, fn func(tag) error) error {
	if parent.kind == empty {
		return nil
	}
	end := string(parent.name)
	for {
		t, err := s.next(ctx)
		switch {
		case err != nil:
			return err
		case t.ends(end):
			return nil
		case t.kind == closing:
			return s.fault(t.at, "the end of another element")
		case t.is(name):
			err = fn(t)
		}
		if err == nil {
			err = s.skip(ctx, t)
		}
		if err != nil {
			return err
		}
	}
}

// skip moves behind the element that begins with t.
func (s *scanner) skip(ctx context.Context, t tag) error {
	if t.kind == empty {
		return nil
	}
	s.names, s.open = s.names[:0], s.open[:0]
	for {
		switch t.kind {
		case opening:
			if len(s.open) == maxDepth {
				return s.fault(t.at, "elements that are nested too deep")
			}
			s.open = append(s.open, len(s.names))
			s.names = append(s.names, t.name...)
		case closing:
			last := s.open[len(s.open)-1]
			if !bytes.Equal(s.names[last:], t.name) {
				return s.fault(t.at, "the end of another element")
			}
			if s.names, s.open = s.names[:last], s.open[:len(s.open)-1]; len(s.open) == 0 {
				return nil
			}
		}
		for found := false; !found; {
			var err error
			if err = s.skipText(ctx); err != nil {
				return err
			}
			if t, found, err = s.markup(ctx); err != nil {
				return err
			}
		}
	}
}

// skipText moves to the next < of markup.
func (s *scanner) skipText(ctx context.Context) error {
	for {
		if i := bytes.IndexByte(s.buf[s.pos:], '<'); i >= 0 {
			s.pos += i
			if !s.cdata() {
				return nil
			}
			if err := s.skipPast(ctx, "]]>"); err != nil {
				return err
			}
			continue
		}
		s.pos = len(s.buf)
		if err := s.more(ctx); err != nil {
			return err
		}
	}
}

// attributes are those of a tag, one after the other.
type attributes struct {
	rest  []byte
	name  []byte // with its prefix
	value []byte // as it stands
	bad   bool   // the rest is no attribute
}

// next moves to the next attribute.
func (a *attributes) next() bool {
	b := a.rest
	i := 0
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i == len(b) {
		return false
	}
	start := i
	for i < len(b) && b[i] != '=' && !isSpace(b[i]) {
		i++
	}
	a.name = b[start:i]
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i == len(b) || b[i] != '=' || len(a.name) == 0 {
		a.bad = true
		return false
	}
	i++
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	if i == len(b) || b[i] != '"' && b[i] != '\'' {
		a.bad = true
		return false
	}
	end := i + 1
	for end < len(b) && b[end] != b[i] { // values are short
		end++
	}
	if end == len(b) {
		a.bad = true
		return false
	}
	a.value, a.rest = b[i+1:end], b[end+1:]
	return true
}
