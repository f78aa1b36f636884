package web

import (
	"bytes"
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// Field reads one field of a form, and of the form alone: Fiber's own way reads the address first. Every field is
// UTF-8: checkForm has refused the others.
func Field(c *fiber.Ctx, name string) string { return string(c.Request().PostArgs().Peek(name)) }

// Fields reads a field that may come several times.
func Fields[T ~string](c *fiber.Ctx, name string) []T {
	var out []T
	for _, b := range c.Request().PostArgs().PeekMulti(name) {
		out = append(out, T(b))
	}
	return out
}

// checkForm refuses a form that is not UTF-8, with the fields at fault. Our pages are UTF-8, so every browser answers
// in it; a program that announces another encoding, or sends one, is told so rather than believed: decoding by a label
// that is wrong would store other letters than were typed, and nobody would see it happen.
func checkForm(c *fiber.Ctx) error {
	if c.Request().IsBodyStream() { // more than a form, of a route that reads it by itself
		return nil
	}
	_, params, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "utf8" &&
		charset != "us-ascii" {
		return fault.New(fault.Malformed, "encoding", "a form in %q", charset)
	}
	f := fault.New(fault.Malformed, "encoding", "a form that is not UTF-8")
	for name, value := range c.Request().PostArgs().All() {
		switch {
		case lang.BrokenAt(string(name)) >= 0:
			f = f.At("", "encoding", "")
		case lang.BrokenAt(string(value)) >= 0:
			f = f.At(string(name), "encoding", "")
		case bytes.IndexByte(value, 0) >= 0: // no database keeps it
			f = f.At(string(name), "text", "")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
