package fetch

import (
	"context"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// Answer is what an inbox said to a delivery, whatever its status.
type Answer struct {
	Status     int
	RetryAfter time.Duration // for how long the peer wants to be left alone; 0 when it did not say; at most MaxRetryAfter
	Body       string        // the first 512 bytes, as text
}

// MaxRetryAfter is the longest wait that a peer may ask for.
const MaxRetryAfter = 6 * time.Hour

const answerBytes = 512

// Post delivers an activity to an inbox, with further headers, which may be nil. Any HTTP status is an Answer, redirects too, which are not followed (security
// case B29). The error, when no answer came, is an *Error of kind Refused or Temporary, that of ctx if it has ended, or
// one of signing.
func (c *Client) Post(ctx context.Context, inbox string, body []byte, signer sign.Signer, further http.Header) (Answer, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	target, err := c.admit(ctx, inbox)
	if err != nil {
		return Answer{}, err
	}
	header := http.Header{}
	maps.Copy(header, further)
	header["Content-Type"], header["Accept"] = []string{vocab.MediaType}, []string{vocab.MediaType}
	got, err := c.exchange(ctx, message{
		method: http.MethodPost,
		target: target,
		header: header,
		body:   body,
		signer: &signer,
		read:   readShort,
	})
	if err != nil {
		return Answer{}, err
	}
	return Answer{
		Status:     got.status,
		RetryAfter: retryAfter(got.header.Get("Retry-After"), c.cfg.Now()),
		Body:       cleanText(string(got.body)),
	}, nil
}

// readShort reads the beginning of a body. That it breaks off changes nothing: the status has been given.
func readShort(resp *http.Response) ([]byte, error) {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, answerBytes))
	discard(resp.Body)
	return body, nil
}

// cleanText makes foreign bytes a text that can be stored and logged.
func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// retryAfter reads a Retry-After header: seconds or a date (RFC 9110 section 10.2.3). What makes no sense counts as
// absent.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}
	if strings.Trim(header, "0123456789") == "" {
		seconds, err := strconv.Atoi(header)
		if err != nil || seconds > int(MaxRetryAfter/time.Second) {
			return MaxRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), MaxRetryAfter)
}
