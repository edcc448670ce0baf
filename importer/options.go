package importer

import (
	"io"

	"github.com/clientele-go/crm/record"
)

// Mode is what an import does with rows that match a record, and with those that do not.
type Mode string

// The modes.
const (
	Upsert Mode = "upsert" // update what matches, create the rest
	Add    Mode = "add"    // create, and skip what matches
	Update Mode = "update" // update what matches, and skip the rest
	Clone  Mode = "clone"  // create always, without matching
)

// Module is the records of any module, such as Org.Accounts.
type Module interface{ AsRecords() *record.Records }

// Options adjust a Run. The zero value is ready to use.
type Options struct {
	Mode Mode // default Upsert

	// Match is the API names of the fields, or "id", that tell which record a row is of; none in mode Clone. At least one
	// should have an index (a folded field, a lookup, the id), or each batch looks through all records. Default: the
	// module's name field.
	Match []string

	Columns map[string]string       // the API name of the field of a column, by its header, or "" to pass it over; default by name and label
	Fields  map[string]FieldOptions // how the cells of a field are read, by its API name
	Key     string                  // at most one run for each key: the same key goes on where an interrupted run ended; default a new run each time

	// Resume goes on with the actor's last run of this file with these options that has not ended, where it was interrupted; one that
	// goes on at this moment is joined, and the two are one job, in which each row has one outcome. When all have ended, a new one
	// begins. It needs a source with a digest, such as a File, and no Key. Default: a new run each time.
	Resume bool

	// Batch is how many rows a transaction has, fewer where their cells take 3 MB of memory together. What becomes of a row does not
	// depend on it. Default: as many as go without keeping others waiting. A run begins with 1,000; a transaction that did
	// not wait for another writer lets the next be twice as large, up to 8,192 rows, and one that did makes the next such
	// that it takes some 25 ms, at least 100 rows.
	Batch int

	// Planned is what [Plan] returned for this file and these options, or one with its Token: the run does that and nothing else, or
	// stops with a *PlanError before the first transaction that would differ. Default none.
	Planned *Planned

	Rejects  io.Writer      // gets the failed rows as CSV, to be mended and imported again, those that waited for other rows last; default none
	Progress func(Progress) // is told after each batch; default none
}

// Progress is how far a run has come.
type Progress struct {
	record.Counts
	Bytes, Size int64 // of the file, where the source knows; Bytes never go back, and come to Size
}
