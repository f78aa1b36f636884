package accountsweb

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// The order matters: most browsers claim to be several others.
var (
	browsers = [][2]string{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	}
	systems = [][2]string{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
)

// agent is the browser and system of a request in words, "" for one that says neither. The header itself, which can
// tell people apart, is not kept.
func agent(c *fiber.Ctx) string {
	header := c.Get(fiber.HeaderUserAgent)
	var words []string
	for _, table := range [][][2]string{browsers, systems} {
		for _, row := range table {
			if strings.Contains(header, row[0]) {
				words = append(words, row[1])
				break
			}
		}
	}
	return strings.Join(words, ", ")
}
