package config

import (
	"net/url"
	"strings"
)

// readEndpoint takes the address of an S3-compatible store.
func readEndpoint(c *Config, value any) error {
	const right = "https:// or http:// and a host, such as https://s3.example.org"
	s, err := textOf(value, right)
	if err != nil {
		return err
	}
	if s == "" {
		c.S3Endpoint = ""
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || strings.Trim(u.Path, "/") != "" ||
		u.RawQuery != "" || u.Fragment != "" {
		return wrong(quote(s)+" is no such address", right)
	}
	c.S3Endpoint = u.Scheme + "://" + u.Host
	return nil
}

// S3Address gives the host of the S3-compatible store, and whether it speaks TLS; "" where files are kept in a folder.
func (c Config) S3Address() (host string, secure bool) {
	scheme, host, _ := strings.Cut(c.S3Endpoint, "://")
	return host, scheme == "https"
}
