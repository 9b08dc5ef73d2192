package fetch

import (
	"context"
	"strings"
)

// WebPage is a page for people, as it came from another server.
type WebPage struct {
	URL  string // after redirects
	Type string // Content-Type
	Body []byte // at most vocab.MaxBytes; what is longer is cut
}

// WebPage gets a page for people. The question is not signed, for it is asked of anybody. Errors are those of Document.
func (c *Client) WebPage(ctx context.Context, address string) (*WebPage, error) {
	return c.foreign(withPurpose(ctx, Reading), address, wanted{
		accept: "text/html, application/xhtml+xml;q=0.9", name: "HTML", unsigned: true, cut: true,
		is: func(contentType string) bool {
			return base(contentType) == "text/html" || base(contentType) == "application/xhtml+xml"
		},
	})
}

// OEmbed gets what a page's server says of the page in JSON (oEmbed 1.0). Errors are those of Document.
func (c *Client) OEmbed(ctx context.Context, address string) (*WebPage, error) {
	return c.foreign(withPurpose(ctx, Reading), address, anyJSON)
}

var anyJSON = wanted{
	accept: "application/json", name: "JSON", unsigned: true,
	is: func(contentType string) bool { return strings.HasSuffix(base(contentType), "json") },
}

// JSON gets a document in JSON that is no ActivityStreams. The question is not signed. Errors are those of Document.
func (c *Client) JSON(ctx context.Context, address string) ([]byte, error) {
	got, err := c.foreign(ctx, address, anyJSON)
	if err != nil {
		return nil, err
	}
	return got.Body, nil
}

func base(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

func (c *Client) foreign(ctx context.Context, address string, w wanted) (*WebPage, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	target, err := c.admit(ctx, address)
	if err != nil {
		return nil, err
	}
	got, err := c.get(ctx, target, w)
	if err != nil {
		return nil, err
	}
	return &WebPage{URL: got.url.String(), Type: got.header.Get("Content-Type"), Body: got.body}, nil
}

// List gets a list in plain text, CSV or JSON. The question is not signed: whose list it is need not know who we are. Errors are those
// of Document.
func (c *Client) List(ctx context.Context, address string) ([]byte, error) {
	got, err := c.foreign(withPurpose(ctx, Reading), address, wanted{
		accept: "text/csv, application/json, text/plain;q=0.9, application/octet-stream;q=0.5", name: "a list", unsigned: true,
		is: func(contentType string) bool {
			kind := base(contentType)
			return kind == "" || strings.HasSuffix(kind, "json") || kind == "text/csv" || kind == "text/plain" || kind == "application/octet-stream" || kind == "application/csv"
		},
	})
	if err != nil {
		return nil, err
	}
	return got.Body, nil
}
