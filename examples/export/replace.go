package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// replace writes the file at path by fn. It is written beside its place, and put there when it is whole, so that what was there
// stays until then. The database and its log are not replaced.
func replace(path, database string, fn func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o600) // the rows are of customers
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("-o %s: not a file", path)
	case err == nil:
		for _, other := range []string{database, database + "-wal", database + "-shm"} {
			if o, err := os.Stat(other); err == nil && os.SameFile(info, o) {
				return fmt.Errorf("-o %s: would replace %s", path, other)
			}
		}
		mode = info.Mode().Perm()
		if path, err = filepath.EvalSymlinks(path); err != nil { // a link goes on leading to the file
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	err = errors.Join(f.Chmod(mode), fn(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
