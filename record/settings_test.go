package record_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
)

// followFile names, for a child process, the database that it follows.
const followFile = "CRM_TEST_FOLLOW_FILE"

// promised is within what time a View goes by what another process has saved.
const promised = 5 * time.Second

// customNames is the custom fields that a session has of companies, as a View or an Update sees them.
func customNames(ctx context.Context, s *record.Session) (string, error) {
	r, err := s.Records("Companies")
	if err != nil {
		return "", err
	}
	shape, err := r.Load(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, d := range shape.Fields() {
		if d.Custom {
			names = append(names, d.Name)
		}
	}
	return strings.Join(names, " "), nil
}

// saveFields stores a layout of companies as these fields, from whatever it was.
func saveFields(ctx context.Context, s *record.Session, fields ...record.FieldLayout) error {
	return s.Update(ctx, func(s *record.Session) error {
		l, err := s.Layout(ctx, "Companies")
		if err != nil {
			return err
		}
		l.Fields = fields
		_, err = s.SaveLayout(ctx, "Companies", l, nil)
		return err
	})
}

// follow opens a database and answers, line by line, what it is asked: "update" creates a company without notes and "view"
// lists the custom fields, once the configuration that was seen last may be out of date.
func follow(ctx context.Context, file string, in io.Reader, out io.Writer) error {
	store, err := sqlite.Open(file, nil)
	if err != nil {
		return err
	}
	s, err := record.Open(ctx, store, []*record.Schema{companies.Schema}, nil)
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		answer := ""
		switch lines.Text() {
		case "update":
			answer = codes(companies.In(s).Create(ctx, &Company{Name: "theirs"}))
		case "view":
			s.Age(promised)
			if answer, err = customNames(ctx, s); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return err
		}
	}
	return store.Close()
}

// TestAnotherProcessSavesALayout asks of a process that had loaded the configuration before.
func TestAnotherProcessSavesALayout(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "crm.db")
	store, err := sqlite.Open(file, nil)
	require.NoError(t, err)
	f := newFixture(t, store, setup{})

	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env, cmd.Stderr = append(os.Environ(), followFile+"="+file), os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	ask := func(what string) string {
		_, err := fmt.Fprintln(in, what)
		require.NoError(t, err)
		require.True(t, lines.Scan(), lines.Err())
		return lines.Text()
	}

	require.Empty(t, ask("view"))
	x := record.FieldLayout{Name: "X", Type: "integer"}
	f.must(saveFields(f.ctx, f.s, x))
	require.Equal(t, "X", ask("view"))
	f.must(saveFields(f.ctx, f.s, x, record.FieldLayout{Name: "Notes", Required: true}))
	require.Equal(t, "0.Notes=MANDATORY_NOT_FOUND", ask("update"))
	f.must(saveFields(f.ctx, f.s, record.FieldLayout{Name: "Y", Type: "text"}))
	require.Equal(t, "<nil>", ask("update"))
	require.Equal(t, "Y", ask("view"))
	f.equal([]string{"theirs"}, f.names(record.Query{}))
	require.NoError(t, in.Close())
	require.NoError(t, cmd.Wait())
}

// unclosed is a store that another closes.
type unclosed struct{ storage.Store }

func (unclosed) Close() error { return nil }

// TestTwoSessionsOfOneStore has two sessions that know nothing of each other: on one store, and on two of one file.
func TestTwoSessionsOfOneStore(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) (a, b storage.Store){
		"memory": func(*testing.T) (a, b storage.Store) {
			a = memory.New(nil)
			return a, unclosed{a}
		},
		"sqlite": func(t *testing.T) (a, b storage.Store) {
			file := filepath.Join(t.TempDir(), "crm.db")
			a, err := sqlite.Open(file, nil)
			require.NoError(t, err)
			b, err = sqlite.Open(file, nil)
			require.NoError(t, err)
			return a, b
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := open(t)
			f, g := newFixture(t, ours, setup{}), newFixture(t, theirs, setup{})
			sees := func(s *record.Session) string {
				names, err := customNames(t.Context(), s)
				require.NoError(t, err)
				return names
			}
			f.make("a", record.ID{})
			require.Empty(t, sees(f.s)+sees(g.s)) // both have loaded the configuration

			x := record.FieldLayout{Name: "X", Type: "integer", Indexed: true}
			f.must(saveFields(f.ctx, f.s, x))
			g.must(g.s.Verify(g.ctx)) // by the rows that are due now
			c := &Company{Name: "b", Meta: record.Meta{Custom: map[string]storage.Value{"X": record.Custom(1)}}}
			g.must(g.companies.Create(g.ctx, c)) // the very next Update
			g.equal([]string{"a", "b"}, g.names(record.Query{Order: record.By("X")}))

			g.must(saveFields(g.ctx, g.s, x, record.FieldLayout{Name: "Y", Type: "text"}))
			f.s.Age(promised)
			require.Equal(t, "X Y", sees(f.s))

			// Who saves by what was loaded before is told, and can do it again.
			l, err := f.s.Layout(f.ctx, "Companies")
			f.must(err)
			g.must(saveFields(g.ctx, g.s, x))
			_, err = f.s.SaveLayout(f.ctx, "Companies", l, nil)
			require.ErrorIs(t, err, record.ErrStale)
			setting := &record.Setting{Name: "mine", Body: []byte("1")}
			f.must(f.s.SaveSetting(f.ctx, setting))
			require.ErrorIs(t, g.s.SaveSetting(g.ctx, &record.Setting{Name: "mine"}), record.ErrStale)
			g.s.Age(promised)
			found, err := g.s.Setting(g.ctx, "mine")
			g.must(err)
			require.Equal(t, "1", string(found.Body))
		})
	}
}

// delayed is a store whose next Update answers, when it has been committed, only after what it was given.
type delayed struct {
	storage.Store
	answer func()
}

func (d *delayed) Update(ctx context.Context, tenant string, fn func(storage.Tx) error) error {
	answer := d.answer
	d.answer = nil
	err := d.Store.Update(ctx, tenant, fn)
	if answer != nil {
		answer()
	}
	return err
}

// What an Update has saved is not taken for the newest when a later one was answered before it.
func TestAnswersOutOfOrder(t *testing.T) {
	t.Parallel()
	store := &delayed{Store: memory.New(nil)}
	f := newFixture(t, store, setup{})
	store.answer = func() { f.must(f.s.SaveSetting(f.ctx, &record.Setting{Name: "mine", Version: 1, Body: []byte("2")})) }
	f.must(f.s.SaveSetting(f.ctx, &record.Setting{Name: "mine", Body: []byte("1")}))
	found, err := f.s.Setting(f.ctx, "mine")
	f.must(err)
	f.equal("2", string(found.Body))
}
