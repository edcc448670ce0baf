package xlsx

import (
	"context"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// readTexts reads the part of the strings that cells share.
func readTexts(ctx context.Context, s *scanner) (*grid.Texts, error) {
	root, err := s.begin(ctx, "sst")
	if err != nil {
		return nil, err
	}
	if root.kind == empty {
		return &grid.Texts{}, s.drain(ctx)
	}
	all, si := &grid.Texts{}, s.element("si")
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
			if err == nil && !all.Add(text) {
				err = s.fail(grid.TooLarge, "the texts that cells share")
			}
		case t.ends("sst"):
			all.End()
			return all, s.drain(ctx)
		default:
			err = s.unexpected(ctx, t)
		}
		if err != nil {
			return nil, err
		}
	}
}
