package accountsweb

import (
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/components"
)

// finding tells whether a form was sent to look for people to choose from, and not to be taken.
func finding(c *fiber.Ctx) bool { return web.Field(c, components.FindButton) != "" }

// pick makes the choice of people in a field of a form: a list of all of them or, where there are too many, those that
// were looked for beside those that are chosen.
func (h *Handlers) pick(c *fiber.Ctx, field string, in accounts.Asking, chosen ...string) (components.Pick, error) {
	for _, id := range chosen {
		if id != "" {
			in.Chosen = append(in.Chosen, actor.PersonID(id))
		}
	}
	out := components.Pick{Text: web.Field(c, components.FindField(field)), Chosen: chosen}
	in.Text = out.Text
	offer, err := h.Accounts.Choices(c.UserContext(), actor.From(c.UserContext()), in)
	if err != nil {
		return out, err
	}
	out.Search, out.Part = offer.Search, offer.Part
	for _, p := range offer.People {
		label := p.Name
		if out.Search { // there, several may be called the same
			label += " · " + mailbox.Shown(p.Email)
		}
		out.People = append(out.People, components.Choice{Value: string(p.ID), Label: label})
	}
	return out, nil
}
