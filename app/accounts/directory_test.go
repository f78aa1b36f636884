package accounts_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

func TestNamesAreThoseOfWhoIsAskedFor(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b := c.hire("camille"), c.hire("karim")
		c.hire("zoe")
		got, err := c.Names(t.Context(), person(a), []actor.PersonID{a.ID, b.ID, a.ID, "nobody", "", "\x00", "\xff"})
		if diff := cmp.Diff(map[actor.PersonID]string{a.ID: a.Name, b.ID: b.Name}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if got, err := c.Names(t.Context(), person(a), nil); err != nil || len(got) != 0 {
			t.Errorf("of nobody: %v, %v", got, err)
		}
		if _, err := c.Names(t.Context(), nobody, []actor.PersonID{a.ID}); err == nil {
			t.Error("a visitor reads names")
		}
	})
}

// crowd adds people who have accounts, and no proof to sign in with: quicker than to hire them.
func (c *company) crowd(n int, name func(i int) string) {
	c.t.Helper()
	for i := range n {
		c.must(c.st.AddAccount(c.t.Context(), accounts.Account{
			ID: actor.PersonID(db.NewID()), Name: name(i), Email: address(fmt.Sprintf("crowd-%d", i)), Lang: lang.FR, CreatedAt: c.clock(),
		}))
	}
}

func TestTheDirectoryComesInPagesThatLoseNobody(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx, reader := t.Context(), c.hire("awa")
		c.crowd(9, func(i int) string { return []string{"Élodie", "elodie", "ZOÉ"}[i%3] })
		var seen []actor.PersonID
		var names []string
		f := accounts.DirectoryFilter{Limit: 4}
		for {
			page, err := c.Directory(ctx, c.as(reader), f)
			c.must(err)
			if page.Total != 10 || len(page.Items) > 4 {
				t.Errorf("%d of %d", len(page.Items), page.Total)
			}
			for _, p := range page.Items {
				if slices.Contains(seen, p.ID) {
					t.Errorf("%s comes twice", p.Name)
				}
				seen, names = append(seen, p.ID), append(names, lang.Fold(p.Name))
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		if len(seen) != 10 || !slices.IsSorted(names) {
			t.Errorf("%d people: %v", len(seen), names)
		}
		t.Run("and another search does not go on in them", func(t *testing.T) {
			page, err := c.Directory(ctx, c.as(reader), accounts.DirectoryFilter{Limit: 4})
			c.must(err)
			for _, f := range []accounts.DirectoryFilter{{After: page.Next, Words: accounts.WordsOf("zoé")}, {After: "x"}, {After: page.Next[1:]}} {
				if _, err := c.Directory(ctx, c.as(reader), f); !fault.Is(err, fault.Malformed) {
					t.Errorf("%+v: %v", f, err)
				}
			}
			for _, limit := range []int{-1, accounts.MaxLimit + 1} {
				if _, err := c.Directory(ctx, c.as(reader), accounts.DirectoryFilter{Limit: limit}); !fault.Is(err, fault.Invalid) {
					t.Errorf("limit %d: %v", limit, err)
				}
			}
		})
		t.Run("so do accounts", func(t *testing.T) {
			got := 0
			for f := (accounts.AccountFilter{Limit: 3}); ; {
				page, err := c.List(ctx, operator, f)
				c.must(err)
				got += len(page.Items)
				if f.After = page.Next; f.After == "" {
					break
				}
			}
			if got != 10 {
				t.Errorf("%d accounts, want 10", got)
			}
		})
	})
}

func TestPeopleAreFoundByPartsOfNamesAndAddresses(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a, b := c.hire("elodie"), c.hire("bora")
		c.must(c.Assign(ctx, operator, accounts.AssignInput{Person: b.ID, Profile: "p-b", StartsOn: c.day(0)}))
		c.must(c.st.AddAccount(ctx, accounts.Account{ID: "host", Name: "100% d_h", Email: "h@xn--exmple-cua.test", Lang: lang.FR, CreatedAt: c.clock()}))
		for text, want := range map[string][]actor.PersonID{
			"ELODIE": {a.ID}, "lodi elysee": {a.ID}, "bora@": {b.ID}, "élodie bora": nil, "%": {"host"}, "_": {"host"}, `\`: nil, "'": nil,
			"H@exämple.test": {"host"}, "a\x00": nil, "\xff": nil, "": {b.ID, "host", a.ID},
		} {
			page, err := c.Directory(ctx, c.as(a), accounts.DirectoryFilter{Words: accounts.WordsOf(text)})
			c.must(err)
			var got []actor.PersonID
			for _, p := range page.Items {
				got = append(got, p.ID)
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" || page.Total != len(want) {
				t.Errorf("%q (-want +got):\n%s", text, diff)
			}
			accountPage, err := c.List(ctx, operator, accounts.AccountFilter{Text: text})
			if err != nil || len(accountPage.Items) != len(want) || accountPage.Total != len(want) {
				t.Errorf("%q finds %d accounts of %d, %v", text, len(accountPage.Items), accountPage.Total, err)
			}
		}
		page, err := c.Directory(ctx, c.as(a), accounts.DirectoryFilter{Words: []accounts.Word{{Text: "seller", Profiles: []string{"p-b"}}}})
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != b.ID {
			t.Errorf("by their job: %+v, %v", page, err)
		}
	})
}

func TestManyPeopleToChooseFromAreLookedFor(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx, reader, off := t.Context(), c.hire("awa"), c.hire("off")
		c.must(c.Disable(ctx, operator, off.ID))
		offer := func(in accounts.Asking) accounts.Offer {
			t.Helper()
			out, err := c.Choices(ctx, c.as(reader), in)
			c.must(err)
			return out
		}
		c.crowd(accounts.Listed-2, func(i int) string { return fmt.Sprintf("Camille %03d", i) })
		if o := offer(accounts.Asking{Whom: accounts.Everybody}); o.Search || len(o.People) != accounts.Listed {
			t.Errorf("as many as are listed: %d, %t", len(o.People), o.Search)
		}
		if o := offer(accounts.Asking{Whom: accounts.Enabled, But: reader.ID}); len(o.People) != accounts.Listed-2 {
			t.Errorf("%d are enabled", len(o.People))
		}
		if o := offer(accounts.Asking{Whom: accounts.Enabled, Chosen: []actor.PersonID{off.ID}}); len(o.People) != accounts.Listed {
			t.Errorf("who is chosen stays: %d", len(o.People))
		}
		zoe := c.hire("zoe")
		for _, x := range []struct {
			in   accounts.Asking
			want int
			part bool
		}{
			{accounts.Asking{}, 0, false},
			{accounts.Asking{Text: " "}, 0, false},
			{accounts.Asking{Text: "zoé"}, 1, false},
			{accounts.Asking{Text: "zoé", Chosen: []actor.PersonID{reader.ID}}, 2, false},
			{accounts.Asking{Chosen: []actor.PersonID{reader.ID}}, 1, false},
			{accounts.Asking{Text: "nobody at all"}, 0, false},
			{accounts.Asking{Text: "camille"}, accounts.Offered, true},
			{accounts.Asking{Text: "camille", Chosen: []actor.PersonID{zoe.ID}}, accounts.Offered + 1, true},
		} {
			x.in.Whom = accounts.Everybody
			o := offer(x.in)
			for _, id := range x.in.Chosen {
				if !slices.ContainsFunc(o.People, func(p accounts.Placed) bool { return p.ID == id }) {
					t.Errorf("%+v offers %s no more, who is chosen", x.in, id)
				}
			}
			if !o.Search || len(o.People) != x.want || o.Part != x.part {
				t.Errorf("%+v offers %d, part %t, search %t", x.in, len(o.People), o.Part, o.Search)
			}
		}
		if _, err := c.Choices(ctx, nobody, accounts.Asking{}); err == nil {
			t.Error("a visitor reads names")
		}
	})
}
