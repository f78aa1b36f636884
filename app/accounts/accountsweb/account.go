package accountsweb

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"rsc.io/qr"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/pages/accountpages"
)

func (h *Handlers) accountRoutes() []web.Route {
	own := access.Requires(access.AccountOwn)
	routes := []web.Route{
		get("/account", own, func(c *fiber.Ctx) error { return h.showAccount(c, accountForm{}) }),
		post("/account/preferences", own, h.form("preferences", "preferences", h.prefer)),
		post("/account/password", own, h.form("password", "password", func(c *fiber.Ctx, a actor.Actor) error {
			return h.Accounts.SetPassword(c.UserContext(), a, web.Field(c, "current"), web.Field(c, "password"))
		})),
		get("/account/codes", own, func(c *fiber.Ctx) error { return h.showCodes(c, nil) }),
		post("/account/codes", own, h.confirmCodes),
		post("/account/codes/prove", own, h.proveForCodes),
		post("/account/codes/remove", own, h.form("codes", "codes_removed", func(c *fiber.Ctx, a actor.Actor) error {
			return h.Accounts.RemoveCodes(c.UserContext(), a, web.Field(c, "current"))
		})),
		post("/account/recovery", own, h.renewRecovery),
		post("/account/sessions/end-others", own, h.form("sessions", "sessions_ended", func(c *fiber.Ctx, a actor.Actor) error {
			return h.Accounts.RevokeOtherSessions(c.UserContext(), a)
		})),
		post("/account/sessions/{id}/end", own, h.form("sessions", "session_ended", func(c *fiber.Ctx, a actor.Actor) error {
			return h.Accounts.RevokeSession(c.UserContext(), a, c.Params("id"))
		})),
		post("/account/tokens", own, h.createToken),
		post("/account/tokens/{id}/revoke", own, h.form("tokens", "token_revoked", func(c *fiber.Ctx, a actor.Actor) error {
			return h.Accounts.RevokeToken(c.UserContext(), a, c.Params("id"))
		})),
		post("/account/delegations", own, h.form("delegation", "delegated", func(c *fiber.Ctx, a actor.Actor) error {
			in := delegating(c)
			in.From = a.ID
			return h.Accounts.Delegate(c.UserContext(), a, in)
		})),
		post("/account/delegations/{id}/revoke", own, h.form("delegation", "revoked", func(c *fiber.Ctx, a actor.Actor) error {
			return h.Accounts.RevokeDelegation(c.UserContext(), a, c.Params("id"))
		})),
	}
	if h.Provider != nil {
		routes = append(routes,
			post("/account/identities", own, h.toLink),
			post("/account/identities/unlink", own, h.form("unlink", "unlinked", func(c *fiber.Ctx, a actor.Actor) error {
				return h.Accounts.Unlink(c.UserContext(), a, web.Field(c, "issuer"), web.Field(c, "current"))
			})))
	}
	return routes
}

// accountForm is a form of the account page that was not taken.
type accountForm struct {
	form string
	err  error
	find bool // it was sent to look for people to choose from
}

// form makes the handler of one form of the account page: it does one thing, and says so there or what was wrong.
func (h *Handlers) form(name, notice string, do func(*fiber.Ctx, actor.Actor) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if finding(c) {
			return h.showAccount(c, accountForm{form: name, find: true})
		}
		err := do(c, actor.From(c.UserContext()))
		if err != nil && mended(err) {
			return h.showAccount(again(c, err), accountForm{form: name, err: err})
		}
		if err != nil {
			return err
		}
		h.nudge()
		return done(c, "/account#"+sectionOf[notice], notice)
	}
}

func (h *Handlers) prefer(c *fiber.Ctx, a actor.Actor) error {
	in := accounts.Preferences{Lang: lang.Lang(web.Field(c, "lang")), TellSignIns: web.Field(c, "tell_sign_ins") == "1"}
	if err := h.Accounts.Prefer(c.UserContext(), a, in); err != nil {
		return err
	}
	web.Remember(c, h.Public, "lang", string(in.Lang))
	return nil
}

func delegating(c *fiber.Ctx) accounts.DelegateInput {
	return accounts.DelegateInput{
		From: actor.PersonID(web.Field(c, "from")), To: actor.PersonID(web.Field(c, "to")), Duty: accounts.Duty(web.Field(c, "duty")),
		StartsOn: web.Field(c, "starts_on"), LastDay: web.Field(c, "last_day"),
	}
}

// notices are what the page says after an act; what the address says is looked up here and never shown itself.
var notices = map[string]msg.Key{
	"password": msg.AccountNoticePassword, "preferences": msg.AccountNoticePreferences, "codes_removed": msg.AccountNoticeCodesRemoved,
	"session_ended": msg.AccountNoticeSessionEnded, "sessions_ended": msg.AccountNoticeSessionsEnded, "token_revoked": msg.AccountNoticeTokenRevoked,
	"linked": msg.AccountNoticeLinked, "unlinked": msg.AccountNoticeUnlinked, "delegated": msg.AccountNoticeDelegated, "revoked": msg.AccountNoticeRevoked,
}

// sectionOf is where on the account page each of them stands.
var sectionOf = map[string]string{
	"password": "password", "preferences": "profile", "codes_removed": "codes", "session_ended": "sessions", "sessions_ended": "sessions",
	"token_revoked": "tokens", "linked": "provider", "unlinked": "provider", "delegated": "delegation", "revoked": "delegation",
}

func noticeOf(c *fiber.Ctx, known map[string]msg.Key) string {
	if key, ok := known[c.Query("done")]; ok {
		return msg.T(web.LangOf(c.UserContext()), key)
	}
	return ""
}

// showAccount shows the whole page, with the form that was not taken as it was filled in.
func (h *Handlers) showAccount(c *fiber.Ctx, f accountForm) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	v := accountpages.AccountView{
		Form: f.form, TokenName: web.Field(c, "name"), TokenScopes: web.Fields[string](c, "scopes"), Notice: noticeOf(c, notices), NoticeIn: sectionOf[c.Query("done")], Roles: msg.All(l, "role", append(me.Alone().Roles, me.Alone().Withheld...)), Withheld: msg.All(l, "role", me.Withheld),
		Delegating: accountpages.Delegating{Duty: web.Field(c, "duty"), StartsOn: web.Field(c, "starts_on"), LastDay: web.Field(c, "last_day")},
	}
	v.TokenDays, _ = strconv.Atoi(web.Field(c, "days"))
	if f.err != nil {
		v.Problems = problems(l, f.err)
	}
	account, err := h.Accounts.Get(ctx, me, me.ID)
	if err != nil {
		return err
	}
	v.Name, v.Email, v.Lang, v.TellSignIns = account.Name, mailbox.Shown(account.Email), string(account.Lang), account.TellSignIns
	proofs, err := h.Accounts.ProofsOf(ctx, me, me.ID)
	if err != nil {
		return err
	}
	v.HasPassword, v.HasCodes, v.Recovery = proofs.Password, proofs.Codes, proofs.Recovery
	for _, fill := range []func(*fiber.Ctx, actor.Actor, accounts.Account, *accountpages.AccountView) error{h.fillSessions, h.fillTokens, h.fillIdentities, h.fillDelegations} {
		if err := fill(c, me, account, &v); err != nil {
			return err
		}
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.SiteAccount), ""); err != nil {
		return err
	}
	v.Shell.Path = "/account"
	return web.Render(c, accountpages.Account(v))
}

// mostSessions is how many sessions the page lists, the latest ones; it says so where there are more.
const mostSessions = 100

func (h *Handlers) fillSessions(c *fiber.Ctx, me actor.Actor, _ accounts.Account, v *accountpages.AccountView) error {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	list, err := h.Accounts.Sessions(ctx, me)
	if err != nil {
		return err
	}
	v.EarlierSessions = len(list) > mostSessions
	for _, x := range list[:min(len(list), mostSessions)] {
		s := accountpages.Session{ID: x.ID, Agent: x.Agent, Proof: msg.Of(l, "account.proof", x.Proof), Current: x.ID == me.Session}
		if s.Agent == "" {
			s.Agent = msg.T(l, msg.AccountAgentUnknown)
		}
		if s.Since, err = h.moment(ctx, x.CreatedAt); err != nil {
			return err
		}
		if s.Seen, err = h.moment(ctx, x.SeenAt); err != nil {
			return err
		}
		v.Sessions = append(v.Sessions, s)
	}
	return nil
}

func scopeWords(l lang.Lang, scope string) string {
	return msg.Of(l, "account.scope", strings.ReplaceAll(scope, ":", "_"))
}

func (h *Handlers) fillTokens(c *fiber.Ctx, me actor.Actor, _ accounts.Account, v *accountpages.AccountView) error {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	for _, s := range access.Scopes() {
		v.Scopes = append(v.Scopes, accountpages.Scope{Value: s, Label: scopeWords(l, s), Chosen: slices.Contains(v.TokenScopes, s)})
	}
	list, err := h.Accounts.Tokens(ctx, me)
	if err != nil {
		return err
	}
	for _, t := range list {
		x := accountpages.Token{ID: t.ID, Name: t.Name, Prefix: t.Prefix}
		for _, s := range t.Scopes {
			x.Scopes = append(x.Scopes, scopeWords(l, s))
		}
		if x.LastUsed, err = h.moment(ctx, t.LastUsed); err != nil {
			return err
		}
		if x.LastUsed == "" {
			x.LastUsed = msg.T(l, msg.AccountNever)
		}
		if x.Expires, err = h.expires(c, t.ExpiresAt); err != nil {
			return err
		}
		v.Tokens = append(v.Tokens, x)
	}
	return nil
}

// expires says both how far away a day is and which it is.
func (h *Handlers) expires(c *fiber.Ctx, t time.Time) (string, error) {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	zone, err := h.Zone(ctx)
	if err != nil {
		return "", err
	}
	today, err := time.ParseInLocation(time.DateOnly, h.Today(ctx), time.UTC)
	if err != nil {
		return "", err
	}
	day, err := time.ParseInLocation(time.DateOnly, t.In(zone).Format(time.DateOnly), time.UTC)
	if err != nil {
		return "", err
	}
	return msg.N(l, msg.AccountInDays, int(day.Sub(today).Hours()/24)) + " · " + lang.Date(l, day), nil
}

func (h *Handlers) fillIdentities(c *fiber.Ctx, me actor.Actor, _ accounts.Account, v *accountpages.AccountView) error {
	if h.Provider != nil {
		v.Provider = h.Button
	}
	list, err := h.Accounts.Identities(c.UserContext(), me)
	if err != nil {
		return err
	}
	for _, i := range list {
		x := accountpages.Identity{Issuer: i.Issuer}
		if x.Since, err = h.moment(c.UserContext(), i.LinkedAt); err != nil {
			return err
		}
		v.Linked = append(v.Linked, x)
	}
	return nil
}

func (h *Handlers) fillDelegations(c *fiber.Ctx, me actor.Actor, account accounts.Account, v *accountpages.AccountView) error {
	ctx, l, today := c.UserContext(), web.LangOf(c.UserContext()), h.Today(c.UserContext())
	page, err := h.Accounts.Delegations(ctx, me, "")
	if err != nil {
		return err
	}
	names, err := h.delegationNames(ctx, me, page.Items)
	if err != nil {
		return err
	}
	v.EarlierDelegations = page.Next != ""
	for _, d := range page.Items {
		x := delegationWords(l, d, names, today)
		x.Revocable = x.Revocable && d.From == me.ID
		if d.To == me.ID && x.InForce {
			v.Delegated = append(v.Delegated, msg.T(l, msg.AccountDelegatedFrom, msg.Args{"Duty": x.Duty, "Name": x.From}))
		}
		v.Delegations = append(v.Delegations, x)
	}
	if v.Delegating.To, err = h.pick(c, "to", accounts.Asking{Whom: accounts.Usable, But: me.ID}, web.Field(c, "to")); err != nil {
		return err
	}
	duties, err := h.Accounts.DutiesOf(ctx, me, account)
	for _, d := range duties {
		v.Duties = append(v.Duties, components.Choice{Value: string(d), Label: msg.Of(l, "account.duty", d)})
	}
	return err
}

// delegationWords is a delegation in words, as both pages show it.
// delegationNames says what those are called whom delegations name.
func (h *Handlers) delegationNames(ctx context.Context, me actor.Actor, list []accounts.Delegation) (map[actor.PersonID]string, error) {
	var ids []actor.PersonID
	for _, d := range list {
		ids = append(ids, d.From, d.To)
	}
	return h.Accounts.Names(ctx, me, ids)
}

func delegationWords(l lang.Lang, d accounts.Delegation, names map[actor.PersonID]string, today string) accountpages.Delegation {
	state := d.State(today)
	return accountpages.Delegation{
		ID: d.ID, From: names[d.From], To: names[d.To], Duty: msg.Of(l, "account.duty", d.Duty), Starts: lang.Day(l, d.StartsOn), LastDay: lang.LastDay(l, d.EndsOn),
		State: msg.Of(l, "account.delegation", state), InForce: state == "in_force", Revocable: state == "in_force" || state == "planned",
	}
}

// showCodes shows how to set codes up; with codes that are in use it leads back, and in a session that lies unattended
// it asks first who is there.
func (h *Handlers) showCodes(c *fiber.Ctx, problem error) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	e, err := h.Accounts.BeginCodes(ctx, me)
	switch fault.Of(err).Code {
	case "codes_on":
		return web.Redirect(c, "/account#codes")
	case "proof_old":
		return h.askForCodes(c, err)
	}
	if err != nil {
		return err
	}
	v := accountpages.CodesView{Secret: grouped(e.Secret), Needed: len(me.Withheld) > 0}
	if v.QRPath, v.QRSize, err = qrPath(e.URL); err != nil {
		return err
	}
	if problem != nil {
		again(c, problem)
		p := problems(l, problem)
		v.Problem = p["code"] + p[""]
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.AccountCodesSetupTitle), ""); err != nil {
		return err
	}
	v.Shell.Path, v.Shell.User.Withheld = "/account/codes", false // the page says so itself
	return web.Render(c, accountpages.Codes(v))
}

// askForCodes asks for the password before codes are set up, or, where there is none, for a new sign-in.
func (h *Handlers) askForCodes(c *fiber.Ctx, problem error) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	account, err := h.Accounts.Get(ctx, me, me.ID)
	if err != nil {
		return err
	}
	proofs, err := h.Accounts.ProofsOf(ctx, me, me.ID)
	if err != nil {
		return err
	}
	v := accountpages.ProveView{Email: account.Email, HasPassword: proofs.Password}
	if old := fault.Of(problem).Code == "proof_old"; !old || !proofs.Password {
		again(c, problem)
		p := problems(l, problem)
		v.Problem = p["current"] + p[""]
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.AccountCodesSetupTitle), ""); err != nil {
		return err
	}
	v.Shell.Path = "/account/codes"
	return web.Render(c, accountpages.ProveForCodes(v))
}

// proveForCodes takes the password that setting codes up asks for in a session that is not fresh.
func (h *Handlers) proveForCodes(c *fiber.Ctx) error {
	err := h.Accounts.Confirm(c.UserContext(), actor.From(c.UserContext()), web.Field(c, "current"))
	if err != nil && mended(err) {
		return h.askForCodes(c, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(c, "/account/codes")
}

// grouped writes a seed in fours, for typing.
func grouped(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}

// quiet is the margin a QR code needs, in modules.
const quiet = 4

// qrPath draws a text as a QR code: one SVG path of unit squares.
func qrPath(text string) (string, int, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", 0, fault.Wrap(fault.Internal, "internal", err, "draw a QR code")
	}
	var b strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h1v1h-1z")
			}
		}
	}
	return b.String(), code.Size + 2*quiet, nil
}

func (h *Handlers) confirmCodes(c *fiber.Ctx) error {
	codes, err := h.Accounts.ConfirmCodes(c.UserContext(), actor.From(c.UserContext()), web.Field(c, "code"))
	if err != nil && mended(err) {
		return h.showCodes(c, err)
	}
	if err != nil {
		return err
	}
	h.nudge()
	// The page that comes is of somebody whose role is no longer withheld. The codes are shown this once: they come first.
	if who, err := h.Accounts.Resume(c.UserContext(), actor.Nobody(), h.former(c)); err == nil {
		c.SetUserContext(actor.With(c.UserContext(), who))
	}
	return h.showRecovery(c, codes)
}

func (h *Handlers) renewRecovery(c *fiber.Ctx) error {
	codes, err := h.Accounts.RenewRecoveryCodes(c.UserContext(), actor.From(c.UserContext()), web.Field(c, "current"))
	if err != nil && mended(err) {
		return h.showAccount(again(c, err), accountForm{form: "recovery", err: err})
	}
	if err != nil {
		return err
	}
	return h.showRecovery(c, codes)
}

func (h *Handlers) showRecovery(c *fiber.Ctx, codes []string) error {
	shell, err := h.Shell(c, msg.T(web.LangOf(c.UserContext()), msg.AccountRecoveryTitle), "")
	if err != nil {
		return err
	}
	shell.Path, shell.Once = "/account", true
	ctx := c.UserContext()
	what := shell.User.Name + " · " + h.BaseURL + " · " + lang.Day(web.LangOf(ctx), h.Today(ctx))
	return web.Render(c, accountpages.Recovery(accountpages.RecoveryView{Shell: shell, Codes: codes, For: what}))
}

func (h *Handlers) createToken(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := accounts.TokenInput{Name: web.Field(c, "name"), Scopes: web.Fields[string](c, "scopes")}
	in.Days, _ = strconv.Atoi(web.Field(c, "days")) // what is no number is 0, which is refused
	text, err := h.Accounts.CreateToken(ctx, actor.From(ctx), in, web.Field(c, "current"))
	if err != nil && mended(err) {
		return h.showAccount(again(c, err), accountForm{form: "token", err: err})
	}
	if err != nil {
		return err
	}
	h.nudge()
	shell, err := h.Shell(c, msg.T(web.LangOf(ctx), msg.AccountTokenMadeTitle), "")
	if err != nil {
		return err
	}
	shell.Path, shell.Once = "/account", true
	expires, err := h.expires(c, h.Now().AddDate(0, 0, in.Days))
	if err != nil {
		return err
	}
	return web.Render(c, accountpages.TokenMade(accountpages.TokenView{Shell: shell, Name: in.Name, Token: text, Expires: expires, Site: h.BaseURL}))
}
