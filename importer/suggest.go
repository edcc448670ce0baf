package importer

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/clientele-go/crm/record"
)

// Suggestion is a field that a column of a file may stand for.
type Suggestion struct {
	Column int // of the file, from 1
	Header string
	Field  string
	By     Reason
	Score  float64 // how sure that is, from 0 to 1: a name 1, a label 0.95, an alias 0.9, and less by look
}

// scores are those of the reasons.
var scores = map[Reason]float64{ByName: 1, ByLabel: 0.95, ByAlias: 0.9}

// lookScore is the score of a header that looks the same as a name but for signs. One of four letters different, or one
// of two left out, is not like it any more.
const lookScore, leastLook = 0.8, 0.75

// Suggest says for which fields of a module the columns of a header may stand, the surest first for each column: for a form on
// which people see what a [Run] would do, and what it would pass over. It knows the fields that the actor may see and set.
func Suggest(ctx context.Context, m Module, header []string) (all []Suggestion, err error) {
	shape, err := m.AsRecords().Load(ctx)
	if err != nil {
		return nil, err
	}
	known := fieldNames(shape)
	type look struct{ name, field string }
	var looks []look
	for name, d := range known {
		if l := loosely(name); l != "" && (!d.ReadOnly || d.Name == idField) {
			looks = append(looks, look{l, d.Name})
		}
	}
	for i, h := range header {
		best := map[string]Suggestion{}
		suggest := func(field string, by Reason, score float64) {
			if score > best[field].Score {
				best[field] = Suggestion{i + 1, h, field, by, score}
			}
		}
		if d, ok := known[record.Fold(h)]; ok && (!d.ReadOnly || d.Name == idField) {
			suggest(d.Name, d.by, scores[d.by])
		} else if l := loosely(h); l != "" && !ok {
			for _, other := range looks {
				if like := likeness(l, other.name); like >= leastLook {
					suggest(other.field, ByLook, lookScore*like)
				}
			}
		}
		at := len(all)
		for _, s := range best {
			all = append(all, s)
		}
		slices.SortFunc(all[at:], func(a, b Suggestion) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Field, b.Field))
		})
	}
	return all, nil
}

// loosely is a header without all that is no letter and no digit.
func loosely(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, record.Fold(s))
}

// maxLook is how many letters are compared.
const maxLook = 100

// likeness is 1 for the same letters, and less by those that have to be changed, put in or left out, of the longer text.
func likeness(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	if len(x) > maxLook || len(y) > maxLook {
		return 0
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			change := diagonal
			if x[i] != y[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return 1 - float64(row[len(y)])/float64(max(len(x), len(y), 1))
}
