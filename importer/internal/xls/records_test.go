package xls

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// record is one of a file.
func record(k kind, parts ...any) []byte {
	b := data(parts...)
	return append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, uint16(k)), uint16(len(b))), b...)
}

// data is numbers and texts as a record has them, one behind the other.
func data(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case byte:
			b = append(b, p)
		case int: // most numbers have two bytes
			b = binary.LittleEndian.AppendUint16(b, uint16(p))
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, p)
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p))
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		default:
			panic(p)
		}
	}
	return b
}

// wide is a text with a length of two bytes and characters of two.
func wide(s string) []byte {
	units := utf16.Encode([]rune(s))
	b := data(len(units), byte(wideText))
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// narrow is a text with a length of two bytes and characters of one.
func narrow(s string) []byte { return data(len(s), byte(0), s) }

func join(records ...[]byte) []byte { return bytes.Join(records, nil) }

// part is a part of a file: a workbook, a sheet.
func part(version, what int, records ...[]byte) []byte {
	return join(record(beginOfPart, version, what, 0, 0), join(records...), record(endOfPart))
}

// sheetOf is a sheet of a workbook.
type sheetOf struct {
	name   string
	state  byte
	kind   byte
	record [][]byte
}

// workbookOf is a workbook of Excel 97, whose preamble has some records.
func workbookOf(preamble []byte, sheets ...sheetOf) []byte {
	return workbookAs(version8, preamble, sheets...)
}

func workbookAs(version int, preamble []byte, sheets ...sheetOf) []byte {
	list := func(at uint32) (b []byte) {
		for _, s := range sheets {
			name := data(byte(len(s.name)), byte(0), s.name)
			if version != version8 {
				name = data(byte(len(s.name)), s.name)
			}
			b = append(b, record(boundSheet, at, s.state, s.kind, name)...)
			at += uint32(len(part(version, worksheet, s.record...)))
		}
		return b
	}
	b := part(version, 5, preamble, list(uint32(len(part(version, 5, preamble, list(0))))))
	for _, s := range sheets {
		b = append(b, part(version, worksheet, s.record...)...)
	}
	return b
}

// one is a workbook with a sheet of these records.
func one(preamble []byte, records ...[]byte) []byte {
	return workbookOf(preamble, sheetOf{name: "One", record: records})
}

func open(t testing.TB, file []byte) *Book {
	t.Helper()
	b, err := Open(bytes.NewReader(file), int64(len(file)), nil)
	require.NoError(t, err)
	return b
}

func read(t testing.TB, file []byte) ([]string, error) {
	t.Helper()
	return gridtest.Read(t, open(t, file), 0)
}

// problem returns the error of opening a file and reading all of it.
func problem(t testing.TB, file []byte) error {
	t.Helper()
	b, err := Open(bytes.NewReader(file), int64(len(file)), nil)
	if err != nil {
		return err
	}
	return gridtest.Check(t, b)
}
