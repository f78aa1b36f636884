package accountsweb

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
)

func (h *Handlers) adminRoutes() []web.Route {
	read, write := access.Requires(access.AccountsRead), access.Requires(access.AccountsWrite)
	return []web.Route{
		get("/admin/accounts", read, h.accounts),
		get("/admin/accounts/new", write, func(c *fiber.Ctx) error { return h.showNew(c, accounts.NewAccount{}, nil) }),
		post("/admin/accounts", write, h.create),
		get("/admin/accounts/{id}", read, func(c *fiber.Ctx) error { return h.showOne(c, accountForm{}) }),
		post("/admin/accounts/{id}", write, h.changing("details", "changed", func(c *fiber.Ctx, a actor.Actor, id actor.PersonID) error {
			return h.Accounts.Change(c.UserContext(), a, id, accounts.Details{Email: web.Field(c, "email"), Name: web.Field(c, "name"), Lang: lang.Lang(web.Field(c, "lang")), Edition: web.Field(c, "edition")})
		})),
		post("/admin/accounts/{id}/rights", write, h.changing("rights", "rights", func(c *fiber.Ctx, a actor.Actor, id actor.PersonID) error {
			return h.Accounts.SetRights(c.UserContext(), a, id, accounts.Rights{Roles: web.Fields[actor.Role](c, "roles"), Whole: web.Field(c, "whole") == "1", Heads: web.Fields[actor.PersonID](c, "heads"), Edition: web.Field(c, "edition")})
		})),
		post("/admin/accounts/{id}/reset", write, h.changing("access", "reset", func(c *fiber.Ctx, a actor.Actor, id actor.PersonID) error {
			_, err := h.Accounts.ResetProofs(c.UserContext(), a, id, accounts.ResetInput{Codes: web.Field(c, "codes") == "1"})
			return err
		})),
		post("/admin/accounts/{id}/end-sessions", write, h.changing("access", "sessions_ended", func(c *fiber.Ctx, a actor.Actor, id actor.PersonID) error {
			return h.Accounts.EndSessionsOf(c.UserContext(), a, id)
		})),
		post("/admin/accounts/{id}/disable", write, h.changing("access", "disabled", func(c *fiber.Ctx, a actor.Actor, id actor.PersonID) error {
			return h.Accounts.Disable(c.UserContext(), a, id)
		})),
		post("/admin/accounts/{id}/enable", write, h.changing("access", "enabled", func(c *fiber.Ctx, a actor.Actor, id actor.PersonID) error {
			return h.Accounts.Enable(c.UserContext(), a, id)
		})),
		get("/admin/delegations", read, func(c *fiber.Ctx) error { return h.showDelegations(c, nil) }),
		post("/admin/delegations", access.Requires(access.DelegationsWrite), h.delegate),
		post("/admin/delegations/{id}/revoke", access.Requires(access.DelegationsWrite), h.revokeDelegation),
	}
}

var adminNotices = map[string]msg.Key{
	"created": msg.AdminNoticeCreated, "changed": msg.AdminNoticeChanged, "rights": msg.AdminNoticeRights, "reset": msg.AdminNoticeReset, "sessions_ended": msg.AdminNoticeSessionsEnded,
	"created_read": msg.AdminNoticeCreatedRead, "created_kept": msg.AdminNoticeCreatedKept, "reset_read": msg.AdminNoticeResetRead,
	"disabled": msg.AdminNoticeDisabled, "enabled": msg.AdminNoticeEnabled, "delegated": msg.AdminNoticeDelegated, "revoked": msg.AdminNoticeRevoked,
}

// adminNotice says what was done, and where the letter waits when there is one that nothing sends.
func (h *Handlers) adminNotice(c *fiber.Ctx) string {
	waits := ""
	switch {
	case h.postless():
		waits = "_kept"
	case h.Demo:
		waits = "_read"
	}
	if key, ok := adminNotices[c.Query("done")+waits]; ok {
		return msg.T(web.LangOf(c.UserContext()), key)
	}
	return noticeOf(c, adminNotices)
}

// postless tells whether letters neither leave nor can be read: the link then comes from the command line.
func (h *Handlers) postless() bool { return h.Nudge == nil && !h.Demo }

func (h *Handlers) accounts(c *fiber.Ctx) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	v := adminpages.AccountsView{Notice: h.adminNotice(c), Q: strings.TrimSpace(c.Query("q"))}
	page, err := h.Accounts.List(ctx, me, accounts.AccountFilter{Text: v.Q, After: c.Query("after")})
	if err != nil {
		return err
	}
	ids := make([]actor.PersonID, 0, len(page.Items))
	for _, a := range page.Items {
		ids = append(ids, a.ID)
	}
	proofs, err := h.Accounts.ProofsOfSome(ctx, me, ids)
	if err != nil {
		return err
	}
	v.Total, v.Next = page.Total, nextOf("/admin/accounts", v.Q, page.Next)
	for _, a := range page.Items {
		v.Accounts = append(v.Accounts, adminpages.Account{
			ID: string(a.ID), Name: a.Name, Email: mailbox.Shown(a.Email), Roles: msg.All(l, "role", a.Roles), Codes: proofs[a.ID].Codes, NeedsCodes: a.NeedsCodes() && a.Persona == "",
			Disabled: a.Disabled(), Persona: a.Persona != "",
		})
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.AdminAccountsTitle), layout.Admin); err != nil {
		return err
	}
	return web.Render(c, adminpages.Accounts(v))
}

func roleChoices(l lang.Lang, chosen []actor.Role) []adminpages.Role {
	var out []adminpages.Role
	for _, r := range actor.Roles() {
		out = append(out, adminpages.Role{
			Value: string(r), Label: msg.Of(l, "role", r), Text: msg.Of(l, "admin.role", r),
			NeedsCodes: accounts.Account{Roles: []actor.Role{r}}.NeedsCodes(), Chosen: slices.Contains(chosen, r),
		})
	}
	return out
}

func (h *Handlers) showNew(c *fiber.Ctx, in accounts.NewAccount, problem error) error {
	l := web.LangOf(c.UserContext())
	v := adminpages.NewAccountView{Postless: h.postless(), Name: in.Name, Email: in.Email, Language: string(in.Lang), Roles: roleChoices(l, in.Roles)}
	if v.Language == "" {
		v.Language = string(l)
	}
	if problem != nil {
		v.Problems = problems(l, problem)
	}
	var err error
	if v.Shell, err = h.Shell(c, msg.T(l, msg.AdminNewTitle), layout.Admin); err != nil {
		return err
	}
	v.Shell.Path = "/admin/accounts/new"
	return web.Render(c, adminpages.NewAccount(v))
}

func (h *Handlers) create(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := accounts.NewAccount{Email: web.Field(c, "email"), Name: web.Field(c, "name"), Lang: lang.Lang(web.Field(c, "lang")), Roles: web.Fields[actor.Role](c, "roles")}
	id, _, err := h.Accounts.Create(ctx, actor.From(ctx), in)
	if err != nil && mended(err) {
		return h.showNew(again(c, err), in, err)
	}
	if err != nil {
		return err
	}
	h.nudge()
	return done(c, "/admin/accounts/"+string(id), "created")
}

// changing makes the handler of one form of an account's page.
func (h *Handlers) changing(form, notice string, do func(*fiber.Ctx, actor.Actor, actor.PersonID) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id := c.Params("id")
		if finding(c) {
			return h.showOne(c, accountForm{form: form, find: true})
		}
		err := do(c, actor.From(c.UserContext()), actor.PersonID(id))
		if err != nil && mended(err) {
			return h.showOne(again(c, err), accountForm{form: form, err: err})
		}
		if err != nil {
			return err
		}
		h.nudge()
		return done(c, "/admin/accounts/"+id, notice)
	}
}

func (h *Handlers) showOne(c *fiber.Ctx, f accountForm) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	a, err := h.Accounts.Find(ctx, me, actor.PersonID(c.Params("id")))
	if err != nil {
		return err
	}
	proofs, err := h.Accounts.ProofsOf(ctx, me, a.ID)
	if err != nil {
		return err
	}
	v := adminpages.AccountView{
		ID: string(a.ID), Address: mailbox.Shown(a.Email), Edition: a.Edition(), Name: a.Name, Email: mailbox.Shown(a.Email), Language: string(a.Lang), Self: a.ID == me.ID, Persona: a.Persona != "", Disabled: a.Disabled(),
		HasPassword: proofs.Password, HasCodes: proofs.Codes, Recovery: proofs.Recovery, Providers: proofs.Providers,
		Roles: roleChoices(l, a.Roles), Whole: a.Perimeter.Whole, Notice: h.adminNotice(c), Form: f.form, Postless: h.postless(),
	}
	heads := a.Perimeter.Heads
	if f.err != nil {
		v.Problems = problems(l, f.err)
	}
	if (f.err != nil || f.find) && fault.Of(f.err).Code != staleForm { // of which the state of now is shown
		switch f.form {
		case "details":
			v.Name, v.Email, v.Language = web.Field(c, "name"), web.Field(c, "email"), web.Field(c, "lang")
		case "rights":
			v.Roles, v.Whole, heads = roleChoices(l, web.Fields[actor.Role](c, "roles")), web.Field(c, "whole") == "1", web.Fields[actor.PersonID](c, "heads")
		}
	}
	chosen := make([]string, 0, len(heads))
	for _, id := range heads {
		chosen = append(chosen, string(id))
	}
	if v.Heads, err = h.pick(c, "heads", accounts.Asking{Whom: accounts.Everybody}, chosen...); err != nil {
		return err
	}
	if v.Since, err = h.moment(ctx, a.CreatedAt); err != nil {
		return err
	}
	if v.Shell, err = h.Shell(c, a.Name, layout.Admin); err != nil {
		return err
	}
	v.Shell.Path = "/admin/accounts/" + string(a.ID)
	return web.Render(c, adminpages.ShowAccount(v))
}

func (h *Handlers) showDelegations(c *fiber.Ctx, problem error) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	page, err := h.Accounts.AllDelegations(ctx, me, c.Query("after"))
	if err != nil {
		return err
	}
	names, err := h.delegationNames(ctx, me, page.Items)
	if err != nil {
		return err
	}
	v := adminpages.DelegationsView{
		Next: nextOf("/admin/delegations", "", page.Next), Duty: web.Field(c, "duty"), StartsOn: web.Field(c, "starts_on"), LastDay: web.Field(c, "last_day"), Notice: h.adminNotice(c),
	}
	if problem != nil {
		v.Problems = problems(l, problem)
	}
	for _, d := range page.Items {
		v.Delegations = append(v.Delegations, delegationWords(l, d, names, h.Today(ctx)))
	}
	if v.From, err = h.pick(c, "from", accounts.Asking{Whom: accounts.Usable}, web.Field(c, "from")); err != nil {
		return err
	}
	if v.To, err = h.pick(c, "to", accounts.Asking{Whom: accounts.Usable, But: me.ID}, web.Field(c, "to")); err != nil {
		return err
	}
	for _, d := range accounts.Duties() {
		v.Duties = append(v.Duties, components.Choice{Value: string(d), Label: msg.Of(l, "account.duty", d)})
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.AdminDelegationsTitle), layout.Admin); err != nil {
		return err
	}
	v.Shell.Path = "/admin/delegations"
	return web.Render(c, adminpages.Delegations(v))
}

func (h *Handlers) delegate(c *fiber.Ctx) error {
	if finding(c) && access.May(actor.From(c.UserContext()), access.AccountsRead) {
		return h.showDelegations(c, nil)
	}
	err := h.Accounts.Delegate(c.UserContext(), actor.From(c.UserContext()), delegating(c))
	if err != nil && mended(err) && access.May(actor.From(c.UserContext()), access.AccountsRead) {
		return h.showDelegations(again(c, err), err)
	}
	if err != nil {
		return err
	}
	h.nudge()
	return done(c, "/admin/delegations", "delegated")
}

func (h *Handlers) revokeDelegation(c *fiber.Ctx) error {
	if err := h.Accounts.RevokeDelegation(c.UserContext(), actor.From(c.UserContext()), c.Params("id")); err != nil {
		return err
	}
	return done(c, "/admin/delegations", "revoked")
}
