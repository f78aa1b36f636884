package auditweb_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/audit/auditweb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/layout"
)

const (
	camille = actor.PersonID("01900000-0000-7000-8000-00000000aaaa")
	erased  = actor.PersonID("01900000-0000-7000-8000-00000000eeee")
)

var start = time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC)

// resume takes a role for a token.
func resume(_ context.Context, _ actor.Actor, token string) (actor.Actor, error) {
	a := actor.Actor{Kind: actor.Person, ID: camille, Name: "Camille Roy"}
	if token != "employee" {
		a.Roles = []actor.Role{actor.Role(token)}
	}
	return a, nil
}

// site serves the journal of a database.
func site(d *db.DB) *web.App {
	visible := func(_ context.Context, a actor.Actor) (bool, []actor.PersonID, error) {
		return a.Has(actor.Administrator), []actor.PersonID{camille}, nil
	}
	h := &auditweb.Handlers{
		Audit: audit.NewService(auditdb.New(d.DB, clock.Fixed(start), testkit.Key), visible),
		Shell: func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error) {
			return layout.Shell{Lang: web.LangOf(c.UserContext()), Title: title, Section: section, Path: c.OriginalURL()}, nil
		},
		Names: func(_ context.Context, ids []actor.PersonID) (map[actor.PersonID]string, error) {
			if once := slices.Compact(slices.Sorted(slices.Values(ids))); len(once) != len(ids) || slices.Contains(ids, "") {
				return nil, errors.New("somebody is asked for twice, or nobody is")
			}
			return map[actor.PersonID]string{camille: "Camille Roy"}, nil
		},
	}
	return web.New(web.Config{
		Hosts: []string{"example.com"}, // under which httptest asks
		Log:   slog.New(slog.DiscardHandler), Resume: resume, Version: "test",
		RenderError: func(c *fiber.Ctx, status int, f *fault.Error) error { return c.Status(status).SendString(f.Code) },
	}, auditweb.Routes(h))
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

func get(t *testing.T, s *web.App, as, path string) answer {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	if as != "" {
		req.AddCookie(&http.Cookie{Name: web.SessionCookie(false), Value: as})
	}
	res, err := s.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, string(b)}
}

func filled(t *testing.T, d *db.DB) {
	t.Helper()
	s := auditdb.New(d.DB, clock.Fixed(start), testkit.Key)
	add := func(a actor.Actor, e audit.Entry) {
		t.Helper()
		if e.Outcome == "" {
			e.Outcome = audit.Done
		}
		if err := s.Append(audit.WithAddress(t.Context(), "192.0.2.1"), a, e); err != nil {
			t.Fatal(err)
		}
	}
	person := actor.Actor{Kind: actor.Person, ID: camille, Behalf: []actor.PersonID{erased}}
	add(actor.CommandLine(), audit.Entry{Action: "setup.done"})
	add(actor.SystemTask("mail"), audit.Entry{Action: "link.sent", Object: audit.PersonObject(erased)})
	add(actor.Nobody(), audit.Entry{Action: "session.refused", Object: audit.PersonObject(camille), Outcome: audit.Failed})
	add(person, audit.Entry{Action: "moon.landed", Object: "session:01900000-0000-7000-8000-0000deadbeef", Details: map[string]string{"stage": "full"}})
	add(person, audit.Entry{Action: "accounts.roles", Object: "profile:area-manager"})
}

// TestWhatWasCountedOrCutIsSaidInWords shows the entries that stand for others.
func TestWhatWasCountedOrCutIsSaidInWords(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	s := auditdb.New(d.DB, clock.Fixed(start), testkit.Key)
	who := actor.Actor{Kind: actor.Person, ID: camille}
	for _, e := range []audit.Entry{
		audit.Tally{Action: "access.refused", Refused: "accounts.read", Kind: "person", Since: start, More: 2999}.Entry(),
		audit.Tally{Since: start, More: 41}.Entry(),
		audit.Seal{Entry: 7, Hash: strings.Repeat("ab", 32), Entries: 5, Export: strings.Repeat("cd", 32)}.CutEntry(),
	} {
		if err := s.Append(t.Context(), who, e); err != nil {
			t.Fatal(err)
		}
	}
	body := get(t, site(d), "administrator", "/admin/journal?lang=en").body
	for _, want := range []string{
		"Same refusal, repeated", "Many other refusals", "Further refusals", "2999", "41", "accounts.read", "Since (UTC)",
		"Old entries cut off the journal", "Entries removed", "Last entry removed", "echelon audit cut --before",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestWhoReachesTheJournal(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	s := site(d)
	for _, c := range []struct {
		as   string
		want int
	}{
		{"", 0}, // the house sends nobody to sign in, or says 401: not served in any case
		{"employee", http.StatusForbidden},
		{"recruiter", http.StatusForbidden},
		{"compensation", http.StatusForbidden},
		{"hr", http.StatusOK},
		{"administrator", http.StatusOK},
	} {
		for _, path := range []string{"/admin/journal", "/admin/journal.csv", "/api/v1/journal"} {
			if got := get(t, s, c.as, path); c.want == 0 && got.StatusCode == http.StatusOK || c.want != 0 && got.StatusCode != c.want {
				t.Errorf("%q on %s: %d, want %d", c.as, path, got.StatusCode, c.want)
			}
		}
	}
}

func TestThePageSaysEntriesInWords(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		page := get(t, site(d), "administrator", "/admin/journal?lang=en")
		if page.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", page.StatusCode, page.body)
		}
		for _, want := range []string{
			"25\u00a0Nov\u00a02026", "08:30:00", "Camille Roy", "Unknown or erased person", "on behalf of: Unknown or erased person", "Command line", "Background task mail", "Nobody signed in",
			"Set-up completed", "Link sent", "Wrong password", "Roles changed", "<code>moon.landed</code>", "sign-in session …deadbeef", "job profile area-manager",
			"Identification failed", `href="/admin/journal?actor=person%3A` + string(camille) + `"`, `href="/admin/journal.csv"`,
		} {
			if !strings.Contains(page.body, want) {
				t.Errorf("%q is missing", want)
			}
		}
		for _, never := range []string{"192.0.2.1", "session.refused", "journal.action", `rel="next"`} {
			if strings.Contains(page.body, never) {
				t.Errorf("%q is there", never)
			}
		}
		if i, j := strings.Index(page.body, "Roles changed"), strings.Index(page.body, "Set-up completed"); i > j {
			t.Error("the oldest comes first")
		}
	})
}

func TestThePageKeepsItsFilter(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	filled(t, d)
	s := site(d)
	page := get(t, s, "administrator", "/admin/journal?lang=en&action=session.refused&outcome=failed&from=2026-11-25&to=2026-11-25&object=person:"+string(camille))
	for _, want := range []string{
		`<option value="session.refused" selected>Wrong password</option>`, `<option value="failed" selected>`, `value="2026-11-25"`, "<strong>Camille Roy</strong>",
		"/admin/journal.csv?action=session.refused&amp;from=2026-11-25&amp;object=person%3A" + string(camille) + "&amp;outcome=failed&amp;to=2026-11-25",
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(page.body, "Set-up completed") {
		t.Error("the filter does not filter")
	}
	if empty := get(t, s, "administrator", "/admin/journal?lang=en&action=mail"); !strings.Contains(empty.body, "No line meets this filter.") {
		t.Error("an empty list is not said")
	}
	for path, want := range map[string]int{
		"/admin/journal?from=yesterday": http.StatusUnprocessableEntity, "/admin/journal?outcome=maybe": http.StatusUnprocessableEntity,
		"/admin/journal?actor=Camille%20Roy": http.StatusUnprocessableEntity, "/admin/journal?after=x": http.StatusBadRequest,
		"/admin/journal.csv?to=x": http.StatusUnprocessableEntity, "/admin/journal?object=%00": http.StatusBadRequest,
	} {
		if got := get(t, s, "administrator", path); got.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, got.StatusCode, want)
		}
	}
}

func TestAPartnerSeesThatTheySeeAPart(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	filled(t, d)
	page := get(t, site(d), "hr", "/admin/journal?lang=fr")
	if !strings.Contains(page.body, msg.T(lang.FR, msg.JournalPart)) || !strings.Contains(page.body, "Mot de passe refusé") {
		t.Error("their own part is missing")
	}
	for _, never := range []string{"Installation terminée</td>", "Tâche automatique"} {
		if strings.Contains(page.body, never) {
			t.Errorf("%q is there", never)
		}
	}
}

func TestTheFileIsWholeAndJournalled(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		filled(t, d)
		s := site(d)
		file := get(t, s, "administrator", "/admin/journal.csv?actor=person:"+string(camille))
		if file.StatusCode != http.StatusOK || !strings.HasPrefix(file.Header.Get("Content-Type"), "text/csv") || file.Header.Get("Content-Disposition") != `attachment; filename="journal.csv"` {
			t.Errorf("%d %v", file.StatusCode, file.Header)
		}
		if strings.Count(file.body, "\r\n") != 3 || strings.Count(file.body, "\n") != 3 {
			t.Errorf("not lines of RFC 4180: %q", file.body)
		}
		rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%v: %d rows", err, len(rows))
		}
		if rows[0][0] != "seq" || rows[1][0] != "4" || rows[2][0] != "5" || rows[1][8] != `{"stage":"full"}` || rows[1][3] != string(erased) || rows[2][9] != rows[1][10] {
			t.Errorf("%q", rows)
		}
		var page struct{ Items []audit.Entry }
		decode(t, get(t, s, "administrator", "/api/v1/journal?limit=1"), &page)
		if e := page.Items[0]; e.Action != "journal.exported" || e.Actor != "person:"+string(camille) || e.Details["actor"] != "person:"+string(camille) {
			t.Errorf("the export is journalled as %+v", e)
		}
	})
}

func decode(t *testing.T, a answer, v any) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatal(err)
	}
}

func TestTheAPIGoesThroughTheJournal(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	filled(t, d)
	s := site(d)
	var got []audit.Entry
	for after := ""; ; {
		var page struct {
			Items []audit.Entry
			Next  string
		}
		decode(t, get(t, s, "administrator", "/api/v1/journal?limit=2&after="+after), &page)
		got = append(got, page.Items...)
		if after = page.Next; after == "" {
			break
		}
	}
	if len(got) != 5 || got[0].Seq != 5 || got[4].Seq != 1 {
		t.Fatalf("%+v", got)
	}
	for i, e := range got { // what the API tells is enough to verify the chain elsewhere
		if hash, err := audit.Hash(e); err != nil || hash != e.Hash || i > 0 && got[i-1].Previous != e.Hash {
			t.Errorf("entry %d does not verify: %v", e.Seq, err)
		}
	}
	for path, want := range map[string]string{
		"/api/v1/journal?action=nothing": `{"items":[]}`,
		"/api/v1/journal?outcome=maybe":  `"status":422`, "/api/v1/journal?limit=201": `"status":422`, "/api/v1/journal?from=2026-02-31": `"status":422`, "/api/v1/journal?after=x": `"status":400`,
	} {
		if a := get(t, s, "administrator", path); !strings.Contains(a.body, want) {
			t.Errorf("%s: %s", path, a.body)
		}
	}
}

// TestWhatWasDoneIsTold: the page says what changed, in words and with names.
func TestWhatWasDoneIsTold(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	s, store := site(d), auditdb.New(d.DB, clock.Fixed(start), testkit.Key)
	for _, e := range []audit.Entry{
		{Action: "accounts.roles", Details: map[string]string{"roles": "hr,recruiter", "perimeter": string(camille), "perimeter_2": string(erased)}},
		{Action: "accounts.roles", Details: map[string]string{"roles": "", "perimeter": "whole"}},
		{Action: "directory.assigned", Details: map[string]string{"manager": string(camille), "profile": "territory-manager", "from": "2026-12-01"}},
		{Action: "delegations.created", Details: map[string]string{"giver": string(camille), "stand_in": string(erased), "duty": "hr", "starts_on": "2026-12-01", "ends_on": "2026-12-25"}},
	} {
		e.Outcome = audit.Done
		if err := store.Append(t.Context(), actor.CommandLine(), e); err != nil {
			t.Fatal(err)
		}
	}
	body := strings.ReplaceAll(get(t, s, "administrator", "/admin/journal").body, "\u00a0", " ")
	for _, want := range []string{
		"Rôles : Partenaire RH, Recrutement", "Périmètre : Camille Roy, Personne inconnue ou effacée", "Périmètre : toute l’entreprise", "Responsable : Camille Roy",
		"Poste : territory-manager", "À partir du : 1er déc. 2026", "Dernier jour : 24 déc. 2026", "Responsabilité : Partenaire RH", "Confiée à : Personne inconnue ou effacée",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestPublicationsAreSaidInWords: the page says what was put in force in both languages; an HR partner who serves a part
// of the company sees what people of that part did, and no more.
func TestPublicationsAreSaidInWords(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s, effects := site(d), acttest.Parts(clock.Fixed(start)).Over(d.DB)
		served, other := actor.Actor{Kind: actor.Person, ID: camille}, actor.Actor{Kind: actor.Person, ID: erased}
		for _, e := range []struct {
			who            actor.Actor
			action, object string
		}{
			{served, "jobs.published", "profile:area-manager"},
			{other, "ladders.published", "ladder:sales"},
			{actor.SystemTask("seed"), "competencies.published", "competency:negotiation"},
			{served, "competencies.scale_published", "scale:mastery"},
			{served, "competencies.certification_changed", "certification:csp"},
			{served, "jobs.family_changed", "family:sales"},
			{served, "jobs.kpi_changed", "kpi:quota"},
			{served, "bands.zone_changed", "zone:france"},
			{served, "bands.activated", "scheme:grid"},
		} {
			if err := act.Note(t.Context(), effects, e.who, e.action, e.object, act.DetailsOf(7, strings.Repeat("ab", 32))); err != nil {
				t.Fatal(err)
			}
		}
		said := map[string][]string{
			"en": {
				"Job profile published", "job profile area-manager", "Version: 7", "Career ladder published", "career ladder sales",
				"Competency published", "competency negotiation", "Scale published", "scale mastery", "Certification saved", "certification or licence csp",
				"Job family saved", "job family sales", "Measure saved", "measure quota", "Pay zone saved", "pay zone france", "Pay scheme put in force", "pay scheme grid",
			},
			"fr": {
				"Fiche de poste publiée", "Version : 7", "Filière publiée", "Compétence publiée", "Échelle publiée", "Certification enregistrée",
				"Famille de métiers enregistrée", "Indicateur enregistré", "Zone de rémunération enregistrée", "Grille de rémunération mise en vigueur",
			},
		}
		for l, words := range said {
			page := get(t, s, "administrator", "/admin/journal?lang="+l).body
			for _, want := range words {
				if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) {
					t.Errorf("%s: %q is missing", l, want)
				}
			}
		}
		part := get(t, s, "hr", "/admin/journal?lang=en").body
		if !strings.Contains(part, "job profile area-manager") || strings.Contains(part, "career ladder sales") || strings.Contains(part, "competency negotiation") {
			t.Error("a partner of a part does not see that part alone")
		}
		var page struct{ Items []audit.Entry }
		decode(t, get(t, s, "administrator", "/api/v1/journal?action=jobs&object=profile:area-manager"), &page)
		if len(page.Items) != 1 || page.Items[0].Action != "jobs.published" || page.Items[0].Details["version"] != "7" {
			t.Errorf("the API tells %+v", page.Items)
		}
	})
}

func TestEveryActionAndAreaHasWords(t *testing.T) {
	for _, l := range lang.All() {
		for _, a := range auditweb.Actions() {
			if words := msg.Of(l, "journal.action", a); strings.HasPrefix(words, "journal.") {
				t.Errorf("%s has no words in %s", a, l)
			}
		}
		for _, a := range auditweb.Areas() {
			if words := msg.Of(l, "journal.area", a); strings.HasPrefix(words, "journal.") {
				t.Errorf("the area %s has no words in %s", a, l)
			}
		}
		for _, o := range audit.Outcomes() {
			if words := msg.Of(l, "journal.outcomes", o); strings.HasPrefix(words, "journal.") {
				t.Errorf("the outcome %s has no words in %s", o, l)
			}
		}
	}
}
