package record

import (
	"github.com/clientele-go/crm/storage"
)

// tags is the type of the system field Tag: several short texts of the users' own choosing.
type tags struct{ Type }

func tagType() Type {
	return tags{MultiPickListType(&PickValues{})}
}

// Multi reports that a value holds several.
func (tags) Multi() bool { return true }

// Clean refuses more than MaxTags tags and those of more than MaxTagLength characters.
func (t tags) Clean(v storage.Value) (storage.Value, Problem) {
	v, p := t.Type.Clean(v)
	if !p.OK() {
		return v, p
	}
	parts := SplitMulti(v.Text())
	if len(parts) > MaxTags {
		return v, Problem{Code: CodeLimit, Args: Args{"limit": MaxTags, "length": len(parts)}}
	}
	for _, tag := range parts {
		if n := len([]rune(tag)); n > MaxTagLength {
			return v, Problem{Code: CodeInvalid, Args: Args{"limit": MaxTagLength, "length": n}}
		}
	}
	return v, Problem{}
}
