package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
)

// dir is a Store in a directory, which it never leaves.
type dir struct{ root *os.Root }

// Dir returns a Store that keeps each blob in a file below a directory, which it makes if it is not there. Files are for their
// owner alone. The Store is closed with the process.
func Dir(name string) (Store, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return &dir{root}, nil
}

// unfinished begins the names of files that are being written, beside those that they will become.
const unfinished = "part-"

// Put writes a new file, and renames it when all of it is on the disk.
func (d *dir) Put(ctx context.Context, key string, r io.Reader) (err error) {
	if err := check(key); err != nil {
		return err
	}
	in := path.Dir(key)
	if err := d.root.MkdirAll(in, 0o700); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	name := path.Join(in, unfinished+strings.ToLower(rand.Text()))
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.remove(name))
		}
	}()
	_, err = io.Copy(f, until(ctx, r))
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("blob: %s: %w", key, err)
	}
	if err := d.root.Rename(name, key); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return d.sync(in)
}

// sync brings the names of a directory, and its own name in those above it, to the disk.
func (d *dir) sync(name string) error {
	for {
		f, err := d.root.Open(name)
		if err != nil {
			return fmt.Errorf("blob: %w", err)
		}
		err = f.Sync()
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) { // not every system syncs directories
			return fmt.Errorf("blob: %w", err)
		}
		if name == "." {
			return nil
		}
		name = path.Dir(name)
	}
}

func (d *dir) Open(_ context.Context, key string) (io.ReadCloser, error) {
	if err := check(key); err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(key)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return f, nil
}

func (d *dir) Delete(_ context.Context, key string) error {
	if err := check(key); err != nil {
		return err
	}
	return d.remove(key)
}

func (d *dir) remove(name string) error {
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

func (d *dir) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		from := path.Clean(strings.TrimSuffix(prefix, "/"))
		if prefix != "" && check(from) != nil {
			yield(Info{}, fmt.Errorf("%w: prefix %q", ErrKey, prefix))
			return
		}
		err := fs.WalkDir(d.root.FS(), from, func(name string, e fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist): // nothing is there yet, or no longer
				return nil
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case e.IsDir() || check(name) != nil:
				return nil
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(Info{name, info.ModTime()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Info{}, fmt.Errorf("blob: %w", err))
		}
	}
}
