package xls

import (
	"encoding/binary"
	"errors"
	"io"
	"sort"
)

// stream is a part of a file that is in pieces. It is safe for concurrent use.
type stream struct {
	r      io.ReaderAt
	size   int64
	pieces []piece
}

// piece is a run of bytes: where it is in the stream, and in the file. It ends where the next one begins.
type piece struct{ at, offset int64 }

// add adds n bytes of the file.
func (s *stream) add(offset, n int64) {
	last := len(s.pieces) - 1
	if last < 0 || s.pieces[last].offset+s.size-s.pieces[last].at != offset {
		s.pieces = append(s.pieces, piece{s.size, offset})
	}
	s.size += n
}

// ReadAt implements [io.ReaderAt].
func (s *stream) ReadAt(b []byte, at int64) (n int, err error) {
	i := sort.Search(len(s.pieces), func(i int) bool { return s.pieces[i].at > at }) - 1
	for n < len(b) && at < s.size {
		p, end := s.pieces[i], s.size
		if i++; i < len(s.pieces) {
			end = s.pieces[i].at
		}
		part := b[n:min(int64(len(b)), int64(n)+end-at)]
		got, err := s.r.ReadAt(part, p.offset+at-p.at)
		n, at = n+got, at+int64(got)
		if got < len(part) {
			return n, err
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// numbers returns the first n numbers of the stream.
func (s *stream) numbers(n int64) ([]uint32, error) {
	numbers, b := make([]uint32, 0, n), make([]byte, 4096)
	for at := int64(0); at < n*4; at += int64(len(b)) {
		b = b[:min(int64(len(b)), n*4-at)]
		if _, err := s.ReadAt(b, at); err != nil {
			if errors.Is(err, io.EOF) {
				err = damaged(at, "the file ends")
			}
			return nil, err
		}
		for i := 0; i < len(b); i += 4 {
			numbers = append(numbers, binary.LittleEndian.Uint32(b[i:]))
		}
	}
	return numbers, nil
}
