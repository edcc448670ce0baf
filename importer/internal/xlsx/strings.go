package xlsx

import (
	"context"
	"math"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// chunkSize is how many bytes of texts are kept together. No text is longer.
const chunkSize = grid.MaxCell

// texts are the strings that the cells of a workbook share. Their bytes are in chunks, one behind the other; a text that does
// not fit into what is left of a chunk begins the next one.
type texts struct {
	chunks []string // each but the last as good as chunkSize long
	ends   []uint32 // of each text, counted as if every chunk were full
	last   strings.Builder
}

// add adds a text. It is not ok when there are more of them than are kept.
func (t *texts) add(text []byte) bool {
	start := len(t.chunks)*chunkSize + t.last.Len()
	if t.last.Len()+len(text) > chunkSize {
		t.flush()
		t.last.Grow(chunkSize)
		start = len(t.chunks) * chunkSize
	}
	t.last.Write(text)
	t.ends = append(t.ends, uint32(start+len(text)))
	return start+len(text)+len(t.ends)*4 <= grid.MaxStrings
}

func (t *texts) flush() {
	t.chunks = append(t.chunks, t.last.String())
	t.last = strings.Builder{}
}

// at returns the i-th text.
func (t *texts) at(i int) (string, bool) {
	if i >= len(t.ends) {
		return "", false
	}
	var start, end uint32
	if end = t.ends[i]; i > 0 {
		start = t.ends[i-1]
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
	if err != nil || root.kind == empty {
		return &texts{}, err
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
			if err == nil && (!all.add(text) || len(all.ends) > math.MaxInt32) {
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
