package storage

import "math"

// PerRow reports whether f is an Among that asks to look for each row by itself. It is a hint for drivers; see Filter.Of.
func (f *Filter) PerRow() bool {
	if f.Op != Among || f.Along != "" {
		return false
	}
	if f.On == "id" {
		return f.Of.Index == "id"
	}
	ix := f.Of.Table.Index(f.Of.Index)
	return ix != nil && ix.Columns[0] == f.On
}

// Resolve returns f with each Among replaced by the In that it means. It is the definition of Among. find answers
// queries without any Among, which name the columns that are wanted, in any order of rows.
func Resolve(f Filter, find func(q *Query) ([]Row, error)) (Filter, error) {
	if f.Op != Among {
		sub := make([]Filter, len(f.Sub))
		for i := range f.Sub {
			var err error
			if sub[i], err = Resolve(f.Sub[i], find); err != nil {
				return Filter{}, err
			}
		}
		f.Sub = sub
		return f, nil
	}
	where, err := Resolve(f.Of.Where, find)
	if err != nil {
		return Filter{}, err
	}
	out := Filter{Op: In, Field: f.Field}
	on := func(r *Row) Value { return r.Values[0] }
	columns := []string{f.On}
	if f.On == "id" {
		on, columns = func(r *Row) Value { return RefValue(r.ID) }, []string{}
	}
	seen := map[Value]bool{}
	index := f.Of.Index
	for {
		rows, err := find(&Query{Table: f.Of.Table, Columns: columns, Where: where, Limit: math.MaxInt, Index: index})
		if err != nil {
			return Filter{}, err
		}
		first := len(out.Args)
		for i := range rows {
			if v := on(&rows[i]); !v.IsNull() && !seen[v] {
				seen[v] = true
				out.Args = append(out.Args, v)
			}
		}
		if f.Along == "" || first == len(out.Args) {
			return out, nil
		}
		where, index = Filter{Op: In, Field: f.Along, Args: out.Args[first:len(out.Args):len(out.Args)]}, ""
	}
}
