package app

import (
	"context"
	"log/slog"
	"time"

	"praxis/internal/mail"
	"praxis/models"
	"praxis/practice"
)

// sender sends letters; a real one needs a mail server.
type sender interface {
	Send(ctx context.Context, letter mail.Letter) error
}

// postman sends the letters that accounts are owed. What is due stands in the database, so that neither a mail server that
// is down nor a restart loses one.
type postman struct {
	service *practice.Service
	sender  sender // nil where letters cannot be sent
	now     func() time.Time
	log     *slog.Logger
	wake    chan struct{}
	failed  map[string]failure
}

// failure is what is known of a letter that could not be sent.
type failure struct {
	attempts int
	next     time.Time
}

const (
	// postEvery is how often letters are looked for that nobody called about, such as those that failed before.
	postEvery = time.Minute
	// maxPostings is how often a letter is tried; somebody who never gets it asks for another one.
	maxPostings = 8
)

func (a *App) newPostman() *postman {
	p := &postman{
		service: a.Service, now: a.opts.Now, log: a.log, wake: make(chan struct{}, 1), failed: map[string]failure{},
		sender: a.opts.Mail,
	}
	if cfg := a.Config; p.sender == nil && cfg.SMTPHost != "" {
		p.sender = mail.New(mail.Config{
			Host: cfg.SMTPHost, Port: cfg.SMTPPort, User: cfg.SMTPUser, Password: cfg.SMTPPassword, From: cfg.MailFrom(),
			FromName: a.name(), Security: cfg.SMTPSecurity, Hello: cfg.Host,
		})
	}
	if p.sender != nil {
		a.Service.OnLetter(a.calls("letters", p.poke))
	}
	return p
}

// SendTest sends a letter that says that letters can be sent. Errors: Forbidden where there is no mail server; what it says.
func (a *App) SendTest(ctx context.Context, to string) error {
	if a.postman.sender == nil {
		return models.Errorf(models.Forbidden, "this instance sends no letters: smtp_host is not set")
	}
	letter, err := a.Service.PreviewLetter("test")
	if err != nil {
		return err
	}
	return a.postman.sender.Send(ctx, mail.Letter{To: to, Subject: letter.Subject, Text: letter.Text})
}

// poke wakes the postman; it never blocks.
func (p *postman) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// run sends letters until ctx ends.
func (p *postman) run(ctx context.Context) {
	if p.sender == nil {
		return
	}
	ticker := time.NewTicker(postEvery)
	defer ticker.Stop()
	for {
		if _, err := p.step(ctx); err != nil && ctx.Err() == nil {
			p.log.ErrorContext(ctx, "letters not read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-p.wake:
		}
	}
}

// step sends what is due, and reports whether anything was sent.
func (p *postman) step(ctx context.Context) (bool, error) {
	if p.sender == nil {
		return false, nil
	}
	letters, err := p.service.Letters(ctx)
	if err != nil {
		return false, err
	}
	if len(letters) == 0 {
		clear(p.failed)
	}
	sent := false
	for _, letter := range letters {
		before := p.failed[letter.Key()]
		if p.now().Before(before.next) {
			continue
		}
		done, err := p.post(ctx, letter, before.attempts+1)
		if err != nil {
			return sent, err
		}
		if !done {
			break // the next one would fail, too, if the mail server is down
		}
		sent = true
	}
	return sent, nil
}

// post tries one letter. It is done with when it was sent or given up.
func (p *postman) post(ctx context.Context, letter practice.Letter, attempt int) (bool, error) {
	err := p.sender.Send(ctx, mail.Letter{To: letter.To, Subject: letter.Subject, Text: letter.Text})
	if err != nil && attempt < maxPostings && !mail.IsFinal(err) {
		p.failed[letter.Key()] = failure{attempts: attempt, next: p.now().Add(postEvery << (attempt - 1))}
		p.log.WarnContext(ctx, "letter not sent", "attempt", attempt, "error", err)
		return false, nil
	}
	if err != nil {
		p.log.ErrorContext(ctx, "letter given up", "attempt", attempt, "error", err)
	}
	delete(p.failed, letter.Key())
	return true, p.service.LetterSent(ctx, letter)
}
