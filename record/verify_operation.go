package record

import (
	"bytes"
	"context"

	"github.com/clientele-go/crm/storage"
)

// verifyOperations checks that each operation accounts for its rows, and for the records that say that it created them.
func (s *Session) verifyOperations(ctx context.Context, found *VerifyError, created map[ID]int) error {
	err := s.each(ctx, storage.Query{Table: operations}, func(rows []storage.Row) error {
		for i := range rows {
			op := readOperation(&rows[i])
			var sum Counts
			next := map[int64]int64{}
			q := storage.Query{Table: batches, Index: "operation", Where: eq("operation", storage.RefValue(op.ID))}
			err := s.each(ctx, q, func(rows []storage.Row) error {
				for _, row := range rows {
					again, c := row.Values[5].Int64(), readCounts(row.Values[6:])
					sum.Add(c)
					next[row.Values[1].Int64()] = row.Values[2].Int64()
					if !c.Balanced() || c.Read+again > 0 && c.Read+again != row.Values[2].Int64()-row.Values[1].Int64() {
						found.add("operation %s: batch %d: %+v does not balance", op.ID, row.Values[1].Int64(), c)
					}
					if links := unpackLinks([]byte(row.Values[3].Raw())); !bytes.Equal(packLinks(links), []byte(row.Values[3].Raw())) {
						found.add("operation %s: batch %d: its created ids are damaged", op.ID, row.Values[1].Int64())
					} else if err := s.verifyCreated(ctx, op.ID, links, created); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			verifyChain(op, next, found)
			if op.State != Running && op.Counts != sum {
				found.add("operation %s: counts %+v, and its batches %+v", op.ID, op.Counts, sum)
			}
		}
		return nil
	})
	for op, n := range created {
		if n != 0 {
			found.add("operation %s: %d more records say that it created them than it lists", op, n)
		}
	}
	return err
}

// verifyCreated takes what an operation lists from what says so. An id that it lists may be gone, or another's by now.
func (s *Session) verifyCreated(ctx context.Context, op ID, links []Link, created map[ID]int) error {
	ids := map[string][]ID{}
	for _, l := range links {
		ids[l.Module] = append(ids[l.Module], l.ID)
	}
	for module, ids := range ids {
		m := s.cat.modules[module]
		if m == nil {
			continue // a module that this session does not know
		}
		q := storage.Query{Table: m.table, Columns: []string{systemFields[colOperation].Column()}, Where: among("id", ids...)}
		err := s.each(ctx, q, func(rows []storage.Row) error {
			for _, row := range rows {
				if row.Values[0].ID() == op {
					created[op]--
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// verifyChain checks that each batch begins where another ends.
func verifyChain(op *Operation, next map[int64]int64, found *VerifyError) {
	if len(next) == 0 {
		return
	}
	at, n := int64(0), 0
	for {
		on, ok := next[at]
		if !ok {
			break
		}
		if n++; on <= at {
			break
		}
		at = on
	}
	if n != len(next) {
		found.add("operation %s: %d batches, of which %d follow each other", op.ID, len(next), n)
	}
}
