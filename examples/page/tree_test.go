package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

func node(name string, members ...*account.Node) *account.Node {
	return &account.Node{Account: &account.Account{Meta: record.Meta{ID: record.NewID()}, Name: name}, Members: members}
}

// TestDraw draws trees of several forms: no box lies on another, each text is within its box, and each line leads to a box.
func TestDraw(t *testing.T) {
	t.Parallel()
	deep := node("0")
	for i := range 20 {
		deep = node(fmt.Sprint(i), deep)
	}
	wide := node("top")
	for i := range 30 {
		wide.Members = append(wide.Members, node(strings.Repeat("W", i)))
	}
	for name, root := range map[string]*account.Node{
		"one": node("one"), "deep": deep, "wide": wide,
		"mixed": node("华信集团", node("华信软件（上海）有限公司", node("a"), node(strings.Repeat("很长的名称", 20))), node("M&W"), node("", node("x"), node("y"))),
	} {
		p := draw(root, root.ID)
		middles := map[int]bool{}
		for i, b := range p.Boxes {
			require.LessOrEqual(t, b.TextX-b.X+measure(b.Text)+padX/2, b.W, "%s: %q", name, b.Text)
			require.True(t, b.X >= 0 && b.Y >= 0 && b.X+b.W <= p.Width && b.Y+b.H <= p.Height, name)
			middles[b.Y+b.H/2] = true
			for _, o := range p.Boxes[:i] {
				require.True(t, b.X+b.W <= o.X || o.X+o.W <= b.X || b.Y+b.H <= o.Y || o.Y+o.H <= b.Y, "%s: %q on %q", name, b.Text, o.Text)
			}
		}
		require.Len(t, p.Lines, len(p.Boxes)-1, name)
		for _, l := range p.Lines {
			require.True(t, middles[l.Y1] && middles[l.Y2] && l.X1 < l.Mid && l.Mid < l.X2, name)
		}
		require.True(t, p.Boxes[0].Here)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	require.Equal(t, "short", cut("short", 100))
	require.InDelta(t, 2*measure("国"), measure("国国"), 1)
	require.Greater(t, measure("国"), measure("a"))
	long := strings.Repeat("国a ", 50)
	require.LessOrEqual(t, measure(cut(long, 100)), 100)
	require.True(t, strings.HasSuffix(cut(long, 100), "…"))
	require.Zero(t, measure("\u0301\u200b"))
}

// TestTree is on the pages of all accounts of a tree, and says so when it cannot be drawn.
func TestTree(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	for _, name := range []string{chief, "Northwind Iberia"} {
		page := s.page("/accounts/" + s.account(name).ID.String())
		require.Equal(t, 6, strings.Count(page, "<rect "), name)
		require.Contains(t, page, `class="here" aria-current="page"><title>`+name+`</title>`)
	}
	alone := "/accounts/" + s.account("Fabrikam Studio").ID.String()
	require.Contains(t, s.page(alone), "This account has neither a parent nor members.")
	for i := range drawn {
		require.NoError(t, s.org.Accounts.Create(t.Context(), &account.Account{Name: fmt.Sprint(i), ParentID: s.account("Fabrikam Studio").ID}))
	}
	require.Contains(t, s.page(alone), "more accounts than can be drawn")
}
