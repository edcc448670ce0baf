package relations_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

func TestActions(t *testing.T) {
	t.Parallel()
	allowed := func(policy record.Policy) string {
		org := crmtest.Open(t, memory.New(nil), &crm.Options{Actor: "ann", Policy: policy, Locale: record.Locale{Language: record.Chinese}})
		list, err := relations.ActionsOf(t.Context(), org.Session(), on(t, org.AsSystem(), "Acme"))
		if err != nil {
			return err.Error()
		}
		var names []string
		for _, a := range list {
			if a.Allowed {
				names = append(names, a.Title)
			}
		}
		require.Len(t, list, 8)
		return strings.Join(names, " ")
	}
	require.Equal(t, "编辑 复制 删除 共享 更改所有者 添加备注 添加附件 定制页面", allowed(nil))
	require.Equal(t, "编辑 复制 删除 添加备注 添加附件", allowed(without{level: record.LevelFull}))
	require.Equal(t, "编辑 复制 添加备注 添加附件", allowed(without{level: record.LevelWrite}))
	require.Equal(t, "复制", allowed(without{level: record.LevelRead}))
	require.Equal(t, "编辑 添加备注 添加附件", allowed(without{account.Module, record.RightCreate, record.LevelWrite}))
	require.Equal(t, "编辑 复制 添加附件", allowed(without{relations.NoteModule, record.RightCreate, record.LevelWrite}))
	require.Contains(t, allowed(without{}), "not found")
}
