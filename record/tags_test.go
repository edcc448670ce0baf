package record_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

func TestTags(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		create := func(tags ...string) (*Company, error) {
			c := &Company{Name: "a", Meta: record.Meta{Tags: tags}}
			return c, f.companies.Create(f.ctx, c)
		}
		many := make([]string, 120)
		for i := range many {
			many[i] = fmt.Sprint("t", i)
		}
		for _, tt := range []struct {
			tags []string
			code record.Code
			args record.Args
		}{
			{many[:record.MaxTags+1], record.CodeLimit, record.Args{"limit": 10, "length": 11}},
			{many, record.CodeLimit, record.Args{"limit": 10, "length": 120}},
			{[]string{strings.Repeat("é", 26)}, record.CodeInvalid, record.Args{"limit": 25, "length": 26}},
			{[]string{"ok", strings.Repeat("é", 130)}, record.CodeInvalid, record.Args{"limit": 25, "length": 130}},
			{[]string{"a;b"}, record.CodeInvalid, record.Args{"expected": "values without semicolons"}},
		} {
			_, err := create(tt.tags...)
			var ve *record.ValidationError
			require.ErrorAs(f, err, &ve)
			f.equal([]record.FieldError{{Field: "Tag", Code: tt.code, Args: tt.args}}, ve.Fields)
		}
		c, err := create(append(many[:record.MaxTags-1:record.MaxTags-1], " "+strings.Repeat("é", 25))...)
		f.must(err)
		f.equal(10, len(f.get(c.ID).Tags))
		c, err = create("-None-", "\u200b", " b ", "b", "B")
		f.must(err)
		f.equal([]string{"b", "B"}, c.Tags)
	})
}
