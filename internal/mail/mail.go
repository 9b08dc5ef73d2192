package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// The ways to secure the connection to a mail server.
const (
	StartTLS = "starttls" // plain at first, then TLS or nothing
	TLS      = "tls"      // from the start
	Plain    = "none"     // for a server on the same machine
)

// Config says how letters are sent.
type Config struct {
	Host     string
	Port     int
	User     string // "" where the server asks for none
	Password string
	From     string // the address that letters come from
	FromName string // for people
	Security string // StartTLS, TLS or Plain
	Hello    string // the name that we give the server, our own host
}

// Letter is one e-mail in plain text to one address.
type Letter struct{ To, Subject, Text string }

// timeout is how long the mail server may take over one letter.
const timeout = 30 * time.Second

// Sender sends letters. It is safe for concurrent use.
type Sender struct{ cfg Config }

// New makes a Sender.
func New(cfg Config) *Sender { return &Sender{cfg: cfg} }

// Send sends one letter over a connection of its own. Errors: what the server or the network said; IsFinal tells whether
// trying again is in vain.
func (s *Sender) Send(ctx context.Context, letter Letter) error {
	message := gomail.NewMsg()
	if err := message.FromFormat(s.cfg.FromName, s.cfg.From); err != nil {
		return fmt.Errorf("read the sender's address: %w", err)
	}
	if err := message.To(letter.To); err != nil {
		return &finalError{fmt.Errorf("read the recipient's address: %w", err)}
	}
	message.Subject(letter.Subject)
	message.SetBodyString(gomail.TypeTextPlain, letter.Text)
	message.SetDate()
	message.SetMessageID()
	// No machine should answer a machine (RFC 3834).
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	client, err := gomail.NewClient(s.cfg.Host, s.options()...)
	if err != nil {
		return fmt.Errorf("read the settings of the mail server: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		return wrap(err)
	}
	return nil
}

func (s *Sender) options() []gomail.Option {
	options := []gomail.Option{gomail.WithPort(s.cfg.Port), gomail.WithTimeout(timeout)}
	if s.cfg.Hello != "" {
		options = append(options, gomail.WithHELO(s.cfg.Hello))
	}
	switch s.cfg.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.cfg.User != "" {
		options = append(options, gomail.WithSMTPAuth(s.authentication()), gomail.WithUsername(s.cfg.User), gomail.WithPassword(s.cfg.Password))
	}
	return options
}

// authentication is whatever the server offers; a password goes over a plain connection only where that was chosen.
func (s *Sender) authentication() gomail.SMTPAuthType {
	if s.cfg.Security == Plain {
		return gomail.SMTPAuthPlainNoEnc
	}
	return gomail.SMTPAuthAutoDiscover
}

// finalError is a refusal that will not change.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

// IsFinal reports whether sending the same letter again is in vain: the server refused the address for good.
func IsFinal(err error) bool {
	var final *finalError
	return errors.As(err, &final)
}

func wrap(err error) error {
	err = fmt.Errorf("send a letter: %w", err)
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.Reason == gomail.ErrSMTPRcptTo {
		return &finalError{err}
	}
	return err
}
