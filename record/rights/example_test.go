package rights_test

import (
	"context"
	"fmt"
	"log"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage/memory"
)

func open(ctx context.Context) *record.Session {
	s, err := record.Open(ctx, memory.New(nil), []*record.Schema{deals.Schema}, &record.Options{Policy: rights.New()})
	if err != nil {
		log.Fatal(err)
	}
	return s
}

// A seller sees their own deals, and who is above them sees those too.
func Example() {
	ctx := context.Background()
	s := open(ctx)
	host := rights.In(s.AsSystem())
	err := s.AsSystem().Update(ctx, func(s *record.Session) error {
		r := rights.In(s)
		if err := r.SaveRole(ctx, &rights.Role{ID: "sales", Name: "Sales", Chinese: "销售", Parent: rights.CEO}); err != nil {
			return err
		}
		return r.SaveUsers(ctx,
			rights.User{ID: "ann", Profile: rights.Administrator, Role: rights.CEO, Active: true},
			rights.User{ID: "bob", Profile: rights.Standard, Role: "sales", Active: true},
			rights.User{ID: "eve", Profile: rights.Standard, Role: "sales", Active: true})
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := deals.In(s.As("bob")).Create(ctx, &Deal{Name: "Crane"}); err != nil {
		log.Fatal(err)
	}
	count := func() {
		sees := map[record.Actor]int64{}
		for _, actor := range []record.Actor{"ann", "bob", "eve"} {
			n, err := deals.In(s.As(actor)).Count(ctx, record.Query{})
			if err != nil {
				log.Fatal(err)
			}
			sees[actor] = n
		}
		fmt.Println(sees)
	}
	count()
	if err := host.SetDefault(ctx, "Deals", rights.PublicReadOnly); err != nil {
		log.Fatal(err)
	}
	count()
	// Output:
	// map[ann:1 bob:1 eve:0]
	// map[ann:1 bob:1 eve:1]
}

func ExampleProfile_Without() {
	p := &rights.Profile{Modules: map[string]rights.Permission{rights.AllModules: {
		Rights: []record.Right{record.RightView, record.RightCreate, record.RightImport, record.RightExport}}}}
	fmt.Println(p.Without("Deals", record.RightCreate).Modules["Deals"].Rights)
	fmt.Println(p.Modules[rights.AllModules].Rights)
	// Output:
	// [View Export]
	// [View Create Import Export]
}

func ExampleRights_Share() {
	ctx := context.Background()
	s := open(ctx)
	err := rights.In(s.AsSystem()).SaveUsers(ctx,
		rights.User{ID: "bob", Profile: rights.Standard, Role: rights.CEO, Active: true})
	if err != nil {
		log.Fatal(err)
	}
	d := &Deal{Name: "Crane"}
	if err := deals.In(s.As("bob")).Create(ctx, d); err != nil {
		log.Fatal(err)
	}
	mine := rights.In(s.As("bob"))
	fmt.Println(mine.Share(ctx, "Deals", d.ID, []rights.Share{{To: rights.OfUser("eve"), Level: record.LevelRead}}))
	fmt.Println(mine.Share(ctx, "Deals", d.ID, []rights.Share{{To: rights.Public, Level: record.LevelRead}}))
	// Output:
	// record: invalid: To INVALID_DATA expected an active user who may view the module
	// <nil>
}
