package importer

import (
	"encoding/json"
	"fmt"

	"github.com/clientele-go/crm/record"
)

// result is what a batch leaves to be read again: its faults and notes.
type result struct {
	Rows  []rowFaults `json:"rows,omitempty"` // that were not imported, in order
	Notes []Note      `json:"notes,omitempty"`
	Later []int       `json:"later,omitempty"` // rows of the batch that wait for others, in order
}

// rowFaults is the faults of one row.
type rowFaults struct {
	Row    int     `json:"row"` // of the batch
	Faults []Fault `json:"faults"`
}

// readResult reads what a batch left.
func readResult(done *record.Batch) (*result, error) {
	out := &result{}
	if len(done.Outcome) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(done.Outcome, out); err != nil {
		return nil, fmt.Errorf("importer: row %d: outcome: %w", done.First, err)
	}
	for _, row := range out.Rows {
		for _, f := range row.Faults {
			for name, arg := range f.Args {
				f.Args[name] = argument(name, arg)
			}
		}
	}
	return out, nil
}

// argument gives an arg of a fault the type that it had before it was JSON.
func argument(name string, arg any) any {
	switch arg := arg.(type) {
	case float64:
		return int(arg)
	case string:
		if id, err := record.ParseID(arg); err == nil && name == "record" {
			return id
		}
	case map[string]any:
		if name == "text" {
			english, _ := arg["english"].(string)
			chinese, _ := arg["chinese"].(string)
			return record.Words{English: english, Chinese: chinese}
		}
	case []any:
		if name == "lines" {
			lines := make([]int, len(arg))
			for i := range arg {
				n, _ := arg[i].(float64)
				lines[i] = int(n)
			}
			return lines
		}
		ids := make([]record.ID, len(arg))
		for i := range arg {
			text, _ := arg[i].(string)
			id, err := record.ParseID(text)
			if name != "path" || err != nil {
				return arg
			}
			ids[i] = id
		}
		return ids
	}
	return arg
}
