package lead

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/clientele-go/crm/record"
)

// manyKind is that of the operations which convert many leads.
const manyKind = "conversions"

// defaultBatch is how many leads a transaction of ConvertMany has.
const defaultBatch = 200

// ManyOptions adjust ConvertMany. The zero value converts each lead as Convert does without options.
type ManyOptions struct {
	Options             // of each conversion, but for Key, which is that of the whole
	Batch    int        // leads of one transaction, at most record.MaxLimit; default 200
	Progress func(Many) // told of each transaction; default none
}

// Many is what ConvertMany did: Read = Converted + Skipped + Failed, always.
type Many struct {
	Operation record.ID // its outcomes are Leads.Outcomes. Each conversion is an operation of its own
	Read      int64
	Converted int64
	Skipped   int64 // converted before
	Failed    int64 // refused, each for a reason of its own
}

// Outcome is what ConvertMany did with one lead.
type Outcome struct {
	Lead   record.ID   `json:"lead"`
	Result *Result     `json:"result,omitempty"` // what it became, also when it was converted before
	Code   record.Code `json:"code,omitempty"`   // why it was not converted, as CodeOf has it; "" when it was
	Text   string      `json:"text,omitempty"`   // and what the error says, for developers
}

// ConvertMany converts leads, in this order, each as Convert does, in transactions of Batch leads, which stay when a later one fails.
// A lead that is refused stops no other. Leads of one company share the account that the first of them makes, unless the options say
// otherwise. It takes [record.RightConvert], without which it writes nothing.
//
// An error means that it did not come to its end: ctx's or the store's; Many says what was done until then. With a Key it is run again with the same
// leads and options, and goes on where it ended; with others, it is a *record.ConflictError.
func (ls *Leads) ConvertMany(ctx context.Context, ids []record.ID, o *ManyOptions) (*Many, error) {
	if o == nil {
		o = &ManyOptions{}
	}
	opt, err := ls.options(&o.Options)
	if err != nil {
		return nil, err
	}
	size := o.Batch
	if size == 0 {
		size = defaultBatch
	}
	if size < 0 || size > record.MaxLimit {
		return nil, refuse("Batch", record.CodeLimit, record.Args{"limit": record.MaxLimit, "length": o.Batch})
	}
	s := ls.Session().From(source)
	if err := s.Authorise(ctx, Module, record.RightConvert); err != nil {
		return nil, err
	}
	request := ""
	if opt.Key != "" {
		request = digest(ids, opt)
	}
	op, err := s.Start(ctx, manyKind, opt.Key, request)
	if err != nil {
		return nil, err
	}
	opt.Key, opt.nameless = "", true
	m := &Many{Operation: op.ID}
	for first := 0; first < len(ids); {
		b, err := ls.batch(ctx, s, op, opt, ids[first:min(first+size, len(ids))], int64(first))
		if err != nil {
			return m, err
		}
		first = int(b.Next)
		m.Read, m.Converted = m.Read+b.Counts.Read, m.Converted+b.Counts.Updated
		m.Skipped, m.Failed = m.Skipped+b.Counts.Skipped, m.Failed+b.Counts.Failed
		if o.Progress != nil {
			o.Progress(*m)
		}
	}
	return m, s.Finish(ctx, op, record.Counts{Read: m.Read, Updated: m.Converted, Skipped: m.Skipped, Failed: m.Failed}, "")
}

// lateError is a lead that was refused when others of its transaction were written: it is run again without it.
type lateError struct {
	lead record.ID
	err  error
}

func (e *lateError) Error() string { return e.err.Error() }
func (e *lateError) Unwrap() error { return e.err }

// batch converts some leads in one transaction.
func (ls *Leads) batch(ctx context.Context, s *record.Session, op *record.Operation, o *Options, ids []record.ID, first int64) (*record.Batch, error) {
	bad := map[record.ID]error{}
	for {
		b, err := s.Batch(ctx, op, first, func(s *record.Session, b *record.Batch) error {
			c, err := newConverter(ctx, s, o, ids, false)
			if err != nil {
				return err
			}
			outcomes := make([]Outcome, len(ids))
			for i, id := range ids {
				if outcomes[i], err = c.outcome(ctx, id, bad[id], &b.Counts); err != nil {
					return err
				}
			}
			b.Next = first + int64(len(ids))
			b.Outcome, err = json.Marshal(outcomes)
			return err
		})
		var late *lateError
		if errors.As(err, &late) && bad[late.lead] == nil && !s.InTransaction() {
			bad[late.lead] = late.err
			continue
		}
		return b, err
	}
}

// outcome converts one lead, and counts what became of it. A refusal is no error.
func (c *converter) outcome(ctx context.Context, id record.ID, bad error, counts *record.Counts) (out Outcome, err error) {
	counts.Read++
	out.Lead = id
	if err = bad; err == nil {
		var p *Plan
		if p, err = c.plan(ctx, id); err == nil {
			err = p.Err()
		}
		if err == nil {
			if out.Result, err = c.carryOut(ctx, p); err != nil {
				if CodeOf(err) != "" {
					err = &lateError{id, err}
				}
				return out, err
			}
			counts.Updated++
			return out, nil
		}
	}
	var before *ConvertedError
	switch out.Code, out.Text = CodeOf(err), err.Error(); {
	case errors.As(err, &before):
		out.Result = before.Result
		counts.Skipped++
	case out.Code == "":
		return out, err
	default:
		counts.Failed++
	}
	return out, nil
}

// Outcomes returns what ConvertMany did with each lead, in their order, as far as it came. It takes what [record.Session.EachBatch] does.
func (ls *Leads) Outcomes(ctx context.Context, operation record.ID) iter.Seq2[*Outcome, error] {
	return func(yield func(*Outcome, error) bool) {
		errStop := errors.New("lead: enough")
		err := ls.Session().EachBatch(ctx, operation, func(b *record.Batch) error {
			var outcomes []*Outcome
			if err := json.Unmarshal(b.Outcome, &outcomes); err != nil {
				return err
			}
			for _, out := range outcomes {
				if !yield(out, nil) {
					return errStop
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}
