package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// failedRows is the report file on its way: it is written beside its place, and put there when the import is over.
type failedRows struct {
	*os.File
	path string
}

// createReport begins the report at path, which may replace an earlier report, but not one of the files that are in use.
func createReport(path string, inUse ...string) (*failedRows, error) {
	mode := fs.FileMode(0o600) // the rows are of customers
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("-report %s: not a file", path)
	case err == nil:
		for _, other := range inUse {
			if o, err := os.Stat(other); err == nil && os.SameFile(info, o) {
				return nil, fmt.Errorf("-report %s: would replace %s, which the import needs", path, other)
			}
		}
		mode = info.Mode().Perm()
		if path, err = filepath.EvalSymlinks(path); err != nil { // a link goes on leading to the report
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, err
	}
	failed := &failedRows{f, path}
	if err := f.Chmod(mode); err != nil {
		return nil, errors.Join(err, failed.close(false))
	}
	return failed, nil
}

// close ends the report, and keeps it in its place or throws it away.
func (f *failedRows) close(keep bool) error {
	err := f.Close()
	if keep && err == nil {
		if err = os.Rename(f.Name(), f.path); err == nil {
			return nil
		}
	}
	return errors.Join(err, os.Remove(f.Name()))
}
