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
	op := func(id, summary, tag string) huma.Operation {
		return huma.Operation{OperationID: id, Summary: summary, Tags: []string{tag}}
	}
	one := op("get-person", "Read one person of the directory", "people")
	one.Errors = []int{http.StatusNotFound}
	return []web.Route{
		web.API(http.MethodGet, web.APIPrefix+"/me", access.Requires(access.HomeRead), op("get-me", "Read who is asking", "accounts"), h.apiMe),
		web.API(http.MethodGet, web.APIPrefix+"/people", access.Requires(access.DirectoryRead), op("list-people", "List the directory", "people"), h.apiPeople),
		web.API(http.MethodGet, web.APIPrefix+"/people/{id}", access.Requires(access.DirectoryRead), one, h.apiPerson),
		web.API(http.MethodGet, web.APIPrefix+"/accounts", access.Requires(access.AccountsRead), op("list-accounts", "List the accounts", "accounts"), h.apiAccounts),
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
	peopleOutput struct{ Body web.Items[person] }
	personOutput struct{ Body person }
	personInput  struct {
		ID string `path:"id" maxLength:"64"`
	}
)

func personOf(p accounts.Placed) person {
	return person{ID: p.ID, Name: p.Name, Email: p.Email, Profile: p.Profile, Manager: p.Manager.ID}
}

func (h *Handlers) apiPeople(ctx context.Context, _ *struct{}) (*peopleOutput, error) {
	all, err := h.Accounts.Directory(ctx, actor.From(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]person, 0, len(all))
	for _, p := range all {
		out = append(out, personOf(p))
	}
	return &peopleOutput{Body: web.List(out)}, nil
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

type accountsOutput struct{ Body web.Items[account] }

func (h *Handlers) apiAccounts(ctx context.Context, _ *struct{}) (*accountsOutput, error) {
	all, err := h.Accounts.All(ctx, actor.From(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]account, 0, len(all))
	for _, a := range all {
		out = append(out, account{ID: a.ID, Name: a.Name, Email: a.Email, Roles: some(a.Roles), Disabled: a.Disabled()})
	}
	return &accountsOutput{Body: web.List(out)}, nil
}
