package xlsx

import (
	"context"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

const (
	chunkSize = grid.MaxCell // bytes of texts that are kept together; no text is longer
	blockSize = 1 << 14      // ends of texts that are kept together
)

// texts are the strings that the cells of a workbook share. Their bytes are in chunks, one behind the other; a text that does
// not fit into what is left of a chunk begins the next one. Nothing grows by being copied, but the first chunk and block.
type texts struct {
	chunks []string
	last   strings.Builder // what is to be the last chunk
	ends   [][]uint32      // of each text, counted as if every chunk were full
	n      int             // how many texts there are
}

// add adds a text. It is not ok when there are more of them than are kept.
func (t *texts) add(text []byte) bool {
	if t.last.Len()+len(text) > chunkSize {
		t.flush()
		t.last.Grow(chunkSize)
	}
	t.last.Write(text)
	if t.n%blockSize == 0 {
		block := make([]uint32, 0, blockSize)
		if t.n == 0 {
			block = nil
		}
		t.ends = append(t.ends, block)
	}
	end := len(t.chunks)*chunkSize + t.last.Len()
	block := &t.ends[t.n/blockSize]
	*block = append(*block, uint32(end))
	t.n++
	return end+t.n*4 <= grid.MaxStrings
}

func (t *texts) flush() {
	t.chunks = append(t.chunks, t.last.String())
	t.last = strings.Builder{}
}

func (t *texts) end(i int) uint32 { return t.ends[i/blockSize][i%blockSize] }

// at returns the i-th text.
func (t *texts) at(i int) (string, bool) {
	if i >= t.n {
		return "", false
	}
	var start uint32
	end := t.end(i)
	if i > 0 {
		start = t.end(i - 1)
	}
	if start == end {
		return "", true
	}
	chunk := (end - 1) / chunkSize
	first := chunk * chunkSize
	return t.chunks[chunk][max(start, first)-first : end-first], true
}

// readTexts reads the part of the strings that cells share.
func readTexts(ctx context.Context, s *scanner) (*texts, error) {
	root, err := s.begin(ctx, "sst")
	if err != nil {
		return nil, err
	}
	if root.kind == empty {
		return &texts{}, s.drain(ctx)
	}
	all, si := &texts{}, s.element("si")
	var text []byte
	for {
		var t tag
		plain := s.accept(si.start)
		if !plain {
			t, err = s.next(ctx)
		}
		switch {
		case err != nil:
		case plain, t.is("si"):
			if text = text[:0]; t.kind == opening {
				text, err = s.richText(ctx, si, text, 0)
			}
			if err == nil && !all.add(text) {
				err = s.fail(grid.TooLarge, "the texts that cells share")
			}
		case t.ends("sst"):
			all.flush()
			return all, s.drain(ctx)
		default:
			err = s.unexpected(ctx, t)
		}
		if err != nil {
			return nil, err
		}
	}
}
