package app

import (
	"context"
	"errors"
	"time"

	"praxis/handlers/oauth"
	"praxis/internal/signon"
	"praxis/practice"
)

// useProviders tells the service of the sign-ins in the settings, and makes what speaks with them.
func (a *App) useProviders() {
	a.signOns = map[string]*signon.Provider{}
	var known []practice.Provider
	for _, p := range a.Config.OIDCProviders {
		a.signOns[p.Key] = signon.New(signon.Config{
			Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: p.ClientSecret, Scopes: p.Scopes, GroupsClaim: p.GroupsClaim,
			ExternalIDClaim: p.ExternalIDClaim, RedirectURL: a.Config.BaseURL() + oauth.CallbackPath(p.Key), Now: a.opts.Now,
		})
		known = append(known, practice.Provider{
			Key: p.Key, Name: p.Name, Issuer: p.Issuer, Allowed: p.AllowedGroups, Admins: p.AdminGroups, Moderators: p.ModeratorGroups,
			Communities: p.Communities, Create: p.Create, Contact: a.Config.ContactEmail,
		})
	}
	a.Service.UseProviders(known)
}

// CheckProviders asks each provider in the settings to say what it is, and gives what went wrong by its key; nil for nothing.
func (a *App) CheckProviders(ctx context.Context) map[string]error {
	found := map[string]error{}
	for key, provider := range a.signOns {
		found[key] = provider.Check(ctx)
	}
	return found
}

// askEvery is how often it is looked for whom providers were not heard of.
const askEvery = 10 * time.Minute

// askProviders asks until ctx ends.
func (a *App) askProviders(ctx context.Context) {
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		if _, err := a.askOnce(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "providers not asked", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// askOnce asks providers whether they still stand by those of whom nothing was heard for a day, lets those leave who were away for
// too long, and reports whether there were any.
func (a *App) askOnce(ctx context.Context) (bool, error) {
	if a.Config.OIDCAbsentDays == 0 || len(a.signOns) == 0 {
		return false, nil
	}
	asking, err := a.Service.IdentitiesToAsk(ctx)
	if err != nil {
		return false, err
	}
	for _, ask := range asking {
		if err := a.ask(ctx, ask); err != nil {
			return true, err
		}
	}
	left, err := a.Service.EndAbsent(ctx, time.Duration(a.Config.OIDCAbsentDays)*24*time.Hour)
	return left || len(asking) > 0, err
}

// ask asks about one identity. A provider that is down says nothing about anybody.
func (a *App) ask(ctx context.Context, ask practice.Asking) error {
	provider := a.signOns[ask.Identity.Provider]
	if provider == nil {
		return nil
	}
	next, err := provider.Refresh(ctx, ask.Token)
	switch {
	case err == nil:
		return a.Service.IdentityStands(ctx, ask.Identity.ID, next)
	case errors.Is(err, signon.ErrRefused):
		return a.Service.IdentityRefused(ctx, ask.Identity.ID)
	}
	a.log.WarnContext(ctx, "provider not reached", "provider", ask.Identity.Provider, "error", err)
	return nil
}
