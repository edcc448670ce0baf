package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"

	cloud "gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/clientele-go/crm/storage/blob"
)

// bucket is a blob.Store in a bucket.
type bucket struct{ b *cloud.Bucket }

// Put writes all of r, or nothing: the bucket takes what was written when the writer is closed, unless its context is done by then.
func (k bucket) Put(ctx context.Context, key string, r io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := k.b.NewWriter(ctx, key, &cloud.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		cancel() // or Close would keep what there is
		return errors.Join(err, ignore(w.Close(), gcerrors.Canceled))
	}
	return w.Close()
}

func (k bucket) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := k.b.NewReader(ctx, key, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	return r, err
}

func (k bucket) Delete(ctx context.Context, key string) error {
	return ignore(k.b.Delete(ctx, key), gcerrors.NotFound)
}

func (k bucket) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		list := k.b.List(&cloud.ListOptions{Prefix: prefix})
		for {
			o, err := list.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(blob.Info{}, err)
				return
			}
			if !yield(blob.Info{Key: o.Key, Time: o.ModTime}, nil) {
				return
			}
		}
	}
}

// ignore is err, unless it is of that kind.
func ignore(err error, code gcerrors.ErrorCode) error {
	if err != nil && (gcerrors.Code(err) == code || code == gcerrors.Canceled && errors.Is(err, context.Canceled)) {
		return nil
	}
	return err
}
