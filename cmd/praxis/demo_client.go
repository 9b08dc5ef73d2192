package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"praxis/models"
)

// participant is a user at a client: everything it does goes over HTTP.
type participant struct {
	house            *house
	actor            *models.Actor
	token            string
	community        string
	question, answer demoStatus
}

// demoAccount, demoStatus and demoNotification are what the demo reads of Mastodon's entities.
type demoAccount struct {
	ID          string
	Acct        string
	Group       bool
	DisplayName string `json:"display_name"`
}

type demoStatus struct {
	ID        string
	URI       string
	InReplyTo string `json:"in_reply_to_id"`
	Reblog    *demoStatus
	Praxis    struct {
		Title, Kind string
		Solved      bool
	}
}

type demoNotification struct {
	Type    string
	Account demoAccount
	Status  *demoStatus
}

// demoClient reaches names under localhost on this machine, whatever its resolver makes of them.
func demoClient(address string, roots *x509.CertPool) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Client{Timeout: demoPatience, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DisableKeepAlives: true,
	}}
}

// What the tokens of the demo may do: what members do, and what admins do besides.
const (
	memberScopes = "read write follow push"
	adminScopes  = memberScopes + " admin:read admin:write"
)

// signIn registers an app and exchanges the password for a token.
func (p *participant) signIn(ctx context.Context) error { return p.signInFor(ctx, memberScopes) }

// signInFor does so for a token that may do what is named.
func (p *participant) signInFor(ctx context.Context, scopes string) error {
	var registered struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	app := map[string]string{"client_name": "praxis demo", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": scopes}
	if err := p.call(ctx, http.MethodPost, "/api/v1/apps", app, &registered); err != nil {
		return err
	}
	var given struct {
		AccessToken string `json:"access_token"`
	}
	grant := map[string]string{
		"grant_type": "password", "username": p.actor.Username, "password": demoPassword, "scope": scopes,
		"client_id": registered.ClientID, "client_secret": registered.ClientSecret,
	}
	if err := p.call(ctx, http.MethodPost, "/oauth/token", grant, &given); err != nil {
		return err
	}
	p.token = given.AccessToken
	return nil
}

// call sends a request with JSON and reads the answer into into, unless that is nil.
func (p *participant) call(ctx context.Context, method, path string, body, into any) error {
	raw, err := p.ask(ctx, method, path, body)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// ask sends a request and gives the answer as it came.
func (p *participant) ask(ctx context.Context, method, path string, body any) ([]byte, error) {
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, p.house.base+path, content)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := demoClient(p.house.app.Config.Listen, p.house.roots).Do(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, raw)
	}
	return raw, nil
}

func (p *participant) post(ctx context.Context, text, inReplyTo string, into *demoStatus) error {
	body := map[string]string{"status": text}
	if inReplyTo != "" {
		body["in_reply_to_id"] = inReplyTo
	}
	return p.call(ctx, http.MethodPost, "/api/v1/statuses", body, into)
}

// inHome gives the status of an ActivityPub id in the home timeline, by itself or carried by a boost; nil if it is not
// there.
func (p *participant) inHome(ctx context.Context, uri string) (*demoStatus, error) {
	var home []demoStatus
	if err := p.call(ctx, http.MethodGet, "/api/v1/timelines/home", nil, &home); err != nil {
		return nil, err
	}
	for i := range home {
		status := &home[i]
		if status.Reblog != nil {
			status = status.Reblog
		}
		if status.URI == uri {
			return status, nil
		}
	}
	return nil, nil
}

// notified gives the status of an ActivityPub id in the notifications; nil if it is not there.
func (p *participant) notified(ctx context.Context, uri string) (*demoStatus, error) {
	var notes []demoNotification
	if err := p.call(ctx, http.MethodGet, "/api/v1/notifications", nil, &notes); err != nil {
		return nil, err
	}
	for _, note := range notes {
		if note.Status != nil && note.Status.URI == uri {
			return note.Status, nil
		}
	}
	return nil, nil
}
