package main

import (
	"strings"
	"unicode"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// picture is a tree of accounts as it is drawn: boxes, and lines from each to its members.
type picture struct {
	Width, Height int
	Boxes         []box
	Lines         []line
	TooLarge      bool // there are more accounts than are drawn
}

// box is an account.
type box struct {
	X, Y, W, H   int
	TextX, TextY int
	Text         string // as much of the name as a box has room for
	Name         string
	Href         string
	Here         bool // the account whose page it is
}

// line leads from an account to a member: along, down and along.
type line struct{ X1, Y1, Mid, X2, Y2 int }

// The measures of the drawing, in pixels. A name takes about so much of its size as its characters are wide.
const (
	drawn    = 100 // accounts at most
	boxH     = 34
	gapY     = 12
	gapX     = 44
	padX     = 14
	margin   = 4
	textSize = 14
	maxText  = 240 // of a name
)

// tree draws the whole tree that an account belongs to; nil when it is alone.
func (v *visit) tree(id record.ID) (*picture, error) {
	accounts := account.In(v.s)
	top, err := accounts.UltimateParent(v.ctx(), id)
	if err != nil {
		return nil, err
	}
	root, err := accounts.Tree(v.ctx(), top.ID, drawn)
	if isValidation(err) {
		return &picture{TooLarge: true}, nil
	}
	if err != nil {
		return nil, err
	}
	if len(root.Members) == 0 {
		return nil, nil
	}
	return draw(root, id), nil
}

// draw puts each account beside the middle of its members, which stand below each other.
func draw(root *account.Node, here record.ID) *picture {
	p := &picture{}
	widths := levels(root, 0, nil)
	left := make([]int, len(widths))
	x := margin
	for i, w := range widths {
		left[i] = x
		x += w + gapX
	}
	p.Width = x - gapX + margin
	y := margin
	var place func(n *account.Node, level int) (middle int)
	place = func(n *account.Node, level int) int {
		at := len(p.Boxes)
		p.Boxes = append(p.Boxes, box{})
		var middles []int
		for _, m := range n.Members {
			middles = append(middles, place(m, level+1))
		}
		middle := y + boxH/2
		if len(middles) > 0 {
			middle = (middles[0] + middles[len(middles)-1]) / 2
		} else {
			y += boxH + gapY
		}
		name := plain(n.Name)
		b := box{X: left[level], Y: middle - boxH/2, W: widths[level], H: boxH, Text: cut(name, maxText), Name: name, Href: "/accounts/" + n.ID.String(), Here: n.ID == here}
		b.TextX, b.TextY = b.X+padX, middle+textSize/3
		p.Boxes[at] = b
		for _, to := range middles {
			p.Lines = append(p.Lines, line{b.X + b.W, middle, b.X + b.W + gapX/2, left[level+1], to})
		}
		return middle
	}
	place(root, 0)
	p.Height = y - gapY + margin
	return p
}

// levels returns how wide the boxes of each level are.
func levels(n *account.Node, level int, widths []int) []int {
	if level == len(widths) {
		widths = append(widths, 0)
	}
	widths[level] = max(widths[level], measure(cut(plain(n.Name), maxText))+2*padX)
	for _, m := range n.Members {
		widths = levels(m, level+1, widths)
	}
	return widths
}

// measure returns how wide a text is, a little too wide rather than too narrow, since fonts differ.
func measure(s string) int {
	sum := 0
	for _, r := range s {
		sum += width(r)
	}
	return (sum*textSize + 99) / 100
}

// width returns how wide a character is, in hundredths of its size.
func width(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1f000: // pictures
		return 140
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6:
		return 102 // as high as it is wide
	case strings.ContainsRune("MWmw@%&—…", r):
		return 100
	case strings.ContainsRune("iljtfrI.,:;'|!()[] ", r):
		return 45
	case unicode.IsUpper(r):
		return 78
	case r > 0x2000:
		return 102
	}
	return 64
}

// cut returns as much of a text as is no wider than a width, with an ellipsis in place of the rest.
func cut(s string, most int) string {
	if measure(s) <= most {
		return s
	}
	end := 0
	for i := range s {
		if measure(s[:i])+textSize > most {
			break
		}
		end = i
	}
	return strings.TrimRight(s[:end], " ") + "…"
}
