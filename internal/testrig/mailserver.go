package testrig

import (
	"bufio"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"praxis/internal/config"
)

// Delivered is a letter that a MailServer took.
type Delivered struct{ To, Subject, Text string }

// MailServer is a mail server on this machine that keeps what it gets.
type MailServer struct {
	mu      sync.Mutex
	refusal string // what it says to every recipient; "" takes them
	letters []Delivered
	port    int
}

// NewMailServer starts one; it ends with the test.
func NewMailServer(t testing.TB) *MailServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	m := &MailServer{port: listener.Addr().(*net.TCPAddr).Port}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go m.talk(conn)
		}
	}()
	return m
}

// Use makes an instance send its letters here.
func (m *MailServer) Use(c *config.Config) {
	c.SMTPHost, c.SMTPPort, c.SMTPFrom, c.SMTPSecurity = "127.0.0.1", m.port, "praxis@"+c.Host, "none"
}

// Refuse makes it answer every recipient with a refusal such as "451 later"; "" takes letters again.
func (m *MailServer) Refuse(refusal string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refusal = refusal
}

// Letters gives what came so far.
func (m *MailServer) Letters() []Delivered {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Delivered{}, m.letters...)
}

// talk is as much of SMTP (RFC 5321) as a client needs to leave letters.
func (m *MailServer) talk(conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewReader(conn)
	say := func(text string) { fmt.Fprintf(conn, "%s\r\n", text) }
	say("220 mail.test ready")
	to := ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"), strings.HasPrefix(verb, "HELO"):
			say("250 mail.test")
		case strings.HasPrefix(verb, "RCPT TO:"):
			m.mu.Lock()
			refusal := m.refusal
			m.mu.Unlock()
			if refusal != "" {
				say(refusal)
				continue
			}
			to, _, _ = strings.Cut(strings.TrimSpace(line)[len("RCPT TO:<"):], ">")
			say("250 ok")
		case verb == "DATA":
			say("354 go on")
			m.take(to, lines)
			say("250 taken")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// take reads a letter up to the line with the dot.
func (m *MailServer) take(to string, lines *bufio.Reader) {
	var raw strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
	letter := Delivered{To: to, Text: raw.String()}
	if message, err := mail.ReadMessage(strings.NewReader(raw.String())); err == nil {
		var body io.Reader = message.Body
		if strings.EqualFold(message.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		text, _ := io.ReadAll(body)
		letter.Subject, letter.Text = message.Header.Get("Subject"), string(text)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters = append(m.letters, letter)
}
