package importer

import (
	"context"
	"hash/maphash"
	"slices"
	"strings"
)

// waiting is the rows that wait for others of the file: a row links to a record of its own module that is not there, and may come
// with another row. They have their turn when all rows were read, in as many passes through the source as bring one of them
// further.
type waiting struct {
	passes int    // that were made before this one
	base   int64  // the number of the pass's first row, in the count of rows of all passes
	turns  rowSet // rows of this pass; all in the first
	next   rowSet // rows of the next
	count  int64  // of next
	read   int64  // rows that had their turn in this pass
}

// rowSet is a set of rows.
type rowSet []uint64

func (b rowSet) has(n int64) bool { return n>>6 < int64(len(b)) && b[n>>6]&(1<<(n&63)) != 0 }

func (b *rowSet) set(n int64) {
	for n>>6 >= int64(len(*b)) {
		*b = append(*b, 0)
	}
	(*b)[n>>6] |= 1 << (n & 63)
}

// turn reports whether a row of the source has its turn in this pass.
func (l *waiting) turn(n int64) bool { return l.passes == 0 || l.turns.has(n) }

// add has a row wait for the next pass.
func (l *waiting) add(n int64) {
	l.next.set(n)
	l.count++
}

func (l *waiting) any() bool { return l.count > 0 }

// another begins the next pass, whose rows are those that wait.
func (l *waiting) another() {
	l.passes++
	l.base, l.read = l.base+l.read, 0
	l.turns, l.next, l.count = l.next, nil, 0
}

// knot is a row that waits for others, by the hashes of names.
type knot struct {
	line  int
	names []uint64 // by field of selves
	above []uint64 // by column that links to the same module; 0 for none
}

// findCycles returns, for each row that waits and is above itself, the lines of the rows between, from it on.
func (r *run) findCycles(ctx context.Context) (map[int][]int, error) {
	seed := maphash.MakeSeed()
	hash := func(by lookup, cell string) uint64 {
		if cell = by.key(strings.TrimSpace(cell)); cell == "" {
			return 0
		}
		return maphash.String(seed, cell) | 1
	}
	var links []*column
	for _, n := range r.m.links {
		if c := &r.m.imported[n]; c.by.module == r.shape.Module {
			links = append(links, c)
		}
	}
	var knots []knot
	at := map[int]map[uint64]int{} // by field: the rows by name
	n := int64(-1)
	for row, err := range r.src.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		if n++; !r.later.next.has(n) || row.Problem != nil {
			continue
		}
		k := knot{line: row.Line}
		for f, by := range r.selves {
			name := uint64(0)
			if p := r.m.position(by.field); p >= 0 {
				name = hash(by, r.m.cell(&row, &r.m.imported[p]))
			}
			k.names = append(k.names, name)
			if at[f] == nil {
				at[f] = map[uint64]int{}
			}
			if _, taken := at[f][name]; name != 0 && !taken {
				at[f][name] = len(knots)
			}
		}
		for _, c := range links {
			k.above = append(k.above, hash(c.by, r.m.cell(&row, c)))
		}
		knots = append(knots, k)
	}
	found := map[int][]int{}
	for i := range links {
		f := slices.Index(r.selves, links[i].by)
		up := func(k int) int {
			if above := knots[k].above[i]; above != 0 {
				if j, ok := at[f][above]; ok {
					return j
				}
			}
			return -1
		}
		state := make([]int, len(knots)) // 0 not seen, then the walk that saw it
		for k := range knots {
			walk := k + 1
			j := k
			for j >= 0 && state[j] == 0 {
				state[j] = walk
				j = up(j)
			}
			if j < 0 || state[j] != walk {
				continue
			}
			var cycle []int
			for m := j; len(cycle) == 0 || m != j; m = up(m) {
				cycle = append(cycle, m)
			}
			for at, m := range cycle {
				var lines []int
				for _, n := range slices.Concat(cycle[at:], cycle[:at]) {
					lines = append(lines, knots[n].line)
				}
				found[knots[m].line] = append(lines, knots[m].line)
			}
		}
	}
	return found, nil
}

// cell returns the cell of a column, as it was before a report of ours.
func (m *mapping) cell(row *Row, c *column) string {
	if c.at >= len(row.Cells) {
		return ""
	}
	cell := row.Cells[c.at]
	if m.ours {
		cell = plainCell(cell)
	}
	return cell
}
