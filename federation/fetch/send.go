package fetch

import (
	"context"
	"net/http"

	"praxis/federation/vocab"
)

// Send posts a body to a service that is no ActivityPub server, such as a push service: unsigned, under the same guard as
// everything that goes out (security case D9). Answers and errors are as those of Post.
func (c *Client) Send(ctx context.Context, address string, header http.Header, body []byte) (Answer, error) {
	ctx, cancel := c.limit(withPurpose(ctx, Service))
	defer cancel()
	target, err := c.admit(ctx, address)
	if err != nil {
		return Answer{}, err
	}
	got, err := c.exchange(ctx, message{method: http.MethodPost, target: target, header: header, body: body, read: readShort})
	if err != nil {
		return Answer{}, err
	}
	return Answer{
		Status:     got.status,
		RetryAfter: retryAfter(got.header.Get("Retry-After"), c.cfg.Now()),
		Body:       cleanText(string(got.body)),
	}, nil
}

// CheckAddress reports whether Send would try an address at all. Whom its name leads to is only known when it is dialled.
func CheckAddress(address string) error {
	target, err := vocab.ParseIRI(address)
	if err != nil {
		return err
	}
	return onPublicWeb(target)
}
