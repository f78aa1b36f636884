package accountsweb

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/web"
)

func (h *Handlers) apiRoutes() []web.Route {
	op := func(id, summary, tag string, errors ...int) huma.Operation {
		return huma.Operation{OperationID: id, Summary: summary, Tags: []string{tag}, Errors: errors}
	}
	one := op("get-person", "Read one person of the directory", "people", http.StatusNotFound)
	people := op("list-people", "List the directory", "people", http.StatusBadRequest)
	all := op("list-accounts", "List the accounts", "accounts", http.StatusBadRequest)
	return []web.Route{
		web.API(http.MethodGet, web.APIPrefix+"/me", access.Requires(access.HomeRead), op("get-me", "Read who is asking", "accounts"), h.apiMe),
		web.API(http.MethodGet, web.APIPrefix+"/people", access.Requires(access.DirectoryRead), people, h.apiPeople),
		web.API(http.MethodGet, web.APIPrefix+"/people/{id}", access.Requires(access.DirectoryRead), one, h.apiPerson),
		web.API(http.MethodGet, web.APIPrefix+"/accounts", access.Requires(access.AccountsRead), all, h.apiAccounts),
	}
}

type me struct {
	ID       actor.PersonID `json:"id"`
	Name     string         `json:"name"`
	Roles    []actor.Role   `json:"roles" nullable:"false"`
	Withheld []actor.Role   `json:"withheld" nullable:"false" doc:"Roles that wait for one-time codes to be set up and shown"`
	Manages  bool           `json:"manages" doc:"Somebody reports to you today"`
	Scopes   []string       `json:"scopes,omitempty" nullable:"false" doc:"Of the token, where one asks"`
}

type meOutput struct{ Body me }

func (h *Handlers) apiMe(ctx context.Context, _ *struct{}) (*meOutput, error) {
	a := actor.From(ctx)
	return &meOutput{Body: me{ID: a.ID, Name: a.Name, Roles: some(a.Roles), Withheld: some(a.Withheld), Manages: a.Manages, Scopes: a.Scopes}}, nil
}

func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

type person struct {
	ID      actor.PersonID `json:"id"`
	Name    string         `json:"name"`
	Email   string         `json:"email"`
	Profile string         `json:"profile,omitempty" doc:"Slug of the job profile held today"`
	Manager actor.PersonID `json:"manager,omitempty" doc:"Id of the manager today"`
}

type (
	peopleOutput struct{ Body part[person] }
	pageInput    struct {
		Q     string `query:"q" maxLength:"200" doc:"Parts of a name or an address; accents do not matter"`
		Limit int    `query:"limit" minimum:"1" maximum:"200" default:"100"`
		After string `query:"after" maxLength:"2000" doc:"The next marker of the page before"`
	}
	personOutput struct{ Body person }
	personInput  struct {
		ID string `path:"id" maxLength:"64"`
	}
)

func personOf(p accounts.Placed) person {
	return person{ID: p.ID, Name: p.Name, Email: p.Email, Profile: p.Profile, Manager: p.Manager.ID}
}

// part is a page of a list.
type part[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Total int    `json:"total" doc:"Of all pages"`
	Next  string `json:"next,omitempty" doc:"Marker of the next page; absent at the end"`
}

func (h *Handlers) apiPeople(ctx context.Context, in *pageInput) (*peopleOutput, error) {
	f := accounts.DirectoryFilter{Words: accounts.WordsOf(in.Q), Limit: in.Limit, After: in.After}
	page, err := h.Accounts.Directory(ctx, actor.From(ctx), f)
	if err != nil {
		return nil, err
	}
	out := &peopleOutput{Body: part[person]{Items: []person{}, Total: page.Total, Next: page.Next}}
	for _, p := range page.Items {
		out.Body.Items = append(out.Body.Items, personOf(p))
	}
	return out, nil
}

func (h *Handlers) apiPerson(ctx context.Context, in *personInput) (*personOutput, error) {
	sheet, err := h.Accounts.PersonSheet(ctx, actor.From(ctx), actor.PersonID(in.ID))
	if err != nil {
		return nil, err
	}
	return &personOutput{Body: personOf(sheet.Placed)}, nil
}

type account struct {
	ID       actor.PersonID `json:"id"`
	Name     string         `json:"name"`
	Email    string         `json:"email"`
	Roles    []actor.Role   `json:"roles" nullable:"false"`
	Disabled bool           `json:"disabled"`
}

type accountsOutput struct{ Body part[account] }

func (h *Handlers) apiAccounts(ctx context.Context, in *pageInput) (*accountsOutput, error) {
	page, err := h.Accounts.List(ctx, actor.From(ctx), accounts.AccountFilter{Text: in.Q, Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	out := &accountsOutput{Body: part[account]{Items: []account{}, Total: page.Total, Next: page.Next}}
	for _, a := range page.Items {
		out.Body.Items = append(out.Body.Items, account{ID: a.ID, Name: a.Name, Email: a.Email, Roles: some(a.Roles), Disabled: a.Disabled()})
	}
	return out, nil
}
