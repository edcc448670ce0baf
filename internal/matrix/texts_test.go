package matrix

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// texts is everything that is in values: each text, id and number that can be reached from them, whether a caller can name
// it or only print it; what they are as JSON; and what errors say. Cursors are unpacked.
func texts(values ...any) string {
	t := &teller{seen: map[visit]bool{}}
	for _, v := range values {
		t.tell(reflect.ValueOf(v))
		if _, isError := v.(error); !isError {
			if text, err := json.Marshal(v); err == nil {
				t.add(string(text))
			}
		}
		t.add(fmt.Sprintf("%+v", v))
	}
	return t.b.String()
}

type visit struct {
	at uintptr
	of reflect.Type
}

type teller struct {
	b    strings.Builder
	seen map[visit]bool
}

func (t *teller) add(text string) { t.b.WriteString(text + "\n") }

// opaque are types that say what fields there are, and nothing of any record.
var opaque = []reflect.Type{reflect.TypeFor[record.Shape](), reflect.TypeFor[record.Schema]()}

var (
	typeOfID     = reflect.TypeFor[record.ID]()
	typeOfCursor = reflect.TypeFor[record.Cursor]()
)

func (t *teller) tell(v reflect.Value) {
	if !v.IsValid() {
		return
	}
	for _, o := range opaque {
		if v.Type() == o {
			return
		}
	}
	if v.CanInterface() && v.Kind() != reflect.Func {
		if err, ok := v.Interface().(error); ok && !(v.Kind() == reflect.Pointer && v.IsNil()) {
			t.add(err.Error())
		}
		if value, ok := v.Interface().(storage.Value); ok {
			t.add(value.Text())
		}
	}
	switch v.Kind() {
	case reflect.String:
		t.add(v.String())
		if v.Type() == typeOfCursor {
			b, _ := base64.RawURLEncoding.DecodeString(v.String())
			t.add(string(b))
		}
	case reflect.Pointer, reflect.Interface:
		if v.Kind() == reflect.Pointer {
			at := visit{v.Pointer(), v.Type()}
			if v.IsNil() || t.seen[at] {
				return
			}
			t.seen[at] = true
		}
		t.tell(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			t.tell(v.Field(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			t.tell(it.Key())
			t.tell(it.Value())
		}
	case reflect.Slice, reflect.Array:
		if v.Type() == typeOfID {
			var id record.ID
			for i := range id {
				id[i] = byte(v.Index(i).Uint())
			}
			t.add(id.String())
			return
		}
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Slice {
			t.add(string(v.Bytes()))
			return
		}
		for i := range v.Len() {
			t.tell(v.Index(i))
		}
	case reflect.Int64:
		t.add(fmt.Sprint(v.Int()))
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	id := record.NewID()
	type inner struct{ a, b any }
	cursor := record.Cursor(base64.RawURLEncoding.EncodeToString([]byte("\x01in a cursor")))
	got := texts(&inner{a: []any{"a text", map[string]any{"a key": record.Custom("a value")}}, b: []*inner{{a: id, b: cursor}}},
		fmt.Errorf("around: %w", &record.ValidationError{Fields: []record.FieldError{{Field: "F", Args: record.Args{"path": []record.ID{id}, "x": "an arg"}}}}),
		errors.Join(&record.ConflictError{Reason: "why"}))
	for _, want := range []string{"a text", "a key", "a value", id.String(), "in a cursor", "around: ", "an arg", "why"} {
		require.Contains(t, got, want)
	}
	require.Equal(t, 2, strings.Count(got, "\n"+id.String()+"\n"))
}
