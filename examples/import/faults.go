package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// writeFaults writes all faults of an import to the file that -faults names.
func (o *options) writeFaults(ctx context.Context, s *record.Session, job record.ID) error {
	format := importer.KindCSV
	if strings.EqualFold(filepath.Ext(o.faults), ".xlsx") {
		format = importer.KindXLSX
	}
	f, err := createReport(o.faults, o.file, o.to, o.to+"-wal", o.to+"-shm")
	if err != nil {
		return err
	}
	err = importer.WriteFaults(context.WithoutCancel(ctx), s, job, f, format, record.English) // also of one that was interrupted
	return errors.Join(err, f.close(err == nil))
}
