package accountsweb

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/accounts"
)

// deviceCookie is what a browser is known by to the account that signed in with it last. It opens nothing.
const deviceCookie = "device"

// withDevice is the context of a request, with what its browser is known by.
func (h *Handlers) withDevice(c *fiber.Ctx) context.Context {
	return accounts.WithDevice(c.UserContext(), c.Cookies(h.cookieName(deviceCookie)))
}

// remember gives the browser what it is known by from now on; with "" what it has stays.
func (h *Handlers) remember(c *fiber.Ctx, device string) {
	if device != "" {
		h.cookie(c, deviceCookie, device, accounts.DeviceAge)
	}
}

// cookie sets a cookie that no script reads; an empty value ends it.
func (h *Handlers) cookie(c *fiber.Ctx, name, value string, age time.Duration) {
	x := fiber.Cookie{
		Name: h.cookieName(name), Value: value, Path: "/", MaxAge: int(age.Seconds()),
		HTTPOnly: true, Secure: h.Public, SameSite: fiber.CookieSameSiteLaxMode,
	}
	if value == "" {
		x.MaxAge, x.Expires = 0, time.Unix(1, 0)
	}
	c.Cookie(&x)
}

func (h *Handlers) cookieName(name string) string {
	if h.Public {
		return "__Host-" + name
	}
	return name
}
