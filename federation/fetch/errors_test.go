package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestErrorTexts(t *testing.T) {
	for want, err := range map[string]*Error{
		`fetch "https://a.test/x": server answered 503`:            {Kind: Temporary, URL: "https://a.test/x", Status: 503},
		`fetch "https://a.test/\r\n": bad address: EOF`:            refuse("https://a.test/\r\n", "bad address: %w", io.EOF),
		`fetch "https://a.test/x": host cannot be reached`:         {Kind: Refused, URL: "https://a.test/x", Err: &unreachable{errNotPublic}},
		`fetch "https://a.test/y": too many requests for one task`: {Kind: Budget, URL: "https://a.test/y", Err: ErrBudget},
	} {
		if err.Error() != want {
			t.Errorf("got %s, want %s", err, want)
		}
	}
	long := refuse("https://a.test/"+strings.Repeat("é", 5000), "bad").Error()
	if len(long) > 2*maxShown || !utf8.ValidString(long) {
		t.Errorf("%d bytes: %s", len(long), long)
	}
	wrapped := fmt.Errorf("look up: %w", &Error{Kind: Gone})
	if KindOf(wrapped) != Gone || KindOf(io.EOF) != "" || KindOf(nil) != "" {
		t.Error("KindOf does not look through")
	}
	if !errors.Is(refuse("x", "y: %w", io.EOF), io.EOF) {
		t.Error("the cause is lost")
	}
}

func TestCallerMayGiveUpWhileAllowThinks(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := New(Config{Transport: &stage{}, Allow: func(ctx context.Context, _ string) error {
		cancel()
		return ctx.Err()
	}})
	if _, err := c.Document(ctx, shared); !errors.Is(err, context.Canceled) || KindOf(err) != "" {
		t.Errorf("got %v of kind %q", err, KindOf(err))
	}
}

func TestLocalNamesAreThisMachine(t *testing.T) {
	var dialled []string
	dial := localNames(func(_ context.Context, _, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return nil, io.EOF
	})
	for _, address := range []string{"localhost:80", "a.localhost:3000", "a.test:443", "notlocalhost:80", "localhost.test:80", "odd"} {
		_, _ = dial(context.Background(), "tcp", address)
	}
	if got := strings.Join(dialled, " "); got != "127.0.0.1:80 127.0.0.1:3000 a.test:443 notlocalhost:80 localhost.test:80 odd" {
		t.Errorf("dialled %s", got)
	}
}
