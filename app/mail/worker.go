package mail

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/clock"
)

// Times of the worker. A claim outlasts an attempt, so that no letter is in two hands.
const (
	pollEvery   = 5 * time.Second  // for letters that another process put, or that are due again
	sendTimeout = time.Minute      // of one attempt
	noteTimeout = 15 * time.Second // for writing down how it ended
	claimFor    = 5 * time.Minute  // after which a letter of a process that died is somebody else's
)

// Queue gives letters to deliver and takes note of what became of them. Noting on a letter that somebody else
// has claimed meanwhile is a Conflict.
type Queue interface {
	// Claim takes at most n letters that are due and nobody's, oldest first, until then.
	Claim(ctx context.Context, n int, until time.Time) ([]Item, error)
	// Sent notes a delivery and forgets what the letter said.
	Sent(ctx context.Context, it Item) error
	// Delayed lets the letter go until a next attempt.
	Delayed(ctx context.Context, it Item, next time.Time, p Problem) error
	// Failed gives the letter up.
	Failed(ctx context.Context, it Item, p Problem) error
}

// Compose writes a letter in words.
type Compose func(ctx context.Context, l Letter) (subject, text, html string, err error)

// Worker delivers the outbox. Any number of processes may run one each over the same database.
type Worker struct {
	queue   Queue
	sender  Sender
	compose Compose
	now     clock.Clock
	log     *slog.Logger
	nudge   chan struct{}
}

// NewWorker makes a worker; Run sets it to work.
func NewWorker(queue Queue, sender Sender, compose Compose, now clock.Clock, log *slog.Logger) *Worker {
	return &Worker{queue: queue, sender: sender, compose: compose, now: now, log: log, nudge: make(chan struct{}, 1)}
}

// Nudge wakes the worker, for a letter that was just put. It never waits.
func (w *Worker) Nudge() {
	select {
	case w.nudge <- struct{}{}:
	default: // it is awake already
	}
}

// Run delivers until ctx ends, and returns once the letter in hand is dealt with.
func (w *Worker) Run(ctx context.Context) {
	for ctx.Err() == nil {
		w.DeliverDue(ctx)
		select {
		case <-ctx.Done():
		case <-w.nudge:
		case <-time.After(pollEvery):
		}
	}
}

// DeliverDue delivers what is due and returns how many letters it dealt with. It stops early when ctx ends, when
// the database does not answer, and when the mail server turns out to take nothing at all for the moment.
func (w *Worker) DeliverDue(ctx context.Context) int {
	for done := 0; ; done++ {
		if ctx.Err() != nil {
			return done
		}
		// One by one: what is claimed and not in hand would wait for nothing when the program stops.
		items, err := w.queue.Claim(ctx, 1, w.now().Add(claimFor))
		if err != nil {
			if ctx.Err() == nil {
				w.log.ErrorContext(ctx, "outbox cannot be read", "error", err)
			}
			return done
		}
		if len(items) == 0 {
			return done
		}
		if !w.deliver(context.WithoutCancel(ctx), items[0]) {
			return done + 1
		}
	}
}

// deliver tries one letter and notes the outcome; false says that others would fare no better now.
func (w *Worker) deliver(ctx context.Context, it Item) (goOn bool) {
	err := w.attempt(ctx, it)
	noted, cancel := context.WithTimeout(ctx, noteTimeout)
	defer cancel()
	if err == nil {
		return w.noted(ctx, it, w.queue.Sent(noted, it))
	}
	r := refusalOf(err)
	wait, again := Delay(it.Attempts)
	if r.Permanent || !again {
		w.log.WarnContext(ctx, "letter given up", "mail", it.ID, "kind", it.Letter.Kind, "problem", r.Problem.String(), "attempts", it.Attempts)
		return w.noted(ctx, it, w.queue.Failed(noted, it, r.Problem))
	}
	w.log.InfoContext(ctx, "letter delayed", "mail", it.ID, "kind", it.Letter.Kind, "problem", r.Problem.String(), "attempts", it.Attempts)
	return w.noted(ctx, it, w.queue.Delayed(noted, it, w.now().Add(wait), r.Problem)) && !r.Problem.Cause.concernsServer()
}

func (w *Worker) noted(ctx context.Context, it Item, err error) bool {
	if err != nil {
		w.log.ErrorContext(ctx, "what became of a letter was not noted", "mail", it.ID, "error", err)
	}
	return err == nil
}

func (w *Worker) attempt(ctx context.Context, it Item) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	subject, text, html, err := w.compose(ctx, it.Letter)
	if err != nil {
		return &Refusal{Problem: Problem{Cause: NotWritten}, Err: err}
	}
	return w.sender.Send(ctx, Message{
		ID: it.ID, To: it.Letter.To, Name: strings.Join(strings.Fields(it.Letter.Name), " "), Subject: subject, Text: text, HTML: html,
	})
}
