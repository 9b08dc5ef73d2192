package fetch

import (
	"context"
	"net/url"

	"praxis/federation/vocab"
)

// InstanceActor asks a host which actor its root stands for (FEP-d556), and gives that actor's id, which is on the host. Kinds of
// the *Error: as WebFinger's.
func (c *Client) InstanceActor(ctx context.Context, host string) (string, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	query := url.Values{"resource": {"https://" + host + "/"}}
	got, err := c.wellKnown(ctx, host, "/.well-known/webfinger?"+query.Encode())
	if err != nil {
		return "", err
	}
	found, err := readFinger(got.body)
	if err != nil {
		return "", refuse(got.url.String(), "%w", err)
	}
	if vocab.Host(found.Self) != host {
		return "", refuse(got.url.String(), "the actor of %s is at %s", show(host), show(found.Self))
	}
	return found.Self, nil
}
