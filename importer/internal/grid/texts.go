package grid

import "strings"

const (
	chunkSize = MaxCell // bytes of texts that are kept together; no text is longer
	blockSize = 1 << 14 // ends of texts that are kept together
)

// Texts are the strings that the cells of a workbook share. Their bytes are in chunks, one behind the other; a text that does
// not fit into what is left of a chunk begins the next one. Nothing grows by being copied, but the first chunk and block.
type Texts struct {
	chunks []string
	last   strings.Builder // what is to be the last chunk
	ends   [][]uint32      // of each text, counted as if every chunk were full
	n      int             // how many texts there are
}

// Add adds a text of at most [MaxCell] bytes. It is not ok when there are more of them than are kept, [MaxStrings] bytes.
func (t *Texts) Add(text []byte) bool {
	if t.last.Len()+len(text) > chunkSize {
		t.End()
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
	return end+t.n*4 <= MaxStrings
}

// End is called when all texts have been added, and none was asked for.
func (t *Texts) End() {
	t.chunks = append(t.chunks, t.last.String())
	t.last = strings.Builder{}
}

// end returns where the i-th text ends.
func (t *Texts) end(i int) uint32 { return t.ends[i/blockSize][i%blockSize] }

// Len returns how many texts there are.
func (t *Texts) Len() int { return t.n }

// At returns the i-th text, if there are that many.
func (t *Texts) At(i int) (string, bool) {
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
