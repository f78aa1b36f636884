package mail_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
)

// queue is an outbox in memory: it hands out what it holds and writes down what became of it.
type queue struct {
	mu    sync.Mutex
	due   []mail.Item
	notes []string
	fails error // of every call
}

func (q *queue) put(ids ...mail.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, id := range ids {
		q.due = append(q.due, mail.Item{ID: id, Letter: mail.Letter{Kind: mail.Trial, To: "awa@example.org", Lang: lang.FR}, State: mail.Queued})
	}
}

func (q *queue) Claim(_ context.Context, n int, _ time.Time) ([]mail.Item, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.due))
	out := q.due[:n:n]
	q.due = q.due[n:]
	for i := range out {
		out[i].Attempts++
	}
	return out, q.fails
}

func (q *queue) note(s string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.notes = append(q.notes, s)
	return q.fails
}

func (q *queue) said() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]string(nil), q.notes...)
}

func (q *queue) Sent(_ context.Context, it mail.Item) error { return q.note(string(it.ID) + " sent") }

func (q *queue) Delayed(_ context.Context, it mail.Item, next time.Time, p mail.Problem) error {
	return q.note(string(it.ID) + " delayed to " + next.Format("15:04") + ": " + p.String())
}

func (q *queue) Failed(_ context.Context, it mail.Item, p mail.Problem) error {
	return q.note(string(it.ID) + " failed: " + p.String())
}

// sender answers each letter by its id.
type sender func(ctx context.Context, m mail.Message) error

func (s sender) Send(ctx context.Context, m mail.Message) error { return s(ctx, m) }

func taken(context.Context, mail.Message) error { return nil }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func compose(_ context.Context, l mail.Letter) (subject, text, html string, err error) {
	return "subject", "to " + l.To, "<p>", nil
}

func worker(q *queue, s mail.Sender) *mail.Worker {
	return mail.NewWorker(q, s, compose, clock.Fixed(noon), slog.New(slog.DiscardHandler))
}

func refuse(c mail.Cause, permanent bool) sender {
	return func(context.Context, mail.Message) error {
		return &mail.Refusal{Problem: mail.Problem{Cause: c, Status: "500"}, Permanent: permanent, Err: errors.New("https://secret.example")}
	}
}

func TestOutcomesOfAnAttempt(t *testing.T) {
	tests := []struct {
		name     string
		sender   sender
		attempts int // before this one
		want     []string
	}{
		{"taken", taken, 0, []string{"a sent", "b sent"}},
		{"a passing refusal is tried again in a minute, and others meanwhile", refuse(mail.LetterRefused, false), 0, []string{"a delayed to 12:01: letter_refused 500", "b delayed to 12:01: letter_refused 500"}},
		{"the third time later", refuse(mail.Interrupted, false), 2, []string{"a delayed to 12:15: interrupted 500", "b delayed to 12:15: interrupted 500"}},
		{"a recipient refused for good is given up", refuse(mail.RecipientRefused, true), 0, []string{"a failed: recipient_refused 500", "b failed: recipient_refused 500"}},
		{"three days are enough", refuse(mail.Interrupted, false), 80, []string{"a failed: interrupted 500", "b failed: interrupted 500"}},
		{"a server that is down spares the others", refuse(mail.Unreachable, false), 0, []string{"a delayed to 12:01: unreachable 500"}},
		{"so does one that refuses us", refuse(mail.SignInRefused, false), 0, []string{"a delayed to 12:01: sign_in_refused 500"}},
		{"an error nobody foresaw loses nothing", func(context.Context, mail.Message) error { return errors.New("https://secret.example") }, 0, []string{"a delayed to 12:01: interrupted", "b delayed to 12:01: interrupted"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := &queue{}
			q.put("a", "b")
			for i := range q.due {
				q.due[i].Attempts = tt.attempts
			}
			worker(q, tt.sender).DeliverDue(t.Context())
			if diff := cmp.Diff(tt.want, q.notes); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLetterThatCannotBeWrittenIsKept(t *testing.T) {
	q := &queue{}
	q.put("a")
	broken := func(context.Context, mail.Letter) (string, string, string, error) {
		return "", "", "", fault.New(fault.Internal, "internal", "no words")
	}
	mail.NewWorker(q, sender(taken), broken, clock.Fixed(noon), slog.New(slog.DiscardHandler)).DeliverDue(t.Context())
	if diff := cmp.Diff([]string{"a delayed to 12:01: not_written"}, q.notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	var log strings.Builder
	q := &queue{}
	q.put("a", "b")
	q.due[1].Attempts = 80
	w := mail.NewWorker(q, refuse(mail.Interrupted, false), compose, clock.Fixed(noon), slog.New(slog.NewTextHandler(&log, nil)))
	w.DeliverDue(t.Context())
	if !strings.Contains(log.String(), "letter delayed") || !strings.Contains(log.String(), "letter given up") {
		t.Errorf("the log does not tell: %s", log.String())
	}
	if strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "awa@") {
		t.Errorf("the log tells too much: %s", log.String())
	}
}

func TestMessageCarriesTheLetter(t *testing.T) {
	q := &queue{}
	q.put("a")
	q.due[0].Letter.Name = "Awa Diop"
	var got mail.Message
	worker(q, sender(func(_ context.Context, m mail.Message) error { got = m; return nil })).DeliverDue(t.Context())
	want := mail.Message{ID: "a", To: "awa@example.org", Name: "Awa Diop", Subject: "subject", Text: "to awa@example.org", HTML: "<p>"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// running starts a worker within a bubble of fake time; stop ends it and waits for it.
func running(w *mail.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { w.Run(ctx); close(done) }()
	return func() { cancel(); <-done }
}

func TestNudgeWakesAtOnceAndPollingFindsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, start := &queue{}, time.Now()
		w := worker(q, sender(taken))
		stop := running(w)
		defer stop()
		synctest.Wait()
		q.put("nudged")
		w.Nudge()
		w.Nudge() // a second one while the first is not heard yet waits for nobody
		synctest.Wait()
		if diff := cmp.Diff([]string{"nudged sent"}, q.said()); diff != "" || !time.Now().Equal(start) {
			t.Errorf("after a nudge, %v later: %s", time.Since(start), diff)
		}
		q.put("found")
		time.Sleep(5 * time.Second) // of the bubble
		synctest.Wait()
		if diff := cmp.Diff([]string{"nudged sent", "found sent"}, q.said()); diff != "" {
			t.Errorf("after polling: %s", diff)
		}
	})
}

func TestStopFinishesTheLetterInHandAndTakesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{}
		q.put("in hand", "waiting")
		var broken error
		slow := sender(func(ctx context.Context, _ mail.Message) error {
			time.Sleep(10 * time.Second) // of the bubble
			broken = ctx.Err()
			return ctx.Err()
		})
		stop := running(worker(q, slow))
		synctest.Wait()
		stop()
		if diff := cmp.Diff([]string{"in hand sent"}, q.said()); diff != "" || broken != nil {
			t.Errorf("%v, %s", broken, diff)
		}
		if len(q.due) != 1 {
			t.Error("another letter was taken")
		}
	})
}

func TestDatabaseThatIsAwayIsAskedAgainLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{fails: fault.New(fault.Unavailable, "db.unreachable", "gone")}
		stop := running(worker(q, sender(taken)))
		defer stop()
		synctest.Wait()
		q.mu.Lock()
		q.fails = nil
		q.mu.Unlock()
		q.put("a")
		time.Sleep(5 * time.Second) // of the bubble
		synctest.Wait()
		if diff := cmp.Diff([]string{"a sent"}, q.said()); diff != "" {
			t.Error(diff)
		}
	})
}
