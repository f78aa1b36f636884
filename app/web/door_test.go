package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/web"
)

// dial opens a connection to the house.
func (h *house) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// raw sends bytes as they are, and reads all that comes back until the connection is closed.
func (h *house) raw(t *testing.T, text string) string {
	t.Helper()
	conn := h.dial(t)
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWhatTwoWouldReadDifferently: each of these hides a second request from a proxy, or shows it another host. It is
// refused before any route, and what follows on the connection is not read.
func TestWhatTwoWouldReadDifferently(t *testing.T) {
	reached := &record{}
	h := open(t, false, web.Page(http.MethodPost, "/reach", access.Public(), func(*fiber.Ctx) error {
		reached.add("reached")
		return nil
	}))
	const hidden = "POST /reach HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	const start, host = "POST /reach HTTP/1.1\r\n", "Host: 127.0.0.1\r\n"
	for name, text := range map[string]string{
		"a length and chunks":           start + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunks and a length":           start + host + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
		"a space before the colon":      start + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"a space before another colon":  start + host + "Content-Length : 5\r\n\r\n",
		"a tab before the colon":        start + host + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
		"a space before a name":         start + host + " X-A: b\r\n\r\n",
		"a folded header":               start + host + "X-A: b\r\n c\r\n\r\n",
		"a folded coding":               start + host + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
		"two hosts":                     start + host + "Host: other.example\r\n\r\n",
		"one host twice":                start + host + host + "\r\n",
		"two hosts in different case":   start + host + "hOST: other.example\r\n\r\n",
		"no host":                       start + "\r\n",
		"two lengths":                   start + host + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
		"one length twice":              start + host + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
		"two lengths in one":            start + host + "Content-Length: 0, 5\r\n\r\n",
		"a length with a sign":          start + host + "Content-Length: +0\r\n\r\n",
		"two codings":                   start + host + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two codings in one":            start + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"a coding and a length":         start + host + "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
		"chunks of an older HTTP":       "POST /reach HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"a bare line feed":              start + host + "X-A: b\nX-C: d\r\n\r\n",
		"a bare carriage return":        start + host + "X-A: b\rX-C: d\r\n\r\n",
		"a NUL in a value":              start + host + "X-A: b\x00\r\n\r\n",
		"a NUL in a name":               start + host + "X-\x00A: b\r\n\r\n",
		"an empty name":                 start + host + ": b\r\n\r\n",
		"a line that is no header":      start + host + "nothing\r\n\r\n",
		"a whole address of another":    "POST http://other.example/reach HTTP/1.1\r\n" + host + "\r\n",
		"a target that is no path":      "POST reach HTTP/1.1\r\n" + host + "\r\n",
		"a target with a fragment":      "POST /reach#x HTTP/1.1\r\n" + host + "\r\n",
		"broken chunks":                 start + host + "Transfer-Encoding: chunked\r\n\r\nz\r\n\r\n",
		"a chunk without its line feed": start + host + "Transfer-Encoding: chunked\r\n\r\n1\nA\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := h.raw(t, text+hidden)
			if !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "\r\nConnection: close\r\n") || strings.Count(got, "HTTP/1.1 ") != 1 {
				t.Errorf("%.400s", got)
			}
			if n := len(reached.all()); n != 0 {
				t.Errorf("the route was reached %d times", n)
			}
		})
	}
	for name, text := range map[string]string{
		"a length":                     start + host + "Content-Length: 2\r\n\r\nab",
		"chunks":                       start + host + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
		"no body":                      start + host + "\r\n",
		"an empty value, tabs, colons": start + host + "X-A:\r\nX-B:\tc: d\t\r\nContent-Length: 0\r\n\r\n",
		"a whole address of ours":      "POST http://127.0.0.1/reach HTTP/1.1\r\n" + host + "\r\n",
	} {
		t.Run(name+" is read", func(t *testing.T) {
			before := len(reached.all())
			if got := h.raw(t, text+hidden); strings.Count(got, "HTTP/1.1 200 ") != 2 || len(reached.all()) != before+2 {
				t.Errorf("%.600s", got)
			}
		})
	}
}

// TestOtherNames: a page of another site whose name comes to point here is not answered, nor anything it loads.
func TestOtherNames(t *testing.T) {
	h := openWith(t, func(c *web.Config) { c.Hosts = []string{"0.0.0.0:8080", "Echelon.example.com", "10.1.2.3:8080"} },
		web.Plain(http.MethodGet, "/ready", func(c *fiber.Ctx) error { return c.SendString("ready") }).AnyHost())
	for host, want := range map[string]int{
		"echelon.example.com": 200, "ECHELON.example.com:443": 200, "echelon.example.com.": 200, "localhost": 200, "localhost:8080": 200,
		"127.0.0.1:1": 200, "127.9.9.9": 200, "[::1]:8080": 200, "10.1.2.3": 200,
		"evil.example": 421, "evil.example:8080": 421, "echelon.example.com.evil.example": 421, "x.echelon.example.com": 421, "0.0.0.0:8080": 421,
		"10.1.2.4": 421, "localhost.evil.example": 421, "echelon.example.com@evil.example": 421, "[::]": 421,
	} {
		t.Run(host, func(t *testing.T) {
			for _, path := range []string{"/page", "/healthz", "/nothing", "/api/v1/words/x"} {
				a := h.do(t, "GET", path, "Host", host, "Cookie", employee)
				if (a.StatusCode == http.StatusMisdirectedRequest) != (want == http.StatusMisdirectedRequest) {
					t.Errorf("%s: %d, want %d: %s", path, a.StatusCode, want, a.body)
				}
				checkProtected(t, a)
			}
			if a := h.do(t, "GET", "/ready", "Host", host); a.StatusCode != http.StatusOK {
				t.Errorf("what watches is answered %d", a.StatusCode)
			}
		})
	}
	t.Run("says which setting", func(t *testing.T) {
		if a := h.do(t, "GET", "/api/v1/words/x", "Host", "evil.example"); !strings.Contains(a.body, "ECHELON_BASE_URL") || !strings.Contains(a.body, `"misdirected"`) {
			t.Errorf("%s", a.body)
		}
	})
	t.Run("an origin counts by the site's own names", func(t *testing.T) {
		for origin, want := range map[string]int{
			"http://localhost:8080": 200, "https://Echelon.example.com": 200, "http://evil.example": 403, "http://localhost:3000": 403,
		} {
			if a := h.do(t, "POST", "/change", "Host", "localhost:8080", "Origin", origin); a.StatusCode != want {
				t.Errorf("%s: %d, want %d", origin, a.StatusCode, want)
			}
		}
	})
}

// TestOneSpelling: what guards a path, here or in a proxy, meets it in one spelling alone.
func TestOneSpelling(t *testing.T) {
	h := open(t, false)
	for path, want := range map[string]string{
		"/page/": "/page", "//page": "/page", "/page//": "/page", "/./page": "/page", "/x/../page": "/page", "/%70age": "/page", "/p%61ge?q=%61": "/page?q=%61",
		"/x/%2e%2e/page": "/page", "/%2E/page": "/page", "//evil.example/": "/evil.example", "///evil.example": "/evil.example", "//evil.example/?a=//b": "/evil.example?a=//b",
		"/names/%7Ea": "/names/~a", "/names/é": "/names/%C3%A9", "/../../etc": "/etc", "/..": "/", "//": "/", "/page/?lang=fr&q=%C3%A9": "/page?lang=fr&q=%C3%A9",
		"/api/v1/words/x/": "/api/v1/words/x",
	} {
		t.Run(path, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				got := h.raw(t, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", method, path))
				if !strings.HasPrefix(got, "HTTP/1.1 308 ") || !strings.Contains(got, "\r\nLocation: "+want+"\r\n") {
					t.Errorf("%s: %.700s", method, got)
				}
			}
			got := h.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", path))
			if !strings.HasPrefix(got, "HTTP/1.1 404 ") {
				t.Errorf("POST: %.300s", got)
			}
		})
	}
	for path, status := range map[string]int{
		"/page": 200, "/page?a=/../b//c/": 200, "/names/%C3%A9t%c3%a9": 200, "/names/a%20b": 200, "/names/a:b@c,d": 200, "/names/%40": 200,
		"/names/a%2Fb": 400, "/names/a%2fb": 400, "/names/a%5Cb": 400, `/names/a\b`: 400, "/names/%zz": 400, "/names/%4": 400, "/names/a%00": 400,
		"/names/a%0Ab": 400, "/names/a%7F": 400, "/names/%C2%85": 400, "/names/%E9": 400, "/names/%C0%AF": 400, "/page%00": 400,
		"/page?q=%00": 400, "/page?q=%E9": 400, "/page?q=a%0Db": 400, "/page?%00=a": 400, "/page?%FF": 400, "/page?q=100%": 200, "/page?q=%F0%9F%91%8D": 200,
	} {
		t.Run(path, func(t *testing.T) {
			got := h.raw(t, "GET "+path+" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
			if !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", status)) {
				t.Errorf("want %d: %.300s", status, got)
			}
		})
	}
	t.Run("names what is no text", func(t *testing.T) {
		if a := h.do(t, "GET", "/api/v1/words/x?limit=1&q=%00", "Cookie", employee); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, `"query.q"`) {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
		if a := h.do(t, "GET", "/api/v1/words/x%00", "Cookie", employee); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, `"path"`) {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	})
	t.Run("the options of everything", func(t *testing.T) {
		if got := h.raw(t, "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 404 ") {
			t.Errorf("%.200s", got)
		}
	})
}

// TestIDsAreReadOnce: a service meets ids and slugs in the one form that it knows them in.
func TestIDsAreReadOnce(t *testing.T) {
	type in struct {
		ID string `path:"id"`
	}
	reached := &record{}
	reach := func(c *fiber.Ctx) error {
		reached.add(c.Params("id") + c.Params("slug"))
		return nil
	}
	h := open(t, false,
		web.Page(http.MethodPost, "/people/{id}", access.Requires(access.HomeRead), reach), web.Page(http.MethodGet, "/jobs/{slug}", access.Public(), reach),
		web.API(http.MethodGet, "/api/v1/people/{id}", access.Public(), huma.Operation{}, func(_ context.Context, in *in) (*apiOutput, error) {
			reached.add(in.ID)
			return &apiOutput{}, nil
		}))
	const id = "0190a1b2-0000-7000-8000-0123456789ab"
	proof := web.CSRFToken("employee")
	for value, want := range map[string]int{
		id: 200, "00ff": 200, id + "%00": 400, id + "%20": 404, strings.ToUpper(id): 404, "%7B" + id + "%7D": 404, "urn:uuid:" + id: 404, id + "-": 404, "none": 404,
	} {
		if got := h.do(t, "POST", "/people/"+value, "Cookie", employee, web.CSRFHeader, proof).StatusCode; got != want {
			t.Errorf("a page of %s: %d, want %d", value, got, want)
		}
		if got := h.do(t, "GET", "/api/v1/people/"+value, "Cookie", employee).StatusCode; got != want {
			t.Errorf("the API of %s: %d, want %d", value, got, want)
		}
	}
	for value, want := range map[string]int{"territory-manager": 200, "Territory-manager": 404, "a--b": 404, "%C3%A9": 404, "a+b": 404, "a%20b": 404} {
		if got := h.do(t, "GET", "/jobs/"+value).StatusCode; got != want {
			t.Errorf("slug %s: %d, want %d", value, got, want)
		}
	}
	if n := len(reached.all()); n != 5 {
		t.Errorf("reached with %q", reached.all())
	}
	if got := h.do(t, "POST", "/people/none").StatusCode; got != http.StatusSeeOther {
		t.Errorf("nobody learns what an id is: %d", got)
	}
}

// TestForms: what is a form, and what is none, before anything reads one.
func TestForms(t *testing.T) {
	h := open(t, false, web.Page(http.MethodPost, "/field", access.Public(), func(c *fiber.Ctx) error {
		return c.Send(c.Request().PostArgs().Peek("name"))
	}))
	const form = "application/x-www-form-urlencoded"
	for name, tt := range map[string]struct {
		kind, body string
		status     int
		want       string
	}{
		"a form":                     {form, "name=%C3%A9+b", 200, "é b"},
		"in capitals":                {strings.ToUpper(form), "name=a", 200, "a"},
		"with its encoding":          {strings.ToUpper(form) + "; Charset=UTF-8", "name=a", 200, "a"},
		"of several lines":           {form, "name=a%0D%0Ab", 200, "a\r\nb"},
		"in another encoding":        {form + "; charset=ISO-8859-1", "name=%C9lise", 400, ""},
		"with a NUL":                 {form, "name=a%00b", 400, ""},
		"with files":                 {`multipart/form-data; boundary="x"`, "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na\r\n--x--\r\n", 415, ""},
		"with files, in capitals":    {`MULTIPART/form-data; boundary="x"`, "--x--\r\n", 415, ""},
		"as much as a form may have": {form, "name=" + strings.Repeat("a", 64<<10-5), 200, strings.Repeat("a", 64<<10-5)},
		"one byte more":              {form, "name=" + strings.Repeat("a", 64<<10-4), 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, chunked := range []bool{false, true} {
				var body io.Reader = strings.NewReader(tt.body)
				if chunked {
					body = io.MultiReader(body)
				}
				a := h.send(t, "POST", "/field", body, "Content-Type", tt.kind)
				if a.StatusCode != tt.status || tt.status == 200 && a.body != tt.want {
					t.Errorf("chunked %t: %d %.200s", chunked, a.StatusCode, a.body)
				}
			}
		})
	}
	t.Run("files of a session are not read for its proof", func(t *testing.T) {
		a := h.send(t, "POST", "/field", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n"+web.CSRFToken("employee")+"\r\n--x--\r\n"),
			"Content-Type", `multipart/form-data; boundary="x"`, "Cookie", employee)
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	})
}

// TestARouteWithABodyOfItsOwn reads more than a form as it comes, once its sender is known.
func TestARouteWithABodyOfItsOwn(t *testing.T) {
	h := open(t, false, web.Page(http.MethodPost, "/upload", access.Requires(access.HomeRead), func(c *fiber.Ctx) error {
		n, err := io.Copy(io.Discard, c.Request().BodyStream())
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprint(n))
	}).WithBody(1<<20, time.Minute))
	proof := web.CSRFToken("employee")
	for name, tt := range map[string]struct {
		size, status int
		header       []string
	}{
		"what it takes":    {1 << 20, 200, []string{"Cookie", employee, web.CSRFHeader, proof}},
		"one byte more":    {1<<20 + 1, 413, []string{"Cookie", employee, web.CSRFHeader, proof}},
		"of nobody":        {1 << 20, 303, nil},
		"without a proof":  {1 << 20, 403, []string{"Cookie", employee}},
		"to another route": {1 << 20, 413, []string{"Cookie", employee, web.CSRFHeader, proof}},
	} {
		t.Run(name, func(t *testing.T) {
			path := "/upload"
			if name == "to another route" {
				path = "/change"
			}
			a := h.send(t, "POST", path, strings.NewReader(strings.Repeat("a", tt.size)), append(tt.header, "Content-Type", "application/pdf")...)
			if a.StatusCode != tt.status || tt.status == 200 && a.body != fmt.Sprint(tt.size) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
}

// TestAStreamStaysOne: neither the log nor the tag of an answer reads it into memory.
func TestAStreamStaysOne(t *testing.T) {
	step := make(chan struct{})
	h := open(t, false, web.Page(http.MethodGet, "/stream", access.Public(), func(c *fiber.Ctx) error {
		c.Response().SetBodyStreamWriter(func(w *bufio.Writer) {
			_, _ = w.WriteString("first")
			_ = w.Flush()
			<-step
			_, _ = w.WriteString("second")
		})
		return nil
	}))
	conn := h.dial(t)
	if _, err := io.WriteString(conn, "GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		close(step)
		t.Fatalf("nothing comes before all is there: %v", err)
	}
	defer func() { _ = res.Body.Close() }()
	first := make([]byte, 5)
	_, err = io.ReadFull(res.Body, first)
	close(step)
	if err != nil || string(first) != "first" {
		t.Errorf("%q %v", first, err)
	}
	if rest, err := io.ReadAll(res.Body); err != nil || string(rest) != "second" || res.Header.Get("ETag") != "" {
		t.Errorf("%q %v %v", rest, err, res.Header)
	}
}

// TestAValidSessionAmongOthers: two servers on one machine set cookies of one name.
func TestAValidSessionAmongOthers(t *testing.T) {
	h := open(t, false, web.Page(http.MethodGet, "/proof", access.Public(), func(c *fiber.Ctx) error {
		return c.SendString(web.CSRFOf(c, false))
	}))
	for cookies, want := range map[string]string{
		"sid=bad; sid=employee": "Ada", "sid=employee; sid=bad": "Ada", "sid=; sid=employee": "Ada", "sid=a; sid=b; sid=employee": "Ada",
		"sid=a; sid=b": "", "sid=a; sid=b; sid=c; sid=employee": "",
	} {
		t.Run(cookies, func(t *testing.T) {
			if got := h.do(t, "GET", "/who", "Cookie", cookies).body; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			if want == "" {
				return
			}
			proof := h.do(t, "GET", "/proof", "Cookie", cookies).body
			if alone := h.do(t, "GET", "/proof", "Cookie", "sid=employee").body; proof != alone {
				t.Errorf("the forms carry the proof of another session")
			}
			if a := h.do(t, "POST", "/change", "Cookie", cookies, web.CSRFHeader, proof); a.StatusCode != http.StatusOK {
				t.Errorf("%d", a.StatusCode)
			}
		})
	}
}

// TestErrorsGoToTheGivenLog, not to the program's usual one.
func TestErrorsGoToTheGivenLog(t *testing.T) {
	usual, own := &record{}, &record{}
	h := openWith(t, func(c *web.Config) { c.Log = logTo(own) }, web.Page(http.MethodGet, "/fails", access.Public(), func(*fiber.Ctx) error {
		return fault.New(fault.Internal, "internal", "it broke")
	}))
	defer setDefault(usual)()
	h.do(t, "GET", "/fails")
	if !strings.Contains(strings.Join(own.all(), ""), "it broke") || len(usual.all()) != 0 {
		t.Errorf("own %q, usual %q", own.all(), usual.all())
	}
}
