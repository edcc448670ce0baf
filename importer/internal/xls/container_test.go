package xls

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// node is a stream of a container, or a folder.
type node struct {
	name string
	text []byte
	kids []node
}

// packer writes containers. Streams are in pieces whose order is turned around, and their sizes are theirs.
type packer struct {
	shift   uint
	sectors [][]byte // of the file, behind its head
	fat     []uint32
	mini    []byte
	miniFAT []uint32
	entries []byte
}

func (p *packer) size() int { return 1 << p.shift }

// put adds a stream, from its last sector to its first, and returns its first sector.
func (p *packer) put(text []byte) uint32 {
	next := uint32(chainEnd)
	chunks := slices.Collect(slices.Chunk(text, p.size()))
	for _, chunk := range slices.Backward(chunks) {
		p.sectors = append(p.sectors, slices.Concat(chunk, make([]byte, p.size()-len(chunk))))
		p.fat = append(p.fat, next)
		next = uint32(len(p.fat) - 1)
	}
	return next
}

func (p *packer) putMini(text []byte) uint32 {
	next := uint32(chainEnd)
	chunks := slices.Collect(slices.Chunk(text, 64))
	for _, chunk := range slices.Backward(chunks) {
		p.mini = append(p.mini, slices.Concat(chunk, make([]byte, 64-len(chunk)))...)
		p.miniFAT = append(p.miniFAT, next)
		next = uint32(len(p.miniFAT) - 1)
	}
	return next
}

// entry writes an entry of the directory, and returns its number.
func (p *packer) entry(name string, kind byte, left, kids, start uint32, size int) uint32 {
	b := make([]byte, entrySize)
	units := utf16.Encode([]rune(name))
	for i, u := range units {
		binary.LittleEndian.PutUint16(b[2*i:], u)
	}
	binary.LittleEndian.PutUint16(b[64:], uint16(2*len(units)+2))
	b[66] = kind
	for at, v := range map[int]uint32{68: left, 72: nothing, 76: kids, 116: start, 120: uint32(size)} {
		binary.LittleEndian.PutUint32(b[at:], v)
	}
	p.entries = append(p.entries, b...)
	return uint32(len(p.entries)/entrySize - 1)
}

// nodes writes streams and folders, each to the left of the next, and returns the last.
func (p *packer) nodes(nodes []node) uint32 {
	last := uint32(nothing)
	for _, n := range nodes {
		switch {
		case n.kids != nil:
			last = p.entry(n.name, 1, last, p.nodes(n.kids), 0, 0)
		case len(n.text) >= 4096:
			last = p.entry(n.name, isStream, last, nothing, p.put(n.text), len(n.text))
		default:
			last = p.entry(n.name, isStream, last, nothing, p.putMini(n.text), len(n.text))
		}
	}
	return last
}

func numbers(ns []uint32) (b []byte) {
	for _, n := range ns {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

// pack writes a container of streams, with sectors of 512 or 4096 bytes.
func pack(shift uint, nodes ...node) []byte {
	p := &packer{shift: shift}
	p.entry("Root Entry", 5, nothing, nothing, chainEnd, 0)
	kids := p.nodes(nodes)
	binary.LittleEndian.PutUint32(p.entries[76:], kids)
	if len(p.mini) > 0 {
		binary.LittleEndian.PutUint32(p.entries[116:], p.put(p.mini))
		binary.LittleEndian.PutUint32(p.entries[120:], uint32(len(p.mini)))
	}
	for len(p.entries)%p.size() > 0 {
		p.entries = append(p.entries, make([]byte, entrySize)...)
	}
	directory, miniFAT := p.put(p.entries), p.put(numbers(p.miniFAT))
	each := p.size() / 4
	var tables, lists int // sectors of the table, and of the list of these
	for tables*each < len(p.fat)+tables+lists {
		tables++
		lists = max(0, (tables-headFAT+each-2)/(each-1))
	}
	first := uint32(len(p.fat))
	var places []uint32
	for i := range tables {
		places = append(places, first+uint32(i))
	}
	p.fat = append(p.fat, make([]uint32, tables+lists)...)
	for len(p.fat) < tables*each {
		p.fat = append(p.fat, nothing)
	}
	for chunk := range slices.Chunk(numbers(p.fat), p.size()) {
		p.sectors = append(p.sectors, chunk)
	}
	head := make([]byte, p.size())
	copy(head, oleStart)
	binary.LittleEndian.PutUint16(head[26:], uint16(map[uint]int{9: 3, 12: 4}[shift]))
	binary.LittleEndian.PutUint16(head[30:], uint16(shift))
	binary.LittleEndian.PutUint16(head[32:], miniShift)
	more := uint32(chainEnd)
	if lists > 0 {
		more = first + uint32(tables)
	}
	for at, v := range map[int]uint32{44: uint32(tables), 48: directory, 56: 4096, 60: miniFAT, 68: more, 72: uint32(lists)} {
		binary.LittleEndian.PutUint32(head[at:], v)
	}
	full := slices.Concat(places, slices.Repeat([]uint32{nothing}, headFAT+lists*(each-1)))
	copy(head[76:512], numbers(full[:headFAT]))
	for i := range lists {
		list, next := full[headFAT+i*(each-1):][:each-1], more+uint32(i)+1
		if i == lists-1 {
			next = chainEnd
		}
		p.sectors = append(p.sectors, numbers(append(slices.Clone(list), next)))
	}
	return append(head, bytes.Join(p.sectors, nil)...)
}

// workbooks are one of 300 rows, and what these are, and one that is small.
func workbooks() (large, small []byte, want []string) {
	var records [][]byte
	var texts []text
	for range 300 {
		texts = append(texts, text{s: "some text that is shared"})
	}
	records, want = cellsOf(texts)
	small = one(record(sharedTexts, uint32(1), uint32(1), narrow("small")), record(sharedLabel, 0, 0, 0, uint32(0)))
	return one(split(8000, false, texts...), records...), small, want
}

func TestContainers(t *testing.T) {
	t.Parallel()
	large, small, want := workbooks()
	other := node{name: "\x05SummaryInformation", text: bytes.Repeat([]byte("x"), 300)}
	filler := node{name: "Filler", text: make([]byte, 8<<20)} // whose table is longer than the head lists
	for name, tt := range map[string]struct {
		shift uint
		nodes []node
		want  []string
	}{
		"one stream":      {9, []node{{name: "Workbook", text: large}}, want},
		"a small stream":  {9, []node{{name: "Workbook", text: small}}, []string{"1 tsmall"}},
		"with others":     {9, []node{other, {name: "Workbook", text: large}, {name: "\x01CompObj", text: []byte("x")}}, want},
		"long sectors":    {12, []node{other, {name: "Workbook", text: large}}, want},
		"small in long":   {12, []node{other, {name: "Workbook", text: small}, other}, []string{"1 tsmall"}},
		"a long table":    {9, []node{filler, {name: "Workbook", text: large}}, want},
		"in folders":      {9, []node{{name: "MBD0001", kids: []node{{name: "Workbook", text: small}}}, {name: "Workbook", text: large}, {name: "_VBA", kids: []node{other}}}, want},
		"capitals":        {9, []node{{name: "WORKBOOK", text: small}}, []string{"1 tsmall"}},
		"of Excel 95":     {9, []node{{name: "Book", text: small}}, []string{"1 tsmall"}},
		"for both":        {9, []node{{name: "Book", text: large}, {name: "Workbook", text: small}, other}, []string{"1 tsmall"}},
		"for both, again": {9, []node{{name: "Workbook", text: small}, {name: "Book", text: large}}, []string{"1 tsmall"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := read(t, pack(tt.shift, tt.nodes...))
			require.NoError(t, err)
			require.Equal(t, tt.want, rows)
		})
	}
	file := pack(9, node{name: "Workbook", text: large})
	rows, err := read(t, append(file, "more"...))
	require.NoError(t, err)
	require.Equal(t, want, rows)
}

// TestWrongContainers reads containers that lie.
func TestWrongContainers(t *testing.T) {
	t.Parallel()
	large, small, _ := workbooks()
	entryAt := func(file []byte, name string) int { // in the directory
		b := []byte{}
		for _, u := range utf16.Encode([]rune(name)) {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		return bytes.Index(file, b)
	}
	put := func(at int, v uint32) func([]byte) {
		return func(file []byte) { binary.LittleEndian.PutUint32(file[at:], v) }
	}
	inEntry := func(name string, at int, v uint32) func([]byte) {
		return func(file []byte) { put(entryAt(file, name)+at, v)(file) }
	}
	for name, tt := range map[string]struct {
		stream []byte
		change func([]byte)
		code   grid.Code
		detail string
	}{
		"sectors of 2 bytes":     {large, put(30, 1), grid.Damaged, "sectors of an unknown size"},
		"a directory nowhere":    {large, put(48, 1<<30), grid.Damaged, "leads out of the file"},
		"no directory":           {large, put(48, chainEnd), grid.Damaged, "the directory has no entry 0"},
		"no table":               {large, put(76, nothing), grid.Damaged, "leads out of the file"},
		"a table nowhere":        {large, put(76, 1<<20), grid.Damaged, "the file ends"},
		"more tables nowhere":    {large, func(file []byte) { copy(file[76:512], bytes.Repeat([]byte{0xff}, 436)); put(68, 1<<20)(file) }, grid.Damaged, "the file ends"},
		"a loop of tables":       {large, func(file []byte) { copy(file[76:512], bytes.Repeat([]byte{0xff}, 436)); put(68, 0)(file) }, grid.Damaged, ""},
		"a stream nowhere":       {large, inEntry("Workbook", 116, 1<<20), grid.Damaged, "leads out of the file"},
		"a stream too long":      {large, inEntry("Workbook", 120, 1<<30), grid.Damaged, "ends after"},
		"small streams nowhere":  {small, put(60, 1<<20), grid.Damaged, "leads out of the file"},
		"no small streams":       {small, put(60, chainEnd), grid.Damaged, "leads out of the file"},
		"a small stream nowhere": {small, inEntry("Workbook", 116, 99), grid.Damaged, "leads out of the file"},
		"small streams too long": {small, inEntry("Root Entry", 120, 1<<30), grid.Damaged, "ends after"},
		"a loop of entries":      {large, inEntry("Workbook", 68, 1), grid.Damaged, "the directory has a loop"},
		"entries nowhere":        {large, inEntry("Workbook", 72, 1<<20), grid.Damaged, "the directory has no entry"},
		"another name":           {large, inEntry("Workbook", 0, 'V'), grid.Foreign, "another document"},
		"no name":                {large, inEntry("Workbook", 64, 2<<16), grid.Foreign, "another document"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := pack(9, node{name: "Workbook", text: tt.stream})
			tt.change(file)
			err := problem(t, file)
			require.Equal(t, tt.code, gridtest.Code(err), err)
			require.ErrorContains(t, err, tt.detail)
		})
	}
	loop := pack(9, node{name: "Workbook", text: large})
	fat := (int(binary.LittleEndian.Uint32(loop[76:])) + 1) << 9
	put(fat+4*int(binary.LittleEndian.Uint32(loop[entryAt(loop, "Workbook")+116:])), binary.LittleEndian.Uint32(loop[entryAt(loop, "Workbook")+116:]))(loop)
	require.Equal(t, grid.Damaged, gridtest.Code(problem(t, loop)), "a sector that is the next one to itself")
}

func TestForeign(t *testing.T) {
	t.Parallel()
	for stream, want := range map[string]string{
		"EncryptedPackage": "ENCRYPTED: a container with an encrypted workbook", "WordDocument": "NOT_A_WORKBOOK: a text document (.doc)",
		"PowerPoint Document": "NOT_A_WORKBOOK: a presentation (.ppt)", "VisioDocument": "NOT_A_WORKBOOK: a drawing (.vsd)",
		"__properties_version1.0": "NOT_A_WORKBOOK: a mail (.msg)", "CONTENTS": "NOT_A_WORKBOOK: a document of Publisher or Works",
		"Else": "NOT_A_WORKBOOK: another document in the same container",
	} {
		require.EqualError(t, problem(t, pack(9, node{name: "a"}, node{name: stream, text: []byte("x")})), "workbook: "+want)
	}
	for _, text := range []string{"PK\x03\x04", "a,b\n1,2\n", "\x09\x08", strings.Repeat("x", 600)} {
		require.EqualError(t, problem(t, []byte(text)), "workbook: NOT_A_WORKBOOK: neither a container nor records")
		require.False(t, Begins([]byte(text)))
	}
	require.Equal(t, grid.Damaged, gridtest.Code(problem(t, nil)))
	require.Equal(t, grid.Damaged, gridtest.Code(problem(t, []byte(oleStart[:4]))))
}
