package signon

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Person is what a provider says of somebody, checked.
type Person struct {
	Issuer       string
	Subject      string
	ExternalID   string // what SCIM calls the person
	Login        string // what the person is called there
	Name         string // for people
	Email        string // only one that the provider vouches for
	Groups       []string
	SID          string // what the provider calls the session
	RefreshToken string // "" for none
}

const (
	maxClaim  = 255 // OpenID Connect Core 1.0, section 2, of sub
	maxGroups = 500
	maxAge    = 10 * time.Minute // how old a token may be that comes with a fresh code
)

// read checks the tokens of a code.
func (p *Provider) read(ctx context.Context, found *oidc.Provider, tokens *oauth2.Token, nonce string) (*Person, error) {
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return nil, fmt.Errorf("%w: the provider sent no ID token: the scope openid is missing", ErrRefused)
	}
	token, err := p.verifier(found).Verify(ctx, raw)
	if err != nil {
		return nil, refusedToken(err)
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: the ID token is no object", ErrRefused)
	}
	if err := p.checkToken(token, claims, tokens.AccessToken, nonce); err != nil {
		return nil, err
	}
	if err := p.addUserInfo(ctx, found, tokens, token.Subject, claims); err != nil {
		return nil, err
	}
	if claims["_claim_names"] != nil && claimOf(claims, p.cfg.GroupsClaim) == nil {
		return nil, fmt.Errorf("%w: the person is in so many groups that the provider does not list them: let it send only the groups that this application needs", ErrRefused)
	}
	return p.person(token, claims, tokens.RefreshToken), nil
}

// checkToken adds to what the library looks at (signature, issuer, audience, end) what else must hold.
func (p *Provider) checkToken(token *oidc.IDToken, claims map[string]any, access, nonce string) error {
	azp, _ := claims["azp"].(string)
	age := p.cfg.Now().Sub(token.IssuedAt)
	switch {
	case nonce == "" || token.Nonce != nonce:
		return fmt.Errorf("%w: the token was made for another attempt (nonce)", ErrRefused)
	case len(token.Audience) > 1 && azp == "", azp != "" && azp != p.cfg.ClientID:
		return fmt.Errorf("%w: the token was made for another application (azp)", ErrRefused)
	case token.Subject == "" || len(token.Subject) > maxClaim || cleanText(token.Subject) != token.Subject:
		return fmt.Errorf("%w: the token names nobody (sub)", ErrRefused)
	case age > maxAge || age < -5*time.Minute:
		return fmt.Errorf("%w: the token is of another time (iat): compare the clocks", ErrRefused)
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(access); err != nil {
			return fmt.Errorf("%w: the tokens do not belong together (at_hash)", ErrRefused)
		}
	}
	return nil
}

// addUserInfo asks for what providers leave out of the token.
func (p *Provider) addUserInfo(ctx context.Context, found *oidc.Provider, tokens *oauth2.Token, subject string, claims map[string]any) error {
	lacks := claims["email"] == nil && slices.Contains(p.cfg.Scopes, "email") || claimOf(claims, p.cfg.GroupsClaim) == nil
	if !lacks || found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	if info.Subject != subject {
		return fmt.Errorf("%w: the provider speaks of two people at once (userinfo)", ErrRefused)
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("%w: userinfo is no object", ErrRefused)
	}
	for name, value := range more {
		if _, known := claims[name]; !known {
			claims[name] = value
		}
	}
	return nil
}

func (p *Provider) person(token *oidc.IDToken, claims map[string]any, refresh string) *Person {
	text := func(name string) string { s, _ := claims[name].(string); return cleanText(s) }
	who := &Person{
		Issuer: token.Issuer, Subject: token.Subject, ExternalID: text(p.cfg.ExternalIDClaim), Login: text("preferred_username"),
		Name: text("name"), SID: text("sid"), RefreshToken: refresh,
	}
	if isTrue(claims["email_verified"]) {
		who.Email = text("email")
	}
	if who.Login == "" {
		who.Login = text("email")
	}
	who.Groups = groupsOf(claimOf(claims, p.cfg.GroupsClaim))
	return who
}

// claimOf gives a claim by its name, or by the dotted path to it.
func claimOf(claims map[string]any, name string) any {
	if value, ok := claims[name]; ok || name == "" {
		return value
	}
	var value any = claims
	for _, part := range strings.Split(name, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[part]
	}
	return value
}

// groupsOf reads groups: a list of texts, or one text.
func groupsOf(value any) []string {
	var groups []string
	take := func(item any) {
		if s, ok := item.(string); ok && s != "" && cleanText(s) == s && len(groups) < maxGroups && !slices.Contains(groups, s) {
			groups = append(groups, s)
		}
	}
	switch v := value.(type) {
	case string:
		take(v)
	case []any:
		for _, item := range v {
			take(item)
		}
	}
	return groups
}

// isTrue: some providers write the truth as a text.
func isTrue(value any) bool { return value == true || value == "true" }

// cleanText gives a text as it may be stored: no control characters, not longer than names are; else "".
func cleanText(s string) string {
	if len(s) > maxClaim || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}
