package rights

import "github.com/clientele-go/crm/record"

// Default is what every user may do with every record of a module, whoever owns it, as far as their profile lets them.
type Default uint8

// The defaults of Zoho. Each opens to everyone the level of the same number: see the package comment for the rest.
const (
	Private Default = iota
	PublicReadOnly
	PublicReadWrite
	PublicReadWriteDelete
)

// opens reports whether everyone reaches every record at that level.
func (d Default) opens(level record.Level) bool { return d >= Default(level) }

// applies reports whether the tree of roles and the rules are applied. Zoho: under the two that let everybody write they
// are not.
func (d Default) applies() bool { return d < PublicReadWrite }
