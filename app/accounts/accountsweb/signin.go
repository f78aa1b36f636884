package accountsweb

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/pages/accountpages"
)

func (h *Handlers) signInRoutes() []web.Route {
	public := access.Public()
	routes := []web.Route{
		get("/sign-in", public, h.signIn),
		post("/sign-in", public, h.doSignIn),
		get("/sign-in/code", public, h.code),
		post("/sign-in/code", public, h.enterCode),
		get("/sign-in/forgot", public, h.forgot),
		post("/sign-in/forgot", public, h.doForgot),
		get("/sign-in/password/{token}", public, h.password),
		post("/sign-in/password/{token}", public, h.setPassword),
		get("/setup/{token}", public, h.setUp),
		post("/setup/{token}", public, h.doSetUp),
		post("/sign-out", public, h.signOut),
	}
	if h.Provider != nil {
		routes = append(routes, post("/sign-in/provider", public, h.toProvider), get("/sign-in/provider/callback", public, h.fromProvider))
	}
	if h.Demo {
		routes = append(routes, post("/demo/sign-in", public, h.signInPersona))
	}
	return routes
}

func (h *Handlers) signIn(c *fiber.Ctx) error {
	next := c.Query("next")
	back := web.LocalPath(next)
	// Somebody who comes by themselves while signed in wants to be another persona.
	if actor.From(c.UserContext()).Kind == actor.Person && (next != "" || !h.Demo) {
		return web.Redirect(c, back)
	}
	v := accountpages.SignInView{Back: back}
	switch c.Query("done") {
	case "set":
		v.Notice = msg.T(web.LangOf(c.UserContext()), msg.AccountNoticeSet)
	case "renewed":
		v.Notice = msg.T(web.LangOf(c.UserContext()), msg.AccountNoticeRenewed)
	case "lost":
		v.Problem = msg.T(web.LangOf(c.UserContext()), msg.AccountProblemLost)
	}
	return h.showSignIn(c, v)
}

func (h *Handlers) showSignIn(c *fiber.Ctx, v accountpages.SignInView) error {
	l := web.LangOf(c.UserContext())
	var err error
	if v.Shell, err = h.Shell(c, msg.T(l, msg.SiteSignIn), ""); err != nil {
		return err
	}
	if h.Provider != nil {
		v.Provider = msg.T(l, msg.AccountWithProvider, msg.Args{"Provider": h.Button})
	}
	_, v.Linking = h.pending(c)
	if v.Personas, err = h.Personas(c.UserContext()); err != nil {
		return err
	}
	return web.Render(c, accountpages.SignIn(v))
}

// former is the session token the browser brought: it ends when another begins.
func (h *Handlers) former(c *fiber.Ctx) string { return c.Cookies(web.SessionCookie(h.Public)) }

func (h *Handlers) doSignIn(c *fiber.Ctx) error {
	ctx := h.withDevice(c)
	in := accounts.SignInInput{Email: web.Field(c, "email"), Password: web.Field(c, "password"), Agent: agent(c), Former: h.former(c)}
	opened, err := h.Accounts.SignIn(ctx, actor.From(ctx), in)
	if err != nil && mended(err) {
		return h.showSignIn(again(c, err), accountpages.SignInView{Email: in.Email, Back: web.LocalPath(web.Field(c, "back")), Problem: problems(web.LangOf(ctx), err)[""]})
	}
	if err != nil {
		return err
	}
	return h.enter(c, opened, web.LocalPath(web.Field(c, "back")))
}

// enter gives the browser its session and leads on: to the code that is still asked for, else to where it wanted.
func (h *Handlers) enter(c *fiber.Ctx, o accounts.Opened, back string) error {
	web.SetSession(c, h.Public, o.Token)
	h.remember(c, o.Device)
	h.nudge()
	if o.NeedsCode {
		return web.Redirect(c, "/sign-in/code?back="+queryEscape(back))
	}
	if c.Cookies("lang") == "" && o.Lang != "" {
		web.Remember(c, h.Public, "lang", string(o.Lang))
	}
	if linked, err := h.linkPending(c, o.Token); err != nil || linked {
		if err != nil {
			return err
		}
		return done(c, "/account", "linked")
	}
	return web.Redirect(c, back)
}

func (h *Handlers) code(c *fiber.Ctx) error {
	return h.showCode(c, accountpages.CodeView{Back: web.LocalPath(c.Query("back"))})
}

func (h *Handlers) showCode(c *fiber.Ctx, v accountpages.CodeView) error {
	var err error
	if v.Shell, err = h.Shell(c, msg.T(web.LangOf(c.UserContext()), msg.AccountCodeTitle), ""); err != nil {
		return err
	}
	return web.Render(c, accountpages.Code(v))
}

func (h *Handlers) enterCode(c *fiber.Ctx) error {
	ctx, back := h.withDevice(c), web.LocalPath(web.Field(c, "back"))
	opened, err := h.Accounts.EnterCode(ctx, actor.From(ctx), h.former(c), web.Field(c, "code"), agent(c))
	switch {
	case fault.Is(err, fault.NotFound): // the ten minutes are over, or it never began
		return h.showSignIn(c.Status(http.StatusConflict), accountpages.SignInView{Back: back, Problem: msg.T(web.LangOf(ctx), msg.AccountCodeOver)})
	case err != nil && mended(err):
		p := problems(web.LangOf(ctx), err)
		return h.showCode(again(c, err), accountpages.CodeView{Back: back, Problem: p["code"] + p[""]})
	case err != nil:
		return err
	}
	return h.enter(c, opened, back)
}

func (h *Handlers) forgot(c *fiber.Ctx) error { return h.showForgot(c, accountpages.ForgotView{}) }

func (h *Handlers) showForgot(c *fiber.Ctx, v accountpages.ForgotView) error {
	v.Outbox, v.Postless = h.Demo, h.postless()
	var err error
	if v.Shell, err = h.Shell(c, msg.T(web.LangOf(c.UserContext()), msg.AccountForgotTitle), ""); err != nil {
		return err
	}
	return web.Render(c, accountpages.Forgot(v))
}

func (h *Handlers) doForgot(c *fiber.Ctx) error {
	ctx, email := h.withDevice(c), web.Field(c, "email")
	err := h.Accounts.Forgot(ctx, actor.From(ctx), email)
	if err != nil && mended(err) {
		return h.showForgot(again(c, err), accountpages.ForgotView{Email: email, Problem: problems(web.LangOf(ctx), err)[""]})
	}
	if err != nil {
		return err
	}
	h.nudge()
	return h.showForgot(c, accountpages.ForgotView{Email: email, Sent: true})
}

func (h *Handlers) password(c *fiber.Ctx) error {
	return h.showPassword(c, nil)
}

// showPassword shows the form of a link, or that the link is not good any more.
func (h *Handlers) showPassword(c *fiber.Ctx, problem error) error {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	v := accountpages.PasswordView{Token: c.Params("token")}
	account, err := h.Accounts.CheckLink(ctx, actor.From(ctx), v.Token)
	switch {
	case fault.Is(err, fault.NotFound):
		v.Ended = true
		c.Status(http.StatusNotFound)
	case err != nil:
		return err
	case problem != nil:
		again(c, problem)
		p := problems(l, problem)
		v.Problem = p["password"] + p[""]
	}
	v.Email = mailbox.Shown(account.Email)
	if v.Shell, err = h.Shell(c, msg.T(l, msg.AccountChooseTitle), ""); err != nil {
		return err
	}
	hideAddress(&v.Shell.Path)
	return web.Render(c, accountpages.Password(v))
}

// hideAddress keeps a token out of the places a page carries its own address to.
func hideAddress(path *string) { *path = "/" }

func (h *Handlers) setPassword(c *fiber.Ctx) error {
	ctx := c.UserContext()
	used, err := h.Accounts.UseLink(ctx, actor.From(ctx), c.Params("token"), web.Field(c, "password"))
	switch {
	case fault.Is(err, fault.NotFound):
		return h.showPassword(c, nil)
	case err != nil && mended(err):
		return h.showPassword(c, err)
	case err != nil:
		return err
	}
	h.remember(c, used.Device)
	h.nudge()
	if used.Kind == accounts.Reset {
		return done(c, "/sign-in", "renewed")
	}
	return done(c, "/sign-in", "set")
}

func (h *Handlers) setUp(c *fiber.Ctx) error {
	return h.showSetUp(c, accountpages.SetUpView{}, nil)
}

func (h *Handlers) showSetUp(c *fiber.Ctx, v accountpages.SetUpView, problem error) error {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	v.Token = c.Params("token")
	err := h.Accounts.CheckSetUp(ctx, actor.From(ctx), v.Token)
	switch {
	case fault.Is(err, fault.NotFound):
		v.Ended = true
		c.Status(http.StatusNotFound)
	case err != nil:
		return err
	case problem != nil:
		again(c, problem)
		v.Problems = problems(l, problem)
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.AccountSetupTitle), ""); err != nil {
		return err
	}
	hideAddress(&v.Shell.Path)
	return web.Render(c, accountpages.SetUp(v))
}

func (h *Handlers) doSetUp(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := accounts.SetUpInput{Name: web.Field(c, "name"), Email: web.Field(c, "email"), Password: web.Field(c, "password"), Lang: web.LangOf(ctx), Agent: agent(c)}
	opened, err := h.Accounts.SetUp(ctx, actor.From(ctx), c.Params("token"), in)
	if err != nil && (mended(err) || fault.Is(err, fault.NotFound)) {
		return h.showSetUp(c, accountpages.SetUpView{Name: in.Name, Email: in.Email}, err)
	}
	if err != nil {
		return err
	}
	return h.enter(c, opened, "/account/codes")
}

func (h *Handlers) signInPersona(c *fiber.Ctx) error {
	opened, err := h.Accounts.SignInPersona(c.UserContext(), actor.From(c.UserContext()), web.Field(c, "persona"), agent(c), h.former(c))
	if err != nil {
		return err
	}
	opened.Lang = "" // a visitor of the demo keeps the language of their browser
	return h.enter(c, opened, web.LocalPath(web.Field(c, "back")))
}

func (h *Handlers) signOut(c *fiber.Ctx) error {
	if err := h.Accounts.SignOut(c.UserContext(), actor.From(c.UserContext()), h.former(c)); err != nil {
		return err
	}
	web.SetSession(c, h.Public, "")
	return web.Redirect(c, "/")
}
