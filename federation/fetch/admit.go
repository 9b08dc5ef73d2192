package fetch

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"praxis/federation/vocab"
)

// admit reads an address and decides whether a request may go there. A fragment is dropped. The error is an *Error of
// kind Refused, unless Config.Allow says otherwise.
func (c *Client) admit(ctx context.Context, raw string) (vocab.IRI, error) {
	plain, _, _ := strings.Cut(raw, "#")
	target, err := vocab.ParseIRI(plain)
	if err != nil {
		return vocab.IRI{}, refuse(raw, "bad address: %w", err)
	}
	if !c.cfg.Development {
		if err := onPublicWeb(target); err != nil {
			return vocab.IRI{}, refuse(raw, "bad address: %w", err)
		}
	}
	if err := c.allow(ctx, target); err != nil {
		return vocab.IRI{}, err
	}
	return target, nil
}

func (c *Client) allow(ctx context.Context, target vocab.IRI) error {
	if c.cfg.Allow == nil {
		return nil
	}
	err := c.cfg.Allow(ctx, target.Host())
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return failure(ctx, target.String(), err)
	case KindOf(err) != "":
		return err
	}
	return refuse(target.String(), "host is not allowed: %w", err)
}

// onPublicWeb takes https on its own port at a host with a domain name (security cases D4 and D8). Numbers in other
// notations than the usual are refused by vocab.ParseIRI, and what a name resolves to is the guard's business.
func onPublicWeb(target vocab.IRI) error {
	host := target.Host()
	if target.Scheme() != "https" {
		return errors.New("not https")
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return errors.New("host is an IP address, not a name")
	}
	if strings.Contains(host, ":") {
		return errors.New("port is not 443")
	}
	if !strings.Contains(host, ".") {
		return errors.New("host has no domain")
	}
	return nil
}
