package account

import (
	"context"

	"github.com/clientele-go/crm/record"
)

// MemberColumns are the columns of the list of member accounts, by which it can be ordered too (Zoho: 客户名称, 电话, 网站,
// 客户类型, 行业, 年收入). The list is not to be changed.
var MemberColumns = []string{"Account_Name", "Phone", "Website", "Account_Type", "Industry", "Annual_Revenue"}

// Under is true of the account with this id and of all accounts below it.
func Under(id record.ID) record.Filter { return record.Under(ParentField, id) }

// Above is true of all accounts above the one with this id.
func Above(id record.ID) record.Filter { return record.Above(ParentField, id) }

// Members returns a page of the direct members of an account, by name unless q orders otherwise, and where the next page
// begins. It fails with ErrNotFound when there is no such account.
func (as *Accounts) Members(ctx context.Context, id record.ID, q record.Query) (members []*Account, next record.Cursor, err error) {
	if q.Order == nil {
		q.Order = record.By("Account_Name")
	}
	q.Where = record.And(record.Eq(ParentField, id), q.Where)
	err = as.Session().View(ctx, func(s *record.Session) error {
		in := as.In(s)
		if _, err := in.Get(ctx, id); err != nil {
			return err
		}
		members, next, err = in.List(ctx, q)
		return err
	})
	return members, next, err
}

// Ancestors returns the accounts above one, its parent first and its ultimate parent last.
func (as *Accounts) Ancestors(ctx context.Context, id record.ID) (up []*Account, err error) {
	err = as.Session().View(ctx, func(s *record.Session) error {
		in := as.In(s)
		a, err := in.Get(ctx, id)
		if err != nil {
			return err
		}
		above, _, err := in.List(ctx, record.Query{Where: Above(id), Limit: MaxDepth})
		if err != nil {
			return err
		}
		byID := make(map[record.ID]*Account, len(above))
		for _, p := range above {
			byID[p.ID] = p
		}
		up = nil
		for p := byID[a.ParentID]; p != nil && len(up) < MaxDepth; p = byID[p.ParentID] {
			up = append(up, p)
		}
		return nil
	})
	return up, err
}

// UltimateParent returns the topmost account above one: the account itself if it has no parent.
func (as *Accounts) UltimateParent(ctx context.Context, id record.ID) (top *Account, err error) {
	err = as.Session().View(ctx, func(s *record.Session) error {
		in := as.In(s)
		up, err := in.Ancestors(ctx, id)
		if err != nil {
			return err
		}
		if len(up) > 0 {
			top = up[len(up)-1]
			return nil
		}
		top, err = in.Get(ctx, id)
		return err
	})
	return top, err
}

// Node is an account and its members.
type Node struct {
	*Account
	Members []*Node // in the order of their names
}

// Tree returns an account with all that is below it, at most limit accounts; 0 is record.MaxLimit, and a limit may be no
// more. When there are more accounts, it is a *record.ValidationError with the code LIMIT_EXCEEDED, and Members is the way
// to read them by the page. It fails with ErrNotFound when there is no such account.
func (as *Accounts) Tree(ctx context.Context, id record.ID, limit int) (root *Node, err error) {
	if limit == 0 {
		limit = record.MaxLimit
	}
	err = as.Session().View(ctx, func(s *record.Session) error {
		in := as.In(s)
		if _, err := in.Get(ctx, id); err != nil {
			return err
		}
		all, next, err := in.List(ctx, record.Query{Where: Under(id), Order: record.By("Account_Name"), Limit: limit})
		if err != nil {
			return err
		}
		if next != "" {
			n, err := in.Count(ctx, record.Query{Where: Under(id)})
			if err != nil {
				return err
			}
			return &record.ValidationError{Fields: []record.FieldError{{Field: ParentField, Code: record.CodeLimit,
				Args: record.Args{"limit": limit, "length": n}}}}
		}
		nodes := make(map[record.ID]*Node, len(all))
		for _, a := range all {
			nodes[a.ID] = &Node{Account: a}
		}
		for _, a := range all {
			if p := nodes[a.ParentID]; p != nil && a.ID != id {
				p.Members = append(p.Members, nodes[a.ID])
			}
		}
		root = nodes[id]
		return nil
	})
	return root, err
}

// RollUp adds up values over an account and all below it: numbers of the accounts themselves, or of the records of other
// modules that link to them.
func (as *Accounts) RollUp(ctx context.Context, id record.ID, sums ...record.Sum) ([]record.Total, error) {
	return as.Records.RollUp(ctx, ParentField, id, sums...)
}
