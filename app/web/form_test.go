package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/web"
)

func TestAFormIsUTF8OrRefused(t *testing.T) {
	h := open(t, false, web.Page(http.MethodPost, "/form", access.Public(), func(c *fiber.Ctx) error {
		return c.SendString("read " + web.Field(c, "name") + strings.Join(web.Fields[string](c, "more"), ","))
	}))
	for _, c := range []struct {
		name, kind, body string
		status           int
		want             string
	}{
		{"UTF-8", "application/x-www-form-urlencoded", "name=%C3%89lise&more=a&more=b", 200, "read Élisea,b"},
		{"UTF-8 that says so", "application/x-www-form-urlencoded; charset=UTF-8", "name=%C3%89lise", 200, "read Élise"},
		{"a media type in capitals", "APPLICATION/X-WWW-Form-Urlencoded;charset=utf-8", "name=%C3%89lise", 200, "read Élise"},
		{"Latin-1", "application/x-www-form-urlencoded", "name=%C9lise+Pr%E9vost", 400, "encoding"},
		{"Latin-1 that says so", "application/x-www-form-urlencoded; charset=ISO-8859-1", "name=%C9lise+Pr%E9vost", 400, "encoding"},
		{"another encoding, whatever the bytes", "application/x-www-form-urlencoded; charset=windows-1252", "name=Elise", 400, "encoding"},
		{"raw bytes", "application/x-www-form-urlencoded", "name=\xc9lise", 400, "encoding"},
		{"a name of a field", "application/x-www-form-urlencoded", "n%E9=a&name=b", 400, "encoding"},
		{"a field nobody reads", "application/x-www-form-urlencoded", "other=%E9", 400, "encoding"},
		{"a half surrogate", "application/x-www-form-urlencoded", "name=%ED%A0%80", 400, "encoding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := h.send(t, http.MethodPost, "/form", strings.NewReader(c.body), "Content-Type", c.kind)
			if a.StatusCode != c.status || !strings.Contains(a.body, c.want) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
}

func TestAJSONBodyIsUTF8OrRefused(t *testing.T) {
	type input struct {
		Body struct {
			Name string `json:"name"`
		}
	}
	h := open(t, false, web.API(http.MethodPost, "/api/v1/names", access.Public(), huma.Operation{}, func(_ context.Context, in *input) (*apiOutput, error) {
		out := &apiOutput{}
		out.Body.Word = in.Body.Name
		return out, nil
	}))
	for body, want := range map[string]int{
		`{"name":"Élise"}`: 200, `{"name":"\u00c9lise"}`: 200, "{\"name\":\"\xc9lise\"}": 400, "{\"n\xe9\":1}": 400, `{"name":"\ud800"}`: 400,
	} {
		a := h.send(t, http.MethodPost, "/api/v1/names", strings.NewReader(body), "Content-Type", "application/json")
		if a.StatusCode != want || strings.Contains(a.body, `"code":"encoding"`) != !utf8.ValidString(body) {
			t.Errorf("%q: %d %s", body, a.StatusCode, a.body)
		}
	}
}
