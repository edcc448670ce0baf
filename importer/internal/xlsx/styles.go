package xlsx

import (
	"context"
	"strconv"

	"github.com/clientele-go/crm/importer/internal/grid"
)

const (
	maxStyles = 1 << 18 // of cells; Excel has 65,490
	maxFormat = 1 << 10 // bytes of a number format; Excel has 255 characters
)

// readStyles returns the number format of each style that cells may have.
func readStyles(ctx context.Context, s *scanner) ([]grid.Format, error) {
	root, err := s.begin(ctx, "styleSheet")
	if err != nil {
		return nil, err
	}
	if root.kind == empty {
		return nil, s.drain(ctx)
	}
	var styles []int // the number of each one's format
	codes := map[int]string{}
	for {
		t, err := s.next(ctx)
		switch {
		case err != nil:
		case t.ends("styleSheet"):
			return grid.Formats(styles, codes), s.drain(ctx)
		case t.kind == closing:
			err = s.fault(t.at, "the end of another element")
		case t.is("numFmts"):
			err = s.each(ctx, t, "numFmt", func(t tag) error {
				id, code, err := s.numberFormat(t)
				if codes[id] = code; err == nil && len(codes) > maxStyles {
					err = s.fail(grid.TooLarge, "number formats")
				}
				return err
			})
		case t.is("cellXfs"):
			err = s.each(ctx, t, "xf", func(t tag) error {
				id, _, err := s.numberFormat(t)
				if styles = append(styles, id); err == nil && len(styles) > maxStyles {
					err = s.fail(grid.TooLarge, "styles of cells")
				}
				return err
			})
		default:
			err = s.skip(ctx, t)
		}
		if err != nil {
			return nil, err
		}
	}
}

// numberFormat returns the number and the code of the format that t has.
func (s *scanner) numberFormat(t tag) (id int, code string, err error) {
	a := attributes{rest: t.attrs}
	for a.next() {
		switch string(a.name) {
		case "numFmtId":
			if id, err = strconv.Atoi(string(a.value)); err != nil {
				return 0, "", s.fault(t.at, "a number format without a number")
			}
		case "formatCode":
			if len(a.value) > maxFormat {
				return 0, "", &grid.Error{Code: grid.TooLarge, Offset: t.at, Detail: "a number format"}
			}
			if code, err = s.attribute(t, a.value); err != nil {
				return 0, "", err
			}
		}
	}
	if a.bad {
		return 0, "", s.fault(t.at, "no attribute")
	}
	return id, code, nil
}
