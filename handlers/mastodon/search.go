package mastodon

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"praxis/models"
)

func searchRoutes() []route {
	return []route{open(http.MethodGet, "/api/v2/search", search, "read:search")}
}

// searchResults is Mastodon's Search.
type searchResults struct {
	Accounts []*account `json:"accounts"`
	Statuses []*status  `json:"statuses"`
	Hashtags []tag      `json:"hashtags"`
}

// searchAsk is what a client looks for.
type searchAsk struct {
	Text      string `mapstructure:"q"`
	Kind      string `mapstructure:"type"`
	Resolve   bool   `mapstructure:"resolve"`
	Following bool   `mapstructure:"following"`
	AccountID string `mapstructure:"account_id"`
	Reviewed  bool   `mapstructure:"exclude_unreviewed"` // hashtags are not reviewed here: all count
}

// wants reports whether a kind of results is asked for.
func (ask searchAsk) wants(kind string) bool { return ask.Kind == "" || ask.Kind == kind }

// search finds accounts by handle or name, posts by their address, and hashtags. Resolve asks other hosts for what is
// not known here; that is for members only, and so is the search of texts (models.Tx.FindPosts).
func search(c *call) (any, error) {
	var ask searchAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	ask.Text = strings.TrimSpace(ask.Text)
	if c.me() == nil && (ask.Resolve || c.params.has("offset")) {
		return nil, models.Errorf(models.Unauthorized, "Search queries that resolve remote resources or page need a token")
	}
	if ask.Text == "" {
		return nil, models.FieldErrorf("q", "Validation failed: q can't be blank")
	}
	if isAddress(ask.Text) {
		return c.searchAddress(ask)
	}
	return c.searchText(ask)
}

func isAddress(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}

func (c *call) searchText(ask searchAsk) (any, error) {
	results := searchResults{Accounts: []*account{}, Statuses: []*status{}, Hashtags: []tag{}}
	limit := c.limit(20, 40)
	if ask.wants("accounts") && !strings.HasPrefix(ask.Text, "#") {
		actors, err := c.findActors(ask.Text, ask.Resolve && c.offset() == 0, models.ActorSearch{
			Following: ask.Following, Limit: limit, Offset: c.offset(),
		})
		if err != nil {
			return nil, err
		}
		if results.Accounts, err = c.accounts(actors); err != nil {
			return nil, err
		}
	}
	if ask.wants("hashtags") && !strings.HasPrefix(ask.Text, "@") && !strings.ContainsAny(ask.Text, " !") {
		names, err := c.tx.FindTags(tagName(ask.Text), limit, c.offset())
		if err != nil {
			return nil, err
		}
		if results.Hashtags, err = c.tags(names); err != nil {
			return nil, err
		}
	}
	if ask.wants("statuses") && !strings.HasPrefix(ask.Text, "#") && !strings.HasPrefix(ask.Text, "@") {
		var err error
		if results.Statuses, err = c.findPosts(ask, limit); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// patience is how long a search waits for another host.
const patience = 10 * time.Second

// findActors lists actors by a part of their handle or name. Who types a whole handle gets that one first; resolve asks
// its host when it is not known here.
func (c *call) findActors(typed string, resolve bool, search models.ActorSearch) ([]models.Actor, error) {
	typed = strings.TrimPrefix(strings.TrimSpace(typed), "acct:")
	if isAddress(typed) {
		actor, _ := c.findAddress(typed, resolve)
		return c.present(actor), nil
	}
	user, host := splitHandle(typed)
	if user == "" {
		return nil, nil
	}
	exact := c.findHandle(user, host, resolve)
	search.Text = user
	if host != "" {
		search.Text = user + "@" + host
	}
	found, err := c.tx.FindActors(c.viewer(), search)
	if err != nil || exact == nil || search.Following || search.Offset > 0 {
		return found, err
	}
	list := c.present(exact)
	for i := range found {
		if found[i].ID != exact.ID && len(list) < search.Limit {
			list = append(list, found[i])
		}
	}
	return list, nil
}

// findHandle gives the actor of a whole handle; nil when it cannot be found, for whatever reason.
func (c *call) findHandle(user, host string, resolve bool) *models.Actor {
	if host == "" {
		host = c.s.links.Host
	}
	if known, err := c.tx.ActorByHandle(user, host); err == nil || !resolve || strings.EqualFold(host, c.s.links.Host) || !strings.Contains(host, ".") && !strings.Contains(host, ":") {
		return known
	}
	ctx, cancel := context.WithTimeout(c.ctx(), patience)
	defer cancel()
	actor, err := c.s.service.Directory().FindByHandle(ctx, user, host)
	if err != nil {
		c.s.cfg.Log.DebugContext(ctx, "search did not find", "handle", models.Handle(user, host), "error", err)
		return nil
	}
	return actor
}

// present lists an actor if it may be shown.
func (c *call) present(actor *models.Actor) []models.Actor {
	if actor == nil {
		return nil
	}
	if _, err := c.standing(actor, nil); err != nil {
		return nil
	}
	return []models.Actor{*actor}
}

// searchAddress finds the account or the post of a pasted address.
func (c *call) searchAddress(ask searchAsk) (any, error) {
	results := searchResults{Accounts: []*account{}, Statuses: []*status{}, Hashtags: []tag{}}
	actor, post := c.findAddress(ask.Text, ask.Resolve)
	var err error
	if ask.wants("accounts") {
		if results.Accounts, err = c.accounts(c.present(actor)); err != nil {
			return nil, err
		}
	}
	if post == nil || !ask.wants("statuses") {
		return results, nil
	}
	// What was found may still not be for the caller (security case E6).
	visible, err := c.tx.VisiblePost(post.ID, c.viewer())
	if models.IsNotFound(err) {
		return results, nil
	}
	if err != nil {
		return nil, err
	}
	results.Statuses, err = c.statuses([]models.Post{*visible})
	return results, err
}

// findAddress gives the actor or the post of an address, which may be an ActivityPub id or a page of ours; both are nil
// when it cannot be found. Resolve asks its host when it is not known here.
func (c *call) findAddress(address string, resolve bool) (*models.Actor, *models.Post) {
	if actor, err := c.tx.ActorByURI(address); err == nil {
		return actor, nil
	}
	if post, err := c.tx.VisiblePostByURI(address, c.viewer()); err == nil {
		return nil, post
	}
	if c.s.links.IsOurs(address) {
		return c.findPage(address)
	}
	if !resolve {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(c.ctx(), patience)
	defer cancel()
	actor, post, err := c.s.service.Directory().FindByURI(ctx, address)
	if err != nil {
		c.s.cfg.Log.DebugContext(ctx, "search did not find", "address", address, "error", err)
	}
	return actor, post
}

// findPage gives what a page of ours shows: /@name or /@name/id.
func (c *call) findPage(address string) (*models.Actor, *models.Post) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, nil
	}
	name, rest, deeper := strings.Cut(strings.TrimPrefix(parsed.Path, "/"), "/")
	if !strings.HasPrefix(name, "@") {
		return nil, nil
	}
	if !deeper || rest == "" {
		actor, _ := c.handle(name)
		return actor, nil
	}
	id, err := parseID(rest)
	if err != nil {
		return nil, nil
	}
	post, _ := c.tx.VisiblePost(id, c.viewer())
	return nil, post
}
