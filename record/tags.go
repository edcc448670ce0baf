package record

// tagType is the type of the system field Tag: several short texts of the users' own choosing.
func tagType() Type {
	return multiType{"multiselectpicklist", MaxTags, &pickType{new(PickValues), MaxTagLength}}
}
