package fetch

import (
	"bytes"
	"context"
)

// Passed gets a document from a host that need not be its own. Nothing of it is to be believed but what it proves by itself. Errors: as
// Document.
func (c *Client) Passed(ctx context.Context, iri string) ([]byte, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	p, err := c.load(ctx, iri)
	if err != nil {
		return nil, err
	}
	return bytes.Clone(p.raw), nil
}
